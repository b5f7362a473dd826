#include "distributed/init.h"

#include <dlfcn.h>

#include <gnu/libc-version.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/base/warning.h"
#include "autograd/kernels/instruction_set.h"
#include "distributed/engine.h"
#include "distributed/engines/threads.h"
#include "distributed/environment.h"

namespace xgrad::distributed {

namespace {

struct World {
  std::shared_ptr<ProcessGroup> group;
  int local_rank = 0;
  int threads_before = 0;  ///< 0: they were left alone
};

/// The process's own, and that of a thread which is a rank. Never destroyed: at exit, the group's thread may still wait.
World& process_world() {
  static auto* instance = new World;
  return *instance;
}
thread_local World* thread_world = nullptr;

World& current_world() { return thread_world != nullptr ? *thread_world : process_world(); }

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

/// What has to be the same for results to be the same.
std::string fingerprint() {
  std::string text =
      fmt::format("xgrad {}\ninstruction set {}\nC library {}", XGRAD_VERSION, instruction_set(), ::gnu_get_libc_version());
  // OpenBLAS chooses its kernels by the processor.
  if (void* name = ::dlsym(RTLD_DEFAULT, "openblas_get_corename")) {
    text += fmt::format("\nOpenBLAS kernels for {}", reinterpret_cast<char* (*)()>(name)());
  }
  return text;
}

/// "tcp://address:port"
std::pair<std::string, int> parse_address(const std::string& method) {
  const std::string prefix = "tcp://";
  const auto colon = method.rfind(':');
  std::string address;
  int port = 0;
  if (method.starts_with(prefix) && colon != std::string::npos && colon > prefix.size()) {
    const char* const last = method.data() + method.size();
    const auto [end, error] = std::from_chars(method.data() + colon + 1, last, port);
    if (error != std::errc() || end != last) port = 0;
    address = method.substr(prefix.size(), colon - prefix.size());
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    else if (address.find(':') != std::string::npos) port = 0;
  }
  check<ValueError>(port > 0 && port < 65536 && !address.empty(),
                    "init_process_group: expected env://, tcp://address:port or tcp://[address]:port, and rank and "
                    "world_size as options, got '{}'",
                    method);
  return {address, port};
}

std::string choose_backend(const InitOptions& options, const Environment& environment, int world_size) {
  const bool has_launcher = environment.launcher == "mpi" || environment.launcher == "slurm";
  if (options.backend != "auto") return options.backend;
  if (world_size == 1) return "single";
  return has_launcher && environment.master_port == 0 && is_backend_available("mpi") ? "mpi" : "gloo";
}

/// The rank among those before it on the same machine, and how many there are on it.
std::pair<int, int> place_on_host(const ProcessGroup& group) {
  int before = 0;
  int all = 0;
  for (int rank = 0; rank < group.size(); ++rank) {
    if (group.hosts()[static_cast<std::size_t>(rank)] != group.hosts()[static_cast<std::size_t>(group.rank())]) continue;
    before += rank < group.rank() ? 1 : 0;
    ++all;
  }
  return {before, all};
}

/// The lines of a text.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::shared_ptr<ProcessGroup> detail::share(ProcessGroup& group) {
  if (auto owner = group.weak_from_this().lock()) return owner;
  return {std::shared_ptr<ProcessGroup>(), &group};  // whoever made it keeps it
}

std::shared_ptr<ProcessGroup> detail::group_or_single(ProcessGroup* given) {
  if (given != nullptr) return share(*given);
  if (is_initialized()) return share(world());
  return std::make_shared<ProcessGroup>(ProcessGroup::Members{.backend = "single", .rank = 0, .hosts = {"this machine"}},
                                        nullptr);
}

std::vector<std::string> detail::gather_texts(Channel& channel, const std::string& text) {
  const std::uint64_t own = text.size();
  const std::vector<std::byte> sizes = channel.all_gather(&own, sizeof own);
  std::vector<std::string> texts(static_cast<std::size_t>(channel.size()));
  for (int rank = 0; rank < channel.size(); ++rank) {
    const auto at = static_cast<std::size_t>(rank);
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, sizes.data() + at * sizeof bytes, sizeof bytes);
    texts[at] = rank == channel.rank() ? text : std::string(bytes, '\0');
    if (bytes > 0) channel.broadcast(texts[at].data(), bytes, rank);
  }
  return texts;
}

