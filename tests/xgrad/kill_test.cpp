// Kills a training run again and again, at random moments of training and saving. XGRAD_KILLS says how often (5).
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/autograd/io/files.h"

extern char** environ;  // NOLINT: POSIX has it so

namespace xgrad {
namespace {

class KillTest : public TemporaryFolder {
 protected:
  /// Starts the run with its output in a file.
  pid_t start(const std::string& folder, int epochs, const std::string& output) const {
    std::string program = XGRAD_TRAINING_RUN;
    std::string place = path(folder);
    std::string number = std::to_string(epochs);
    char* arguments[] = {program.data(), place.data(), number.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, path(output).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t process = 0;
    EXPECT_EQ(::posix_spawn(&process, program.c_str(), &actions, nullptr, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return process;
  }

  static int wait(pid_t process) {
    int status = 0;
    EXPECT_EQ(::waitpid(process, &status, 0), process);
    return status;
  }
};

TEST_F(KillTest, ARunThatIsKilledAgainAndAgainEndsWithTheSameBits) {
  const char* wish = std::getenv("XGRAD_KILLS");
  const int kills = wish != nullptr ? std::atoi(wish) : 5;
  const int epochs = 5 + 2 * kills;
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(wait(start("whole", epochs, "expected")), 0);
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);

  std::mt19937 random(std::random_device{}());
  // Long enough to start and to make some steps, short enough that the run does not end before the last kill.
  std::uniform_int_distribution<std::int64_t> delay(0, 150'000 + duration.count() / (kills + 1));
  int killed = 0;
  for (int i = 0; i < kills; ++i) {
    const pid_t process = start("run", epochs, "output");
    std::this_thread::sleep_for(std::chrono::microseconds(delay(random)));
    ASSERT_EQ(::kill(process, SIGKILL), 0);
    killed += WIFSIGNALED(wait(process)) ? 1 : 0;
  }
  EXPECT_GT(killed, 0);
  ASSERT_EQ(wait(start("run", epochs, "output")), 0);
  EXPECT_EQ(read_text(path("output")), read_text(path("expected")));
  EXPECT_EQ(names("run"), names("whole")) << "no temporary file stays";
  RecordProperty("killed", killed);
}

}  // namespace
}  // namespace xgrad
