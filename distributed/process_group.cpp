#include "distributed/process_group.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "autograd/base/check.h"

namespace xgrad::distributed {

namespace {

/// What a rank says before an operation, so that another operation of another rank is noticed.
struct Announcement {
  std::int64_t number = 0;
  std::int64_t step = 0;
  std::array<char, 240> operation{};
};

std::string describe(const Announcement& announcement) {
  std::string text = fmt::format("{} #{}", announcement.operation.data(), announcement.number);
  if (announcement.step >= 0) text += fmt::format(" of step {}", announcement.step);
  return text;
}

/// Parts of more than this travel as several messages: engines count bytes in an int.
constexpr std::size_t most_bytes = std::size_t{1} << 28;

}  // namespace

Channel::Channel(ProcessGroup& group) : group_(group), deadline_(std::chrono::steady_clock::now() + group.timeout()) {}

int Channel::rank() const { return group_.rank(); }

int Channel::size() const { return group_.size(); }

std::unique_ptr<Transfer> Channel::start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming) {
  for (const Outgoing& part : outgoing) {
    ++group_.messages_;
    group_.bytes_ += static_cast<std::int64_t>(part.bytes);
  }
  return group_.transport_->start(outgoing, incoming);
}

void Channel::wait(Transfer& transfer) const { transfer.wait(deadline_); }

void Channel::exchange(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming) {
  if (!outgoing.empty() || !incoming.empty()) wait(*start(outgoing, incoming));
}

void Channel::agree(const std::string& operation) {
  group_.operation_ = operation;
  Announcement own;
  own.number = group_.number_++;
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

ProcessGroup::~ProcessGroup() {
  if (transport_) abort("the group was left without destroy_process_group()");
}

std::string ProcessGroup::name_of(int rank) const {
  return fmt::format("rank {} ({})", rank, members_.hosts[static_cast<std::size_t>(rank)]);
}

Traffic ProcessGroup::traffic() const { return {messages_, bytes_}; }

std::shared_ptr<Work> ProcessGroup::submit(std::string operation, std::function<void(Channel&)> task) {
  auto work = std::make_shared<Work>();
  Task entry{std::move(operation), std::move(task), work};
  if (size() == 1) {
    Channel channel(*this);
    entry.body(channel);
    work->complete();
    return work;
  }
  const std::lock_guard lock(mutex_);
  if (failure_) {
    work->complete(failure_);
    return work;
  }
  check<DistributedError>(!ends_, "{}: the process group has been destroyed", entry.operation);
  tasks_.push_back(std::move(entry));
  if (!thread_.joinable()) thread_ = std::thread([this] { work_off(); });
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
  std::exception_ptr failure;
  try {
    Channel channel(*this);
    task.body(channel);
  } catch (const TransportError& error) {
    std::string ranks;
    for (const int peer : error.peers) ranks += (ranks.empty() ? "" : ", ") + name_of(peer);
    const auto seconds = static_cast<double>(timeout_.load()) / 1000;
    failure = std::make_exception_ptr(
        DistributedError(error.is_late ? fmt::format("{}: {} has not arrived for {} s", where(), ranks, seconds)
                                       : fmt::format("{}: {} is gone: {}", where(), ranks, error.what())));
  } catch (...) {
    failure = std::current_exception();
  }
  task.body = nullptr;  // what it holds is not needed any more
  if (failure) {
    {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = failure;
    }
    transport_->abort();
  }
  task.work->complete(failure);
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

void ProcessGroup::abort(const std::string& reason) noexcept {
  if (!transport_) return;
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::make_exception_ptr(DistributedError(fmt::format("{}: {}", name_of(rank()), reason)));
    ends_ = true;
    woken_.notify_all();
  }
  transport_->abort();
  if (thread_.joinable()) thread_.join();
  transport_.reset();
}

void ProcessGroup::close() {
  if (!transport_) return;
  run("destroy_process_group", [](Channel& channel) { channel.agree("destroy_process_group"); });
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
    woken_.notify_all();
  }
  thread_.join();
  transport_->close();
  transport_.reset();
}

}  // namespace xgrad::distributed
