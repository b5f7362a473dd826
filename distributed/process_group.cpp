#include "distributed/process_group.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/warning.h"
#include "distributed/init.h"

namespace xgrad::distributed {

namespace {

/// What a rank says before an operation, so that another operation of another rank is noticed.
struct Announcement {
  std::int64_t group = 0;
  std::int64_t number = 0;
  std::int64_t step = 0;
  std::uint64_t hash = 0;  ///< of the whole text, of which `operation` may be the beginning
  std::array<char, 224> operation{};
};

std::string describe(const Announcement& announcement) {
  std::string text = fmt::format("{} #{}", announcement.operation.data(), announcement.number);
  if (announcement.group != 0) text += fmt::format(" of group {}", announcement.group);
  if (announcement.step >= 0) text += fmt::format(" of step {}", announcement.step);
  return text;
}

/// Parts of more than this travel as several messages: engines count bytes in an int.
constexpr std::size_t most_bytes = std::size_t{1} << 28;

/// How often the watch looks.
constexpr std::chrono::milliseconds watch_period{50};

/// XGRAD_DISTRIBUTED_JITTER=5ms: tests let ranks dawdle by up to that, now and then, since no bit may depend on it.
std::int64_t jitter_microseconds() {
  const char* text = std::getenv("XGRAD_DISTRIBUTED_JITTER");  // NOLINT(concurrency-mt-unsafe)
  if (text == nullptr) return 0;
  std::int64_t milliseconds = 0;
  std::from_chars(text, text + std::strlen(text), milliseconds);
  return 1000 * milliseconds;
}

}  // namespace

Channel::Channel(ProcessGroup& group) : group_(group) {}

int Channel::rank() const { return group_.rank(); }

int Channel::size() const { return group_.size(); }

std::unique_ptr<Transfer> Channel::start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming) {
  for (const Outgoing& part : outgoing) {
    ++group_.messages_;
    group_.bytes_ += static_cast<std::int64_t>(part.bytes);
  }
  ProcessGroup& root = group_.root();
  root.delay();
  if (&root == &group_) return root.transport_->start(outgoing, incoming);
  std::vector<Outgoing> to(outgoing.begin(), outgoing.end());
  std::vector<Incoming> from(incoming.begin(), incoming.end());
  for (Outgoing& part : to) part.peer = group_.root_rank(part.peer);
  for (Incoming& part : from) part.peer = group_.root_rank(part.peer);
  return root.transport_->start(to, from);
}

void Channel::wait(Transfer& transfer) { group_.root().wait_for(transfer); }

void Channel::exchange(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming) {
  if (!outgoing.empty() || !incoming.empty()) wait(*start(outgoing, incoming));
}

void Channel::agree(const std::string& operation) {
  group_.operation_ = operation;
  Announcement own;
  own.group = group_.id_;
  own.number = group_.number_++;
  own.hash = std::hash<std::string>()(operation);
  own.step = group_.step_;
  std::memcpy(own.operation.data(), operation.data(), std::min(operation.size(), own.operation.size() - 1));
  if (size() == 1) return;
  const std::vector<std::byte> all = all_gather(&own, sizeof own);
  for (int rank = 0; rank < size(); ++rank) {
    Announcement other;
    std::memcpy(&other, all.data() + static_cast<std::size_t>(rank) * sizeof own, sizeof own);
    check<DistributedError>(std::memcmp(&own, &other, sizeof own) == 0,
                            "{} is at {}, while {} is at {}: all ranks must do the same, in the same order",
                            group_.name_of(this->rank()), describe(own), group_.name_of(rank), describe(other));
  }
}

std::vector<std::byte> Channel::all_gather(const void* data, std::size_t bytes) {
  std::vector<std::byte> all(bytes * static_cast<std::size_t>(size()));
  const auto* own = static_cast<const std::byte*>(data);
  std::copy(own, own + bytes, all.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(rank()) * bytes));
  std::vector<Outgoing> outgoing;
  std::vector<Incoming> incoming;
  for (int i = 1; i < size() && bytes > 0; ++i) {
    outgoing.push_back({(rank() + i) % size(), own, bytes});
    const int from = (rank() + size() - i) % size();
    incoming.push_back({from, all.data() + static_cast<std::size_t>(from) * bytes, bytes});
  }
  exchange(outgoing, incoming);
  return all;
}

