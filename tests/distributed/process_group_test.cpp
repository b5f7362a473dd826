/// Groups: their order, their life, their limits.
#include "distributed/process_group.h"

#include <gmock/gmock.h>

#include <thread>

#include "autograd/autograd.h"
#include "autograd/base/parallel.h"
#include "tests/distributed/ranks.h"

namespace xgrad::test {

namespace dist = distributed;
using testing::Each;
using testing::HasSubstr;

TEST(ProcessGroupTest, groups_of_the_same_ranks_do_not_take_one_anothers_data) {
  const auto failures = failures_on_ranks(2, [] {
    const auto one = dist::new_group({0, 1});
    const auto other = dist::new_group({0, 1});
    const bool turned = dist::get_rank() == 1;
    dist::all_reduce(ones({2}), dist::ReduceOp::sum, turned ? other.get() : one.get());
  });
  EXPECT_THAT(failures, Each(HasSubstr("of group 1")));
  EXPECT_THAT(failures, Each(HasSubstr("of group 2")));
}

TEST(ProcessGroupTest, long_texts_are_compared_to_their_end) {
  EXPECT_THAT(failures_on_ranks(2,
                                [] {
                                  std::vector<std::int64_t> sizes(100, 1);
                                  sizes.back() = 1 + dist::get_rank();
                                  dist::all_reduce(ones(sizes));
                                }),
              Each(HasSubstr("all ranks must do the same")));
}

TEST(ProcessGroupTest, one_that_is_dropped_waits_for_its_operations) {
  on_ranks<int>(2, [] {
    const Tensor x = ones({100'000});
    auto group = dist::new_group({0, 1});
    const auto work = dist::all_reduce(x, dist::ReduceOp::sum, group.get(), true);
    group.reset();
    work->wait();
    EXPECT_TRUE(x.eq(2).all().item<bool>());
    return 0;
  });
}

TEST(ProcessGroupTest, one_that_outlives_the_world_says_so) {
  on_ranks<int>(2, [] {
    const auto group = dist::new_group({0, 1});
    dist::destroy_process_group();
    EXPECT_THROW(dist::all_reduce(ones({2}), dist::ReduceOp::sum, group.get()), dist::DistributedError);
    return 0;
  });
}

TEST(ProcessGroupTest, long_sections_lie_within_one_another) {
  EXPECT_THAT(failures_on_ranks(
                  2,
                  [] {
                    if (dist::get_rank() == 1) {
                      const dist::LongSection outer(std::chrono::milliseconds::max());
                      { const dist::LongSection inner(std::chrono::milliseconds(10)); }
                      std::this_thread::sleep_for(std::chrono::milliseconds(700));
                    }
                    dist::barrier();
                  },
                  std::chrono::milliseconds(200)),
              Each(std::string()));
}

TEST(ProcessGroupTest, times_of_any_length_are_limits) {
  EXPECT_THAT(
      failures_on_ranks(
          2, [] { dist::monitored_barrier(nullptr, std::chrono::milliseconds::max()); }, std::chrono::milliseconds::max()),
      Each(std::string()));
  EXPECT_THROW(dist::run_threads(
                   2, [] {}, std::chrono::milliseconds(0)),
               ValueError);
}

TEST(InitTest, options_that_make_no_sense_are_refused) {
  using std::chrono::milliseconds;
  const auto refused = [](const dist::InitOptions& options) {
    EXPECT_THROW(dist::init_process_group(options), ValueError);
    EXPECT_FALSE(dist::is_initialized());
  };
  refused({.rank = -2});
  refused({.world_size = 0});
  refused({.rank = 0, .world_size = 2'000'000'000});
  refused({.timeout = milliseconds(0)});
  refused({.heartbeat = milliseconds(-1)});
  refused({.heartbeat = milliseconds(5)});
  // Whatever the number of ranks.
  for (const char* address : {"foo", "tcp://", "tcp://[::1]", "tcp://::1:29500", "tcp://:29500", "tcp://host:29500x",
                              "tcp://host:70000", "tcp://host:29500?rank=0&world_size=1"}) {
    refused({.init_method = address});
  }
}

}  // namespace xgrad::test
