#include "autograd/graph/profiler.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "autograd/autograd.h"

namespace xgrad::test {

namespace {

using autograd::profiler::EventAverage;
using autograd::profiler::Profile;
using autograd::profiler::RecordFunction;

std::int64_t calls(Profile& profile, const std::string& name) {
  for (const EventAverage& average : profile.key_averages()) {
    if (average.name == name) return average.count;
  }
  return 0;
}

void train_once() {
  const Tensor x = rand({8, 8}, requires_grad());
  matmul(x, x).tanh().sum().backward();
}

}  // namespace

TEST(ProfilerTest, counts_operations_forward_and_backward) {
  Profile profile;
  train_once();
  train_once();
  profile.stop();
  train_once();                            // no longer recorded
  EXPECT_EQ(calls(profile, "mm"), 2 + 4);  // two of them, each with two products in its gradient
  EXPECT_EQ(calls(profile, "tanh"), 2);
  EXPECT_EQ(calls(profile, "TanhBackward"), 2);
  EXPECT_EQ(calls(profile, "AccumulateGradBackward"), 2);
}

TEST(ProfilerTest, an_outer_scope_contains_what_runs_within) {
  Profile profile;
  {
    const RecordFunction stage("stage");
    train_once();
  }
  std::int64_t whole = 0;
  std::int64_t inner = 0;
  for (const autograd::profiler::Event& event : profile.events()) {
    EXPECT_LE(event.self_duration, event.duration);
    EXPECT_GE(event.self_duration, 0);
    if (event.name == "stage") whole = event.duration;
    else inner += event.self_duration;
  }
  EXPECT_GT(whole, 0);
  EXPECT_LE(inner, whole);
}

TEST(ProfilerTest, threads_are_told_apart) {
  Profile profile;
  train_once();
  std::thread(train_once).join();
  std::set<std::uint32_t> threads;
  for (const autograd::profiler::Event& event : profile.events()) threads.insert(event.thread);
  EXPECT_EQ(threads.size(), 2U);
}

TEST(ProfilerTest, the_table_is_sorted) {
  Profile profile;
  train_once();
  EXPECT_THAT(profile.table("count", 1), ::testing::HasSubstr("and "));
  const std::string table = profile.table();
  EXPECT_THAT(table, ::testing::StartsWith("name"));
  EXPECT_THAT(table, ::testing::HasSubstr("MmBackward"));
  EXPECT_THROW(profile.table("colour"), ValueError);
}

TEST(ProfilerTest, the_trace_is_what_perfetto_reads) {
  Profile profile;
  train_once();
  const std::string path = std::filesystem::temp_directory_path() / fmt::format("xgrad-trace-{}.json", ::getpid());
  profile.export_chrome_trace(path);
  const nlohmann::json trace = nlohmann::json::parse(std::ifstream(path));
  std::filesystem::remove(path);
  std::size_t complete = 0;
  for (const nlohmann::json& event : trace.at("traceEvents")) {
    if (event.at("ph") != "X") continue;
    ++complete;
    EXPECT_TRUE(event.at("ts").is_number() && event.at("dur").is_number() && event.at("tid").is_number());
  }
  EXPECT_EQ(complete, profile.events().size());
  EXPECT_THROW(profile.export_chrome_trace("/no/such/folder/trace.json"), FileError);
}

TEST(ProfilerTest, one_at_a_time) {
  Profile profile;
  EXPECT_THROW(Profile{}, GraphError);
  profile.stop();
  EXPECT_NO_THROW(Profile{});
}

}  // namespace xgrad::test
