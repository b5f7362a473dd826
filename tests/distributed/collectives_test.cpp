#include "distributed/collectives.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "autograd/autograd.h"
#include "distributed/ordered_sum.h"
#include "tests/distributed/ranks.h"

namespace xgrad::test {

namespace dist = distributed;
using testing::Each;
using testing::HasSubstr;

/// The tensor of a rank: other numbers on each, of very different sizes, so that the order of a sum shows.
Tensor of_rank(int rank, std::int64_t size, Dtype dtype = kFloat32) {
  const Generator generator(static_cast<std::uint64_t>(rank) + 7);
  return (randn({size}, generator) * randn({size}, generator).exp()).to(dtype);
}

/// The sum over ranks [begin, end) as the tree has it.
Tensor tree_sum(int begin, int end, std::int64_t size) {
  if (end - begin == 1) return of_rank(begin, size);
  const auto split = static_cast<int>(dist::split_point({begin, end}));
  return tree_sum(begin, split, size) + tree_sum(split, end, size);
}

class RanksTest : public testing::TestWithParam<int> {};

TEST_P(RanksTest, all_reduce_sums_in_the_order_of_the_tree) {
  for (const std::int64_t size : {0, 1, 5, 100, 5000, 300'000}) {
    const auto sums = on_ranks<Tensor>(GetParam(), [&] {
      Tensor x = of_rank(dist::get_rank(), size);
      dist::all_reduce(x);
      return x;
    });
    for (const Tensor& sum : sums) EXPECT_TRUE(sum.equal(tree_sum(0, GetParam(), size))) << size;
  }
}

TEST_P(RanksTest, all_reduce_takes_all_operations) {
  const int ranks = GetParam();
  on_ranks<int>(ranks, [&] {
    const int rank = dist::get_rank();
    const auto reduced = [&](const Tensor& x, dist::ReduceOp op) {
      dist::all_reduce(x, op);
      return x;
    };
    EXPECT_EQ(reduced(tensor({rank + 1.0}), dist::ReduceOp::max).item<double>(), ranks);
    EXPECT_EQ(reduced(tensor({rank + 1.0}), dist::ReduceOp::min).item<double>(), 1);
    EXPECT_EQ(reduced(tensor({2.0}), dist::ReduceOp::product).item<double>(), std::pow(2.0, ranks));
    EXPECT_EQ(reduced(tensor({rank * 1.0}), dist::ReduceOp::avg).item<double>(), (ranks - 1) / 2.0);
    EXPECT_EQ(reduced(tensor({std::int64_t{1} << rank}), dist::ReduceOp::bor).item<std::int64_t>(), (1 << ranks) - 1);
    EXPECT_EQ(reduced(tensor({std::int64_t{3} - rank % 2}), dist::ReduceOp::band).item<std::int64_t>(), ranks > 1 ? 2 : 3);
    EXPECT_EQ(reduced(tensor({std::int64_t{rank}}), dist::ReduceOp::sum).item<std::int64_t>(), ranks * (ranks - 1) / 2);
    EXPECT_TRUE(std::isnan(reduced(tensor({rank == 0 ? std::nan("") : 1.0}), dist::ReduceOp::max).item<double>()));
    EXPECT_THROW(reduced(tensor({std::int64_t{1}}), dist::ReduceOp::avg), TypeError);
    EXPECT_THROW(reduced(tensor({1.0}), dist::ReduceOp::bor), TypeError);
    EXPECT_THROW(reduced(zeros({4, 4}).t().slice(0, 1), dist::ReduceOp::sum), ValueError);
    return 0;
  });
}

TEST_P(RanksTest, broadcast_and_gathers_move_what_they_say) {
  const int ranks = GetParam();
  on_ranks<int>(ranks, [&] {
    const int rank = dist::get_rank();
    for (int source = 0; source < ranks; ++source) {
      Tensor x = full({3}, rank, kFloat64);
      dist::broadcast(x, source);
      EXPECT_EQ(x.to_vector<double>(), std::vector<double>(3, source));
    }
    const Tensor own = full({2}, rank, kInt64);
    TensorList gathered;
    for (int i = 0; i < ranks; ++i) gathered.push_back(zeros({2}, kInt64));
    dist::all_gather(gathered, own);
    Tensor joined = zeros({ranks, 2}, kInt64);
    dist::all_gather_into_tensor(joined, own);
    for (int i = 0; i < ranks; ++i) {
      EXPECT_EQ(gathered[static_cast<std::size_t>(i)].to_vector<std::int64_t>(), std::vector<std::int64_t>(2, i));
      EXPECT_TRUE(joined.select(0, i).equal(gathered[static_cast<std::size_t>(i)]));
    }
    Tensor reduced = full({1}, rank, kInt64);
    dist::reduce(reduced, ranks - 1);
    EXPECT_EQ(reduced.item<std::int64_t>(), rank == ranks - 1 ? ranks * (ranks - 1) / 2 : rank);
    Tensor part = zeros({2});
    dist::reduce_scatter_tensor(part, arange(2 * ranks).to(kFloat32));
    EXPECT_EQ(part.to_vector<float>(),
              (std::vector<float>{static_cast<float>(2 * rank * ranks), static_cast<float>((2 * rank + 1) * ranks)}));
    dist::barrier();
    return 0;
  });
}

TEST_P(RanksTest, all_to_all_single_takes_parts_of_any_length) {
  const int ranks = GetParam();
  on_ranks<int>(ranks, [&] {
    const int rank = dist::get_rank();
    // Rank r sends r % 3 rows to each, with its number in them.
    std::vector<std::int64_t> to(static_cast<std::size_t>(ranks), rank % 3);
    std::vector<std::int64_t> from;
    std::vector<double> expected;
    for (int i = 0; i < ranks; ++i) {
      from.push_back(i % 3);
      expected.insert(expected.end(), static_cast<std::size_t>(2 * (i % 3)), i);
    }
    Tensor output = zeros({static_cast<std::int64_t>(expected.size()) / 2, 2});
    dist::all_to_all_single(output, full({ranks * (rank % 3), 2}, rank, kFloat32), from, to);
    EXPECT_EQ(output.to_vector<double>(), expected);
    EXPECT_THROW(dist::all_to_all_single(output, zeros({ranks, 2}), {1}, {1, 2, 3, 4, 5, 6, 7, 8, 9}), ShapeError);
    return 0;
  });
}

TEST_P(RanksTest, results_may_lie_within_what_is_sent) {
  const int ranks = GetParam();
  on_ranks<int>(ranks, [&] {
    const std::int64_t rank = dist::get_rank();
    const Tensor input = arange(0, 2 * ranks, kFloat32) + static_cast<double>(100 * rank);
    const Tensor expected = empty({2});
    dist::reduce_scatter_tensor(expected, input.clone());
    const Tensor part = input.slice(0, 2 * rank, 2 * rank + 2);
    dist::reduce_scatter_tensor(part, input);
    EXPECT_TRUE(part.equal(expected));
    TensorList parts;
    for (int i = 0; i < ranks; ++i) parts.push_back(full({2}, i, kFloat32));
    const Tensor output = rank == 0 ? parts.back() : zeros({2});
    dist::scatter(output, rank == 0 ? parts : TensorList(), 0);
    EXPECT_TRUE(output.equal(full({2}, static_cast<double>(rank), kFloat32)));
    EXPECT_THROW(dist::all_to_all_single(input, input), ValueError);
    return 0;
  });
}

TEST_P(RanksTest, objects_travel_as_values) {
  const int ranks = GetParam();
  on_ranks<int>(ranks, [&] {
    const int rank = dist::get_rank();
    const Value own = Value::Dict{{"rank", rank}, {"text", "x"}, {"tensor", full({2}, rank)}};
    const Value last = dist::broadcast_object(own, ranks - 1);
    EXPECT_EQ(last.at("rank").to_int(), ranks - 1);
    EXPECT_TRUE(last.at("tensor").to_tensor().equal(full({2}, ranks - 1)));
    const std::vector<Value> all = dist::all_gather_object(own);
    for (int i = 0; i < ranks; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)].at("rank").to_int(), i);
    return 0;
  });
}

