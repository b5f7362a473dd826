#include "autograd/backward/checkpoint.h"

#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

Tensor values(IntArrayRef sizes, std::uint64_t seed) {
  return seeded_uniform(sizes, seed, -1, 1, kFloat64).requires_grad_();
}

}  // namespace

TEST(Checkpoint, gives_the_gradients_of_inputs_and_captured_leaves) {
  const Tensor weight = values({3, 3}, 1);
  const Tensor x = values({2, 3}, 2);
  const std::function<Tensor(const TensorList&)> segment = [&](const TensorList& in) {
    return mm(in[0], weight).tanh().exp();
  };
  const Tensor y = utils::checkpoint(segment, {utils::checkpoint(segment, {x})});
  const Tensor plain = segment({segment({x})});
  EXPECT_TRUE(close(plain, y));
  EXPECT_NE(y.grad_fn()->name(), plain.grad_fn()->name());
  const TensorList expected = autograd::grad({plain.sum()}, {x, weight});
  const TensorList found = autograd::grad({y.sum()}, {x, weight}, {}, true);
  EXPECT_TRUE(close(expected[0], found[0]));
  EXPECT_TRUE(close(expected[1], found[1]));
  y.sum().backward();
  EXPECT_TRUE(close(expected[0], x.grad()));
  EXPECT_TRUE(close(expected[1], weight.grad()));
}

TEST(Checkpoint, gradients_of_gradients_agree_with_finite_differences) {
  const Tensor weight = values({3, 3}, 1);
  const std::function<Tensor(const TensorList&)> function = [](const TensorList& in) {
    const Tensor w = in[1];
    const std::function<Tensor(const TensorList&)> segment = [](const TensorList& x) { return mm(x[0], x[1]).tanh(); };
    return utils::checkpoint(segment, {utils::checkpoint(segment, {in[0], w}), w});
  };
  EXPECT_NO_THROW(autograd::gradcheck(function, {values({2, 3}, 2), weight}));
  EXPECT_NO_THROW(autograd::gradgradcheck(function, {values({2, 3}, 2), weight}));
}

TEST(Checkpoint, random_numbers_come_out_the_same) {
  manual_seed(5);
  const Tensor x = ones({50}).requires_grad_();
  const std::function<Tensor(const TensorList&)> masked = [](const TensorList& in) {
    return in[0] * bernoulli(full({50}, 0.5));
  };
  const Tensor y = utils::checkpoint(masked, {x});
  const Tensor next = rand({1});
  y.sum().backward();
  EXPECT_TRUE(close(y.detach(), x.grad()));
  manual_seed(5);
  bernoulli(full({50}, 0.5));
  EXPECT_TRUE(close(rand({1}), next));
}

TEST(Checkpoint, keeps_only_the_inputs) {
  std::weak_ptr<int> witness;
  const Tensor x = values({4}, 3);
  const std::function<Tensor(const TensorList&)> segment = [&](const TensorList& in) {
    auto memory = std::make_shared<int>(0);
    witness = memory;
    static double block[1];
    const Tensor held = from_blob(
        block, {1}, [memory](void*) {}, kFloat64);
    block[0] = 2;
    return in[0] * held;
  };
  const Tensor plain = segment({x});
  EXPECT_FALSE(witness.expired());
  const Tensor y = utils::checkpoint(segment, {x});
  EXPECT_TRUE(witness.expired());
  y.sum().backward();
  EXPECT_TRUE(witness.expired());
}

TEST(Checkpoint, without_gradients_just_runs) {
  int runs = 0;
  const std::function<TensorList(const TensorList&)> segment = [&](const TensorList& in) {
    ++runs;
    return TensorList{in[0] * 2, in[0].sum()};
  };
  EXPECT_FALSE(utils::checkpoint(segment, {ones({3})})[0].requires_grad());
  const NoGradGuard no_grad;
  EXPECT_FALSE(utils::checkpoint(segment, {values({3}, 1)})[1].requires_grad());
  EXPECT_EQ(runs, 2);
}

}  // namespace xgrad::test