std::string detail::first_difference(ProcessGroup& group, const std::string& what, const std::string& text) {
  std::string difference;
  if (group.size() == 1) return difference;
  group.run(what, [&](Channel& channel) {
    channel.agree(what);
    const std::uint64_t hash = std::hash<std::string>()(text);
    const std::vector<std::byte> hashes = channel.all_gather(&hash, sizeof hash);
    bool same = true;
    for (int rank = 0; rank < channel.size(); ++rank) {
      same = same && std::memcmp(hashes.data() + static_cast<std::size_t>(rank) * sizeof hash, &hash, sizeof hash) == 0;
    }
    if (same) return;
    const std::vector<std::string> texts = gather_texts(channel, text);
    const std::vector<std::string> first = lines_of(texts[0]);
    for (int rank = 1; rank < channel.size() && difference.empty(); ++rank) {
      const std::vector<std::string> other = lines_of(texts[static_cast<std::size_t>(rank)]);
      for (std::size_t i = 0; i < std::max(first.size(), other.size()) && difference.empty(); ++i) {
        const std::string left = i < first.size() ? first[i] : "nothing";
        const std::string right = i < other.size() ? other[i] : "nothing";
        if (left != right)
          difference = fmt::format("{} has {}, and {} has {}", group.name_of(0), left, group.name_of(rank), right);
      }
    }
  });
  return difference;
}

void detail::require_same(ProcessGroup& group, const std::string& what, const std::string& text) {
  const std::string difference = first_difference(group, what, text);
  check<DistributedError>(difference.empty(), "{}: {}", what, difference);
}

void init_process_group(const InitOptions& options) {
  World& world = current_world();
  check<ValueError>(!world.group, "init_process_group: it was called before");
  check<ValueError>(options.rank >= -1 && (options.world_size >= 1 || options.world_size == -1),
                    "init_process_group: rank {} of {} makes no sense", options.rank, options.world_size);
  check<ValueError>(options.timeout.count() > 0, "init_process_group: expected a positive timeout, got {} ms",
                    options.timeout.count());
  constexpr std::chrono::milliseconds shortest_heartbeat{100};
  check<ValueError>(options.heartbeat.count() == 0 || options.heartbeat >= shortest_heartbeat,
                    "init_process_group: expected a heartbeat of 0, which is none, or at least {} ms, got {} ms",
                    shortest_heartbeat.count(), options.heartbeat.count());
  const auto timeout = std::min(options.timeout, longest_timeout);
  const auto heartbeat = std::min(options.heartbeat, longest_timeout);
  const bool has_address = options.init_method != "env://";
  const auto given_address = has_address ? parse_address(options.init_method) : std::pair<std::string, int>();
  const Environment environment = read_environment();
  EngineOptions engine;
  engine.rank = options.rank >= 0 ? options.rank : environment.rank;
  engine.world_size = options.world_size >= 1 ? options.world_size : environment.world_size;
  check<ValueError>(engine.rank < engine.world_size, "init_process_group: rank {} is not below the world size {}",
                    engine.rank, engine.world_size);
  constexpr int most_ranks = 65536;
  check<ValueError>(engine.world_size <= most_ranks, "init_process_group: {} ranks are more than {}", engine.world_size,
                    most_ranks);
  const std::string backend = choose_backend(options, environment, engine.world_size);
  ProcessGroup::Members members{.backend = backend, .rank = engine.rank, .hosts = {}, .timeout = timeout};
  if (backend == "single") {
    check<ValueError>(engine.world_size == 1, "init_process_group: the backend single is for one rank, not for {}",
                      engine.world_size);
    members.hosts = {host_name()};
    world.group = std::make_shared<ProcessGroup>(std::move(members), nullptr);
    return;
  }
  check<ValueError>(backend == "gloo" || backend == "mpi",
                    "init_process_group: expected the backend auto, single, gloo or mpi, got '{}'", backend);
  const ConnectFunction connect = find_engine(backend);
  check<DistributedError>(connect != nullptr,
                          "init_process_group: the engine {0} is not installed (libxgrad_distributed_{0}.so)", backend);
  if (backend == "gloo") {
    if (!has_address) {
      engine.master_address = environment.master_address;
      engine.master_port = environment.master_port;
      check<ValueError>(
          !engine.master_address.empty() && engine.master_port > 0,
          "init_process_group: set MASTER_ADDR to the machine of rank 0, and MASTER_PORT to a free port of it");
    } else {
      std::tie(engine.master_address, engine.master_port) = given_address;
    }
  }
  engine.interface = options.interface;
  engine.timeout = timeout;
  engine.introduction = host_name();
  Connection connection;
  connect(engine, connection);
  members.rank = connection.rank;
  members.hosts = std::move(connection.introductions);
  auto group = std::make_shared<ProcessGroup>(std::move(members), std::move(connection.transport));
  const std::string difference = detail::first_difference(*group, "init_process_group", fingerprint());
  check<DistributedError>(difference.empty() || options.allow_mixed_machines,
                          "init_process_group: {}: results would differ in their last bits, unless allow_mixed_machines",
                          difference);
  if (!difference.empty() && group->rank() == 0) warn(fmt::format("init_process_group: {}", difference));
  if (heartbeat.count() > 0) {
    group->set_heartbeats(connect_heartbeats(*group, engine.master_address, heartbeat), heartbeat);
  }
  const auto [local_rank, local_size] = place_on_host(*group);
  world.local_rank = environment.local_rank.value_or(local_rank);
  world.group = std::move(group);
  // Ranks that share a machine share its cores.
  world.threads_before = local_size > 1 ? get_num_threads() : 0;
  if (local_size > 1) set_num_threads(std::max(1, get_num_threads() / local_size));
}