TEST_P(RanksTest, operations_may_go_on_beside) {
  const int ranks = GetParam();
  on_ranks<int>(ranks, [&] {
    TensorList tensors;
    std::vector<std::shared_ptr<dist::Work>> works;
    for (int i = 0; i < 10; ++i) {
      tensors.push_back(full({1000}, i, kFloat32));
      works.push_back(dist::all_reduce(tensors.back(), dist::ReduceOp::sum, nullptr, true));
    }
    for (std::size_t i = 0; i < works.size(); ++i) {
      works[i]->wait();
      EXPECT_TRUE(works[i]->is_completed());
      EXPECT_TRUE(tensors[i].equal(full({1000}, static_cast<double>(i) * ranks)));
    }
    return 0;
  });
}

TEST_P(RanksTest, gather_and_scatter_are_one_anothers_inverse) {
  const int ranks = GetParam();
  const int last = ranks - 1;
  on_ranks<int>(ranks, [&] {
    const bool is_last = dist::get_rank() == last;
    const Tensor own = full({2, 3}, dist::get_rank(), kFloat32);
    TensorList all;
    for (int i = 0; is_last && i < ranks; ++i) all.push_back(zeros({2, 3}));
    dist::gather(own, all, last);
    for (int i = 0; is_last && i < ranks; ++i)
      EXPECT_TRUE(all[static_cast<std::size_t>(i)].equal(full({2, 3}, i, kFloat32)));
    for (const Tensor& part : all) part.add_(10);
    dist::scatter(own, all, last);
    EXPECT_TRUE(own.equal(full({2, 3}, 10 + dist::get_rank(), kFloat32)));
    EXPECT_THROW(dist::gather(own, TensorList(is_last ? 0 : 1, own), last), ValueError);
    EXPECT_THROW(dist::scatter(own, all, ranks), ValueError);
    return 0;
  });
}