void Channel::broadcast(void* data, std::size_t bytes, int source) {
  // A binomial tree, over ranks counted from the source.
  const int place = (rank() - source + size()) % size();
  const auto peer = [&](int at) { return (at + source) % size(); };
  for (std::size_t first = 0; first < bytes; first += most_bytes) {
    std::byte* part = static_cast<std::byte*>(data) + first;
    const std::size_t count = std::min(most_bytes, bytes - first);
    int step = 1;
    for (; step <= place; step *= 2) {
    }
    if (place > 0) exchange({}, std::array{Incoming{peer(place - step / 2), part, count}});
    std::vector<Outgoing> outgoing;
    for (; place + step < size(); step *= 2) outgoing.push_back({peer(place + step), part, count});
    exchange(outgoing, {});
  }
}

ProcessGroup::ProcessGroup(Members members, std::unique_ptr<Transport> transport)
    : members_(std::move(members)), transport_(std::move(transport)), timeout_(members_.timeout.count()) {}

ProcessGroup::ProcessGroup(std::shared_ptr<ProcessGroup> parent, std::vector<int> ranks, std::int64_t id)
    : parent_(std::move(parent)), ranks_(std::move(ranks)), id_(id), timeout_(parent_->timeout_.load()) {
  members_.backend = parent_->backend();
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    if (ranks_[i] == parent_->rank()) members_.rank = static_cast<int>(i);
    members_.hosts.push_back(parent_->hosts()[static_cast<std::size_t>(ranks_[i])]);
  }
}

ProcessGroup::~ProcessGroup() {
  for (const auto& work : pending_) {
    try {
      work->wait();
    } catch (...) {  // NOLINT(bugprone-empty-catch): who waits for the operation is told
    }
  }
  if (transport_) abort("the group was left without destroy_process_group()");
}

int ProcessGroup::root_rank(int rank) const {
  return parent_ == nullptr ? rank : parent_->root_rank(ranks_[static_cast<std::size_t>(rank)]);
}

std::string ProcessGroup::name_of(int rank) const {
  return fmt::format("rank {} ({})", root_rank(rank), members_.hosts[static_cast<std::size_t>(rank)]);
}

std::string ProcessGroup::names_of(const std::vector<int>& ranks) const {
  std::string text;
  for (const int rank : ranks) text += (text.empty() ? "" : ", ") + name_of(rank);
  return text;
}

Traffic ProcessGroup::traffic() const { return {messages_, bytes_}; }

void ProcessGroup::set_heartbeats(std::unique_ptr<Heartbeats> heartbeats, std::chrono::milliseconds patience) {
  const std::lock_guard lock(watch_mutex_);
  heartbeats_ = std::move(heartbeats);
  patience_ = patience;
}

std::optional<Heartbeats::Clock::time_point> ProcessGroup::set_busy_until(Clock::time_point until) {
  ProcessGroup& group = root();
  const std::lock_guard lock(group.watch_mutex_);
  if (!group.heartbeats_) return std::nullopt;
  group.heartbeats_->set_busy_until(until);
  return std::exchange(group.busy_until_, until);
}

std::shared_ptr<Work> ProcessGroup::submit(std::string operation, std::function<void(Channel&)> task,
                                           std::optional<std::chrono::milliseconds> timeout) {
  auto work = std::make_shared<Work>();
  const auto limit = std::min(timeout.value_or(this->timeout()), longest_timeout);
  if (size() == 1) {
    Channel channel(*this);
    task(channel);
    work->complete();
    return work;
  }
  if (parent_ != nullptr) {
    const auto of_this_group = [this, operation, task = std::move(task)](Channel& /*parent*/) {
      operation_ = operation;
      Channel channel(*this);
      task(channel);
    };
    std::erase_if(pending_, [](const auto& earlier) { return earlier->is_completed(); });
    pending_.push_back(parent_->submit(std::move(operation), of_this_group, limit));
    return pending_.back();
  }
  Task entry{std::move(operation), std::move(task), work, limit};
  const std::lock_guard lock(mutex_);
  if (failure_) {
    work->complete(failure_);
    return work;
  }
  check<DistributedError>(!ends_, "{}: the process group has been destroyed", entry.operation);
  tasks_.push_back(std::move(entry));
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { work_off(); });
    watch_ = std::thread([this] { watch(); });
  }
  woken_.notify_all();
  return work;
}

