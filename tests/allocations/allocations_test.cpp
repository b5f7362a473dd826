#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <cstddef>
#include <cstdlib>
#include <functional>
#include <new>

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

// Not inlined, or GCC takes free() and new for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }

namespace xgrad::test {
namespace {

/// How often `step` calls operator new on this thread once it has run a few times.
std::size_t allocations_of(const std::function<void()>& step) {
  for (int i = 0; i < 10; ++i) step();
  const std::size_t before = allocations;
  step();
  return allocations - before;
}

TEST(Allocations, are_counted) {
  EXPECT_EQ(allocations_of([] { ::operator delete(::operator new(1)); }), 1);
}

TEST(Allocations, a_step_of_a_stream_needs_none) {
  const NoGradGuard no_grad;
  const Tensor x = randn({1, 16});
  Tensor h = zeros({1, 32});
  Tensor c = zeros({1, 32});
  nn::LSTMCell lstm(16, 32);
  EXPECT_EQ(allocations_of([&] { std::tie(h, c) = lstm->forward(x, std::make_tuple(h, c)); }), 0);
  nn::GRUCell gru(16, 32);
  EXPECT_EQ(allocations_of([&] { h = gru->forward(x, h); }), 0);
  nn::RNNCell rnn(16, 32);
  EXPECT_EQ(allocations_of([&] { h = rnn->forward(x, h); }), 0);
}

TEST(Allocations, backward_of_an_operation_needs_none) {
  const Tensor x = randn({4, 4}, TensorOptions().requires_grad(true));
  const Tensor gradient = ones({4, 4});
  EXPECT_EQ(allocations_of([&] {
              relu(x).backward(gradient);
              x.mutable_grad() = Tensor();
            }),
            0);
}

}  // namespace
}  // namespace xgrad::test