TEST_P(RanksTest, groups_of_some_ranks_work_beside_one_another) {
  const int ranks = GetParam();
  on_ranks<int>(ranks, [&] {
    const int rank = dist::get_rank();
    std::vector<int> even;
    std::vector<int> odd;
    for (int i = ranks - 1; i >= 0; --i) (i % 2 == 0 ? even : odd).push_back(i);
    const auto evens = dist::new_group(even);
    const auto odds = odd.empty() ? nullptr : dist::new_group(odd);
    dist::ProcessGroup* own = rank % 2 == 0 ? evens.get() : odds.get();
    EXPECT_EQ(rank % 2 == 0 ? odds.get() : evens.get(), nullptr);
    EXPECT_EQ(own->rank(), rank / 2);
    EXPECT_EQ(own->size(), static_cast<int>(rank % 2 == 0 ? even.size() : odd.size()));
    for (int turn = 0; turn < 3; ++turn) {
      const Tensor sum = tensor({std::int64_t{1} << rank});
      dist::all_reduce(sum, dist::ReduceOp::sum, own);
      std::int64_t expected = 0;
      for (int i = rank % 2; i < ranks; i += 2) expected += std::int64_t{1} << i;
      EXPECT_EQ(sum.item<std::int64_t>(), expected);
      const Tensor whole = tensor({std::int64_t{1}});
      dist::all_reduce(whole);  // of the world, in between
      EXPECT_EQ(whole.item<std::int64_t>(), ranks);
      const Tensor first = tensor({rank});
      dist::broadcast(first, own->size() - 1, own);
      EXPECT_EQ(first.item<std::int64_t>(), rank % 2 + 2 * (own->size() - 1));
    }
    EXPECT_THROW(dist::new_group({0, 0}), ValueError);
    EXPECT_THROW(dist::new_group({ranks}), ValueError);
    EXPECT_THROW(dist::new_group({}), ValueError);
    return 0;
  });
}