void ProcessGroup::work_off() {
  while (true) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      woken_.wait(lock, [&] { return ends_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    perform(task);
  }
}

void ProcessGroup::perform(Task& task) {
  if (const std::exception_ptr earlier = failure()) {
    task.work->complete(earlier);
    return;
  }
  operation_ = std::move(task.operation);
  {
    const std::lock_guard lock(watch_mutex_);
    watched_.start = Clock::now();
    watched_.timeout = task.timeout;
  }
  std::exception_ptr failure;
  try {
    Channel channel(*this);
    task.body(channel);
  } catch (const TransportError& error) {
    const std::lock_guard lock(watch_mutex_);
    const auto seconds = static_cast<double>(task.timeout.count()) / 1000;
    failure = std::make_exception_ptr(
        !watched_.silent.empty() ? silence()
        : error.is_late
            ? DistributedError(fmt::format("{}: {} has not arrived for {} s", where(), names_of(error.peers), seconds))
            : DistributedError(fmt::format("{}: {} is gone: {}", where(), names_of(error.peers), error.what())));
  } catch (...) {
    failure = std::current_exception();
  }
  task.body = nullptr;  // what it holds is not needed any more
  if (failure) fail_with(failure);
  task.work->complete(failure);
}

void ProcessGroup::fail_with(std::exception_ptr failure) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }
  transport_->abort();
}

void ProcessGroup::wait_for(Transfer& transfer) {
  {
    const std::lock_guard lock(watch_mutex_);
    watched_.transfer = &transfer;
  }
  const auto forget = [&] {
    const std::lock_guard lock(watch_mutex_);
    watched_.transfer = nullptr;
  };
  try {
    transfer.wait();
  } catch (...) {
    forget();
    throw;
  }
  forget();
}

void ProcessGroup::watch() {
  auto last = Clock::now();
  std::unique_lock lock(watch_mutex_);
  while (!watch_ends_.wait_for(lock, watch_period, [&] { return watch_over_; })) {
    const auto now = Clock::now();
    look(now - last);
    last = now;
  }
}

/// Ends a wait whose time is over, or that is for a rank without a sign of life. With the watch's mutex.
void ProcessGroup::look(Clock::duration since_last_look) {
  const auto now = Clock::now();
  // The time in which this process itself was stopped does not count, nor that of a long section.
  if (since_last_look > 20 * watch_period) watched_.start += since_last_look;
  if (heartbeats_ && heartbeats_->any_busy()) watched_.start = now;
  if (heartbeats_ && watched_.silent.empty()) {
    watched_.silent = heartbeats_->silent();
    if (!watched_.silent.empty() && watched_.transfer == nullptr) fail_with(std::make_exception_ptr(silence()));
  }
  if (watched_.transfer == nullptr) return;
  if (!watched_.silent.empty() || now > watched_.start + watched_.timeout) watched_.transfer->interrupt();
}

DistributedError ProcessGroup::silence() const {
  return DistributedError(fmt::format("{}: {} has shown no sign of life for {} s", where(), names_of(watched_.silent),
                                      static_cast<double>(patience_.count()) / 1000));
}

void ProcessGroup::delay() const {
  static const std::int64_t most = jitter_microseconds();
  if (most == 0) return;
  thread_local std::minstd_rand random{std::random_device()()};
  if (random() % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<unsigned>(most)));
}

std::exception_ptr ProcessGroup::failure() {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::string ProcessGroup::where() const {
  std::string text = fmt::format("{}: {}", name_of(rank()), operation_);
  if (const std::int64_t step = step_; step >= 0) text += fmt::format(" of step {}", step);
  return text;
}

/// Lets the threads come to their end.
void ProcessGroup::end_threads() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
    woken_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  {
    const std::lock_guard lock(watch_mutex_);
    watch_over_ = true;
    watch_ends_.notify_all();
  }
  if (watch_.joinable()) watch_.join();
  heartbeats_.reset();
}

void ProcessGroup::abort(const std::string& reason) noexcept {
  if (!transport_) return;
  fail_with(std::make_exception_ptr(DistributedError(fmt::format("{}: {}", name_of(rank()), reason))));
  end_threads();
  transport_.reset();
}

void ProcessGroup::close() {
  if (!transport_) return;
  run("destroy_process_group", [](Channel& channel) { channel.agree("destroy_process_group"); });
  end_threads();
  transport_->close();
  transport_.reset();
}

LongSection::LongSection(std::chrono::milliseconds limit, ProcessGroup* group)
    : group_(group != nullptr || !is_initialized() ? group : &world()) {
  if (group_ == nullptr || group_->size() == 1) return;
  const auto until = Heartbeats::Clock::now() + std::min(limit, longest_timeout);
  before_ = group_->set_busy_until(until);
  if (!before_) {
    warn("LongSection: without heartbeats the other ranks do not know of it, and wait no longer than their timeout");
  } else if (*before_ > until) {
    group_->set_busy_until(*before_);
  }
}

LongSection::~LongSection() {
  if (before_) group_->set_busy_until(*before_);
}

}  // namespace xgrad::distributed
