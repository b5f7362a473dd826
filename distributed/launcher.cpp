#include "distributed/launcher.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction is POSIX's
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <compare>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include "autograd/base/check.h"
#include "distributed/environment.h"
#include "distributed/error.h"
#include "distributed/rendezvous.h"

namespace xgrad::distributed {

namespace {

using Clock = std::chrono::steady_clock;

/// A rank that was started.
struct Child {
  pid_t process = -1;
  int errors = -1;    ///< where its error stream can be read; -1: it has ended
  std::string words;  ///< the last that it has written
  std::string line;   ///< that is not complete yet
  bool running = true;
  bool was_ended = false;  ///< by this process
  int status = 0;
  int end = 0;  ///< how many ended before it
};

void set_variable(const char* name, const std::string& value) {
  ::setenv(name, value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): in a child that has one thread
}

/// Becomes a rank. Only what may be done between fork and exec.
[[noreturn]] void become(int rank, int ranks, const Listener& listener, int errors, pid_t parent, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing is left behind where the parent is killed
  if (::getppid() != parent) ::_exit(restart_exit_code);
  ::dup2(errors, STDERR_FILENO);
  set_variable("RANK", std::to_string(rank));
  set_variable("LOCAL_RANK", std::to_string(rank));
  set_variable("WORLD_SIZE", std::to_string(ranks));
  set_variable("MASTER_ADDR", "127.0.0.1");
  set_variable("MASTER_PORT", std::to_string(listener.port));
  if (rank == 0) set_variable(listener_variable, std::to_string(listener.descriptor));
  else ::close(listener.descriptor);
  ::execv("/proc/self/exe", argv);
  ::_exit(127);
}

Child start(int rank, int ranks, const Listener& listener, char** argv) {
  std::array<int, 2> pipe{-1, -1};
  check<DistributedError>(::pipe2(pipe.data(), O_CLOEXEC) == 0, "launch: no pipe: {}", std::strerror(errno));
  const pid_t parent = ::getpid();
  Child child;
  child.process = ::fork();
  check<DistributedError>(child.process >= 0, "launch: rank {} cannot be started: {}", rank, std::strerror(errno));
  if (child.process == 0) become(rank, ranks, listener, pipe[1], parent, argv);
  ::close(pipe[1]);
  ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
  child.errors = pipe[0];
  return child;
}

/// Keeps what a rank has written. Warnings and the progress of rank 0 are shown; errors that end a program wait until their
/// rank is known.
void note(Child& child, bool shows, std::string_view part) {
  child.line += part;
  for (std::size_t end = 0; (end = child.line.find_first_of("\n\r")) != std::string::npos; child.line.erase(0, end + 1)) {
    const std::string line = child.line.substr(0, end + 1);
    if (shows && !line.starts_with("error: ")) {
      std::fputs(line.c_str(), stderr);
      continue;
    }
    constexpr std::size_t most = 16 << 10;
    child.words += line;
    if (child.words.size() > most) child.words.erase(0, child.words.size() - most);
  }
}

/// Reads what the ranks write to their error streams, up to `patience`.
void listen_to(std::vector<Child>& children, std::chrono::milliseconds patience) {
  std::vector<pollfd> polls;
  for (const Child& child : children) {
    if (child.errors >= 0) polls.push_back({child.errors, POLLIN, 0});
  }
  ::poll(polls.data(), polls.size(), static_cast<int>(patience.count()));
  for (Child& child : children) {
    std::array<char, 4096> part{};
    ssize_t count = 0;
    while (child.errors >= 0 && (count = ::read(child.errors, part.data(), part.size())) > 0) {
      note(child, &child == children.data(), {part.data(), static_cast<std::size_t>(count)});
    }
    if (child.errors >= 0 && count == 0) {
      ::close(child.errors);
      child.errors = -1;
    }
  }
}

/// Notes which ranks have ended.
void reap(std::vector<Child>& children, int& ended) {
  for (Child& child : children) {
    if (!child.running) continue;
    const pid_t waited = ::waitpid(child.process, &child.status, WNOHANG);
    if (waited != child.process && !(waited < 0 && errno == ECHILD)) continue;
    child.running = false;
    child.end = ended++;
  }
}

/// Whether a rank has only noticed that another one failed.
bool has_noticed(const Child& child) { return WIFEXITED(child.status) && WEXITSTATUS(child.status) == restart_exit_code; }

/// The rank that failed first, of those that have ended; -1 where none failed. One that left without an error is the cause
/// where the others only noticed that somebody had gone.
int find_cause(const std::vector<Child>& children) {
  const bool any_failed =
      std::any_of(children.begin(), children.end(), [](const Child& child) { return !child.running && child.status != 0; });
  if (!any_failed) return -1;
  const auto order = [](const Child& child) {
    return std::make_tuple(child.running, child.was_ended, has_noticed(child), child.end);
  };
  const auto cause = std::min_element(children.begin(), children.end(),
                                      [&](const Child& a, const Child& b) { return order(a) < order(b); });
  return static_cast<int>(cause - children.begin());
}

bool any_running(const std::vector<Child>& children) {
  return std::any_of(children.begin(), children.end(), [](const Child& child) { return child.running; });
}

void end_all(std::vector<Child>& children, int signal) {
  for (Child& child : children) {
    if (!child.running) continue;
    child.was_ended = true;
    ::kill(child.process, signal);
  }
}

std::string describe(const Child& child, int rank, std::size_t ranks) {
  std::string text = fmt::format("rank {} of {} ", rank, ranks);
  if (WIFSIGNALED(child.status)) {
    text += fmt::format("was ended by signal {} ({})", WTERMSIG(child.status), ::strsignal(WTERMSIG(child.status)));
  } else {
    text += fmt::format("has left with exit code {}", WEXITSTATUS(child.status));
  }
  return text;
}

/// What a rank has said, without the end of its last line.
std::string words_of(const Child& child) {
  std::string words = child.words + child.line;
  while (!words.empty() && words.back() == '\n') words.pop_back();
  return words;
}

/// One message: which rank has failed and what it said, or, where it had no time to, what another one noticed.
std::string message_about(const std::vector<Child>& children, int failed) {
  const Child& child = children[static_cast<std::size_t>(failed)];
  std::string words = words_of(child);
  for (std::size_t rank = 0; rank < children.size() && words.empty(); ++rank) words = words_of(children[rank]);
  const std::string text = describe(child, failed, children.size());
  return words.empty() ? text : text + ": " + words;
}

volatile sig_atomic_t interrupted = 0;

int run_by_mpirun(char** argv, int ranks) {
  std::vector<std::string> words{"mpirun",
                                 "-n",
                                 std::to_string(ranks),
                                 "--oversubscribe",
                                 "--bind-to",
                                 "none",
                                 "--mca",
                                 "btl_vader_single_copy_mechanism",
                                 "none",
                                 "--mca",
                                 "orte_abort_on_non_zero_status",
                                 "1"};
  if (::geteuid() == 0) words.emplace_back("--allow-run-as-root");
  std::array<char, 4096> program{};
  check<DistributedError>(::readlink("/proc/self/exe", program.data(), program.size() - 1) > 0, "launch: {}",
                          std::strerror(errno));
  words.emplace_back(program.data());
  for (char** argument = argv + 1; *argument != nullptr; ++argument) words.emplace_back(*argument);
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execvp("mpirun", pointers.data());
  throw DistributedError(fmt::format("launch: mpirun cannot be run: {}", std::strerror(errno)));
}

}  // namespace

bool is_launched() { return !read_environment().launcher.empty(); }

int launch(int /*argc*/, char** argv, const LaunchOptions& options) {
  check<ValueError>(options.ranks >= 1, "launch: expected at least one rank, got {}", options.ranks);
  check<ValueError>(options.backend == "gloo" || options.backend == "mpi",
                    "launch: expected the backend gloo or mpi, got '{}'", options.backend);
  if (options.backend == "mpi") return run_by_mpirun(argv, options.ranks);

  const Listener listener = listen_anywhere();
  std::fflush(nullptr);
  // Where the parent process ignores it, the system forgets how a child has ended.
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  struct sigaction before_child {};
  ::sigaction(SIGCHLD, &by_default, &before_child);
  std::vector<Child> children;
  children.reserve(static_cast<std::size_t>(options.ranks));
  for (int rank = 0; rank < options.ranks; ++rank) children.push_back(start(rank, options.ranks, listener, argv));
  ::close(listener.descriptor);

  // Ctrl-C reaches the ranks as well, which may want to save: this process waits for them.
  interrupted = 0;
  struct sigaction on_signal {};
  on_signal.sa_handler = [](int signal) { interrupted = signal; };
  struct sigaction before_interrupt {};
  struct sigaction before_terminate {};
  ::sigaction(SIGINT, &on_signal, &before_interrupt);
  ::sigaction(SIGTERM, &on_signal, &before_terminate);

  int ended = 0;
  Clock::time_point limit = Clock::time_point::max();
  bool passed_on = false;
  while (any_running(children)) {
    listen_to(children, std::chrono::milliseconds(20));
    if (std::all_of(children.begin(), children.end(), [](const Child& child) { return child.errors < 0; })) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    reap(children, ended);
    const bool failed = find_cause(children) >= 0;
    if (interrupted == SIGTERM && !passed_on) end_all(children, SIGTERM);
    if ((failed || interrupted != 0) && !passed_on) {
      limit = Clock::now() + options.grace;
      passed_on = true;
    }
    if (Clock::now() >= limit) end_all(children, SIGKILL);
  }
  listen_to(children, std::chrono::milliseconds(0));
  ::sigaction(SIGINT, &before_interrupt, nullptr);
  ::sigaction(SIGTERM, &before_terminate, nullptr);
  ::sigaction(SIGCHLD, &before_child, nullptr);
  const int failed = find_cause(children);
  if (failed < 0) std::fputs(children.front().line.c_str(), stderr);  // a line without an end
  if (failed < 0) return interrupted != 0 ? 128 + interrupted : 0;
  std::fprintf(stderr, "%s\n", message_about(children, failed).c_str());
  const Child& child = children[static_cast<std::size_t>(failed)];
  return WIFSIGNALED(child.status) || child.status == 0 ? restart_exit_code : WEXITSTATUS(child.status);
}

}  // namespace xgrad::distributed
