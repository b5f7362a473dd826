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

TEST(ProfilerTest, operations_are_there_by_name) {
  const Tensor x = rand({4, 4});
  Profile profile;
  max(x);
  min(x);
  max(x, 1);
  amax(x, {1});
  amin(x, {1});
  argmax(x);
  argmin(x, 1);
  maximum(x, x);
  minimum(x, x);
  pdist(x);
  x.unfold(0, 2, 1);
  diagonal(x);
  topk(x, 2);
  median(x, 1);
  kthvalue(x, 2);
  nonzero(x);
  roll(x, 1, 0);
  ctc_loss(log_softmax(rand({5, 1, 3}), 2), tensor({1, 2}).reshape({1, 2}), tensor({5}), tensor({2}));
  profile.stop();
  for (const char* name : {"max", "min", "amax", "amin", "argmax", "argmin", "maximum", "minimum", "pdist", "unfold",
                           "diagonal", "topk", "median", "kthvalue", "nonzero", "roll", "ctc_loss"}) {
    EXPECT_GE(calls(profile, name), 1) << name;
  }
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