INSTANTIATE_TEST_SUITE_P(Sizes, RanksTest, testing::Values(1, 2, 3, 4, 5, 8));

TEST(WorldTest, without_a_launcher_there_is_one_rank) {
  EXPECT_FALSE(dist::is_initialized());
  EXPECT_EQ(dist::get_world_size(), 1);
  EXPECT_THROW(dist::world(), ValueError);
  dist::init_process_group();
  EXPECT_EQ(dist::world().backend(), "single");
  EXPECT_THROW(dist::init_process_group(), ValueError);
  Tensor x = tensor({1.0, 2.0});
  dist::all_reduce(x);
  EXPECT_EQ(x.to_vector<double>(), (std::vector<double>{1, 2}));
  dist::destroy_process_group();
  EXPECT_THROW(dist::destroy_process_group(), ValueError);
  EXPECT_THROW(dist::init_process_group({.backend = "smoke"}), ValueError);
  EXPECT_THROW(dist::init_process_group({.backend = "gloo", .init_method = "udp://x"}), Error);
}

// What the exchange costs: 2 (R - 1) / R of the bytes, and 2 (R - 1) messages for each chunk.
TEST(TrafficTest, messages_and_bytes_are_those_of_the_formula) {
  constexpr std::int64_t size = 840'000;  // divisible by 2 to 8
  constexpr std::int64_t chunks = 4;      // of 1 MiB
  for (const int ranks : {2, 3, 4, 8}) {
    on_ranks<int>(ranks, [&] {
      const std::vector<float> values(size, 1);
      std::vector<float> sum(size);
      const dist::Traffic before = dist::world().traffic();
      dist::world().run("sum", [&](dist::Channel& channel) {
        const dist::NodeValues own{{channel.rank(), channel.rank() + 1}, reinterpret_cast<const std::byte*>(values.data())};
        dist::reduce_shards(channel, dist::ReduceOp::sum, kFloat32, ranks, std::array{own},
                            reinterpret_cast<std::byte*>(sum.data()), size);
      });
      const dist::Traffic after = dist::world().traffic();
      EXPECT_EQ(after.bytes - before.bytes, 2 * (ranks - 1) * size * 4 / ranks);
      EXPECT_EQ(after.messages - before.messages, 2 * (ranks - 1) * chunks);
      EXPECT_EQ(sum.back(), static_cast<float>(ranks));
      return 0;
    });
  }
}

TEST(FailureTest, ranks_at_different_operations_are_both_named) {
  const auto failures = failures_on_ranks(4, [] {
    dist::world().set_step(7);
    Tensor x = zeros({3});
    if (dist::get_rank() == 2) dist::broadcast(x, 0);
    else dist::all_reduce(x);
  });
  for (const int rank : {0, 1, 3}) {
    EXPECT_THAT(failures[static_cast<std::size_t>(rank)], HasSubstr("rank 2 ("));
    EXPECT_THAT(failures[static_cast<std::size_t>(rank)], HasSubstr("all_reduce(float32[3], sum) #0 of step 7"));
    EXPECT_THAT(failures[static_cast<std::size_t>(rank)], HasSubstr("broadcast(float32[3], from 0) #0 of step 7"));
  }
  EXPECT_THAT(failures[2], HasSubstr("all ranks must do the same"));
}

TEST(FailureTest, tensors_of_other_shapes_are_noticed) {
  const auto failures = failures_on_ranks(3, [] { dist::all_reduce(zeros({dist::get_rank() == 1 ? 4 : 3})); });
  EXPECT_THAT(failures, Each(HasSubstr("float32[4]")));
  for (const auto& other : {zeros({2, 3}), zeros({2, 4}, kFloat64)}) {
    EXPECT_THAT(failures_on_ranks(2,
                                  [&] {
                                    const Tensor mine = dist::get_rank() == 1 ? other : zeros({2, 4});
                                    dist::all_to_all_single(empty_like(mine), mine);
                                  }),
                Each(HasSubstr("float32 rows of [4]")));
  }
}

