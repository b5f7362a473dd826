// Graphs so large or so shared that recursion, or locks in the wrong place, would not survive them.
#include <pthread.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

constexpr std::size_t stack_bytes = 8 * 1024 * 1024;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Each takes fifty times as long, and needs many times the stack where it recurses.
constexpr int part = 20;
#else
constexpr int part = 1;
#endif

/// Runs on a thread with a stack of 8 MB, whatever the limit of the main one is.
void run_on_small_stack(std::function<void()> function) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread = 0;
  const auto start = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start, &function), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

/// What the process holds in memory.
std::int64_t resident_bytes() {
  std::int64_t total = 0;
  std::int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

TEST(LargeGraphTest, a_chain_of_many_nodes_is_built_run_backwards_and_dropped) {
  run_on_small_stack([] {
    const Tensor x = ones({}, TensorOptions(kFloat64).requires_grad(true));
    {
      Tensor y = x;
      for (int i = 0; i < 10'000'000 / part; ++i) y = -y;
      y.backward();
    }
    EXPECT_EQ(x.grad().item<double>(), 1);
  });
}

TEST(LargeGraphTest, a_long_chain_is_dropped_without_backward) {
  run_on_small_stack([] {
    const Tensor x = ones({}, requires_grad());
    Tensor y = x;
    for (int i = 0; i < 1'000'000 / part; ++i) y = y * y;  // each node is reached by two edges
    y = Tensor();
    EXPECT_EQ(x.use_count(), 1U);
  });
}

TEST(LargeGraphTest, a_long_chain_of_changes_in_place_is_dropped) {
  run_on_small_stack([] {
    const Tensor x = ones({}, requires_grad());
    Tensor y = x * 1;
    for (int i = 0; i < 300'000 / part; ++i) y.mul_(1);
    y.backward();
    EXPECT_EQ(x.grad().item<float>(), 1);
  });
}

TEST(LargeGraphTest, second_derivatives_of_a_long_chain) {
  run_on_small_stack([] {
    const Tensor x = full({}, 1.0, TensorOptions(kFloat64).requires_grad(true));
    Tensor y = x * x;
    for (int i = 0; i < 100'000 / part; ++i) y = y * 1;
    const Tensor first = autograd::grad({y}, {x}, {}, std::nullopt, true)[0];
    const Tensor second = autograd::grad({first}, {x})[0];
    EXPECT_EQ(second.item<double>(), 2);
  });
}

TEST(LargeGraphTest, a_million_graphs_made_and_dropped_leave_no_memory_behind) {
  const Tensor x = ones({4}, requires_grad());
  const auto make_and_drop = [&](int times) {
    for (int i = 0; i < times; ++i) {
      const Tensor y = (x * 2).tanh().sum();
      if (i % 8 == 0) y.backward();
    }
  };
  make_and_drop(10'000);
  [[maybe_unused]] const std::int64_t before = resident_bytes();
  make_and_drop(1'000'000 / part);
#if !defined(__SANITIZE_ADDRESS__)  // which keeps freed memory for a while, and looks for leaks itself
  EXPECT_LT(resident_bytes() - before, 1 << 20);
#endif
  EXPECT_EQ(x.use_count(), 1U);
}

TEST(LargeGraphTest, a_wide_node_takes_many_inputs) {
  const Tensor x = ones({2}, requires_grad());
  const TensorList parts(5000, x);
  (cat(parts) * 2).sum().backward();
  EXPECT_EQ(x.grad().to_vector<float>(), (std::vector<float>{10000, 10000}));
}

TEST(ThreadsTest, eight_threads_run_backward_on_graphs_that_share_leaves) {
  const Tensor weight = ones({16, 16}, TensorOptions(kFloat64).requires_grad(true));
  const Tensor bias = zeros({16}, TensorOptions(kFloat64).requires_grad(true));
  constexpr int threads = 8;
  constexpr int rounds = 50;
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      for (int round = 0; round < rounds; ++round) {
        const Tensor x = full({4, 16}, t + 1.0, kFloat64);
        (matmul(x, weight) + bias).sum().backward();
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  // Each backward adds 4 (t + 1) to each weight, and 4 to each bias: whole numbers, so the order of addition is no matter.
  EXPECT_EQ(weight.grad().to_vector<double>(), std::vector<double>(256, 2.0 * rounds * threads * (threads + 1)));
  EXPECT_EQ(bias.grad().to_vector<double>(), std::vector<double>(16, 4.0 * rounds * threads));
}

TEST(ThreadsTest, eight_threads_run_backward_through_one_shared_graph) {
  const Tensor x = full({8}, 2.0, TensorOptions(kFloat64).requires_grad(true));
  const Tensor shared = x * x;
  constexpr int threads = 8;
  constexpr int rounds = 50;
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) (shared * 3).sum().backward({}, true);
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(x.grad().to_vector<double>(), std::vector<double>(8, 12.0 * threads * rounds));
}

TEST(ThreadsTest, grad_mode_belongs_to_its_thread) {
  const Tensor x = ones({1}, requires_grad());
  const NoGradGuard no_grad;
  bool recorded = false;
  std::thread([&] { recorded = (x * 2).requires_grad(); }).join();
  EXPECT_TRUE(recorded);
  EXPECT_FALSE((x * 2).requires_grad());
}

}  // namespace xgrad::test