void destroy_process_group() {
  World& world = current_world();
  check<ValueError>(world.group != nullptr, "destroy_process_group: init_process_group was not called");
  world.group->close();
  world.group.reset();
  if (const int before = std::exchange(world.threads_before, 0); before > 0) set_num_threads(before);
}

bool is_initialized() { return current_world().group != nullptr; }

bool is_backend_available(const std::string& backend) {
  if (backend == "single" || backend == "threads") return true;
  return (backend == "gloo" || backend == "mpi") && find_engine(backend) != nullptr;
}

ProcessGroup& world() {
  World& world = current_world();
  check<ValueError>(world.group != nullptr, "distributed: call init_process_group() first");
  return *world.group;
}

std::shared_ptr<ProcessGroup> new_group(std::vector<int> ranks) {
  ProcessGroup& all = world();
  std::sort(ranks.begin(), ranks.end());
  const bool fits = !ranks.empty() && ranks.front() >= 0 && ranks.back() < all.size() &&
                    std::adjacent_find(ranks.begin(), ranks.end()) == ranks.end();
  std::string text = "the ranks";
  for (const int rank : ranks) text += fmt::format(" {}", rank);
  check<ValueError>(fits, "new_group: expected different ranks from 0 to {}, got {}", all.size() - 1, text);
  detail::require_same(all, "new_group", text);
  const std::int64_t id = all.next_id();
  if (!std::binary_search(ranks.begin(), ranks.end(), all.rank())) return nullptr;
  return std::make_shared<ProcessGroup>(all.shared_from_this(), std::move(ranks), id);
}

int get_rank() { return is_initialized() ? world().rank() : 0; }

int get_world_size() { return is_initialized() ? world().size() : 1; }

int get_local_rank() { return current_world().local_rank; }

bool is_main() { return get_rank() == 0; }

void run_threads(int ranks, const std::function<void()>& body, std::chrono::milliseconds timeout) {
  check<ValueError>(ranks >= 1, "run_threads: expected at least one rank, got {}", ranks);
  check<ValueError>(timeout.count() > 0, "run_threads: expected a positive timeout, got {} ms", timeout.count());
  timeout = std::min(timeout, longest_timeout);
  std::vector<ThreadConnection> connections = connect_threads(ranks);
  std::mutex mutex;
  std::exception_ptr failure;
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(ranks));
  for (int rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank, connection = std::move(connections[static_cast<std::size_t>(rank)])]() mutable {
      World own;
      own.local_rank = rank;
      own.group = std::make_shared<ProcessGroup>(
          ProcessGroup::Members{"threads", rank, std::vector<std::string>(static_cast<std::size_t>(ranks), host_name()),
                                timeout},
          ranks == 1 ? nullptr : std::move(connection.transport));
      own.group->set_heartbeats(std::move(connection.heartbeats), timeout);
      thread_world = &own;
      try {
        body();
        if (own.group) own.group->close();
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
      }
      own.group.reset();
      thread_world = nullptr;
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace xgrad::distributed