TEST(FailureTest, a_rank_that_throws_ends_the_others_at_once) {
  const auto start = std::chrono::steady_clock::now();
  const auto failures = failures_on_ranks(4, [] {
    dist::world().set_step(3);
    if (dist::get_rank() == 1) throw std::runtime_error("the disk is full");
    dist::barrier();
  });
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(failures[1], "the disk is full");
  for (const int rank : {0, 2, 3}) {
    const std::string& failure = failures[static_cast<std::size_t>(rank)];
    EXPECT_THAT(failure, HasSubstr("barrier of step 3: rank 1 ("));
    EXPECT_THAT(failure, HasSubstr("is gone"));
  }
}

TEST(FailureTest, ranks_that_do_not_come_in_time_are_named) {
  const auto failures = failures_on_ranks(
      4,
      [] {
        if (dist::get_rank() == 0 || dist::get_rank() == 3) std::this_thread::sleep_for(std::chrono::milliseconds(700));
        dist::barrier();
      },
      std::chrono::milliseconds(200));
  for (const int rank : {1, 2}) {
    const std::string& failure = failures[static_cast<std::size_t>(rank)];
    EXPECT_THAT(failure, HasSubstr("rank 0 ("));
    EXPECT_THAT(failure, HasSubstr("rank 3 ("));
    EXPECT_THAT(failure, HasSubstr("has not arrived for 0.2 s"));
  }
}

TEST(FailureTest, a_monitored_barrier_has_a_time_of_its_own) {
  const auto failures = failures_on_ranks(3, [] {
    if (dist::get_rank() == 1) std::this_thread::sleep_for(std::chrono::milliseconds(800));
    dist::monitored_barrier(nullptr, std::chrono::milliseconds(200));
  });
  for (const int rank : {0, 2}) {
    EXPECT_THAT(failures[static_cast<std::size_t>(rank)], HasSubstr("monitored_barrier: rank 1 ("));
    EXPECT_THAT(failures[static_cast<std::size_t>(rank)], HasSubstr("has not arrived for 0.2 s"));
  }
}

TEST(FailureTest, a_long_section_is_waited_for) {
  const auto run = [](std::chrono::milliseconds limit) {
    return failures_on_ranks(
        3,
        [&] {
          if (dist::get_rank() == 1) {
            const dist::LongSection section(limit);
            std::this_thread::sleep_for(std::chrono::milliseconds(900));
          }
          dist::barrier();
        },
        std::chrono::milliseconds(200));
  };
  EXPECT_THAT(run(std::chrono::seconds(10)), Each(std::string()));
  // Up to its limit.
  EXPECT_THAT(run(std::chrono::milliseconds(100))[0], HasSubstr("rank 1"));
}

TEST(FailureTest, ranks_whose_groups_differ_are_told) {
  EXPECT_THAT(failures_on_ranks(3,
                                [] {
                                  dist::new_group({0, dist::get_rank() == 2 ? 2 : 1});
                                }),
              Each(HasSubstr("has the ranks 0 1, and rank 2")));
}

TEST(FailureTest, a_group_that_failed_stays_failed) {
  const auto failures = failures_on_ranks(2, [] {
    try {
      dist::all_reduce(zeros({dist::get_rank() + 1}));
    } catch (const dist::DistributedError&) {
      dist::barrier();
    }
  });
  EXPECT_THAT(failures, Each(HasSubstr("all_reduce")));
}

TEST(FailureTest, texts_that_differ_are_shown_by_line_and_rank) {
  const auto failures = failures_on_ranks(3, [] {
    dist::detail::require_same(dist::world(), "DistributedDataParallel",
                               dist::get_rank() == 2 ? "a float32[2]\nb float32[4]" : "a float32[2]\nb float32[3]");
  });
  EXPECT_THAT(failures, Each(HasSubstr("has b float32[3], and rank 2")));
  EXPECT_THAT(failures, Each(HasSubstr("has b float32[4]")));
}

}  // namespace xgrad::test
