#include "nn/init/init.h"

#include <cmath>

#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

namespace init = nn::init;

init::NonlinearityType nonlinearity_of(const Json& options) {
  const std::string name = options.value("nonlinearity", "leaky_relu");
  if (name == "relu") return kReLU;
  if (name == "tanh") return kTanh;
  if (name == "sigmoid") return kSigmoid;
  return kLeakyReLU;
}

init::FanModeType mode_of(const Json& options) {
  if (options.value("mode", "fan_in") == "fan_out") return kFanOut;
  return kFanIn;
}

Tensor initialised(const std::string& name, const Json& options, const Tensor& x) {
  const double gain = options.value("gain", 1.0);
  const double a = options.value("a", 0.0);
  if (name == "uniform_") return init::uniform_(x, a, options.value("b", 1.0));
  if (name == "normal_") return init::normal_(x, options.value("mean", 0.0), options.value("std", 1.0));
  if (name == "constant_") return init::constant_(x, options.at("val").get<double>());
  if (name == "ones_") return init::ones_(x);
  if (name == "zeros_") return init::zeros_(x);
  if (name == "eye_") return init::eye_(x);
  if (name == "dirac_") return init::dirac_(x);
  if (name == "xavier_uniform_") return init::xavier_uniform_(x, gain);
  if (name == "xavier_normal_") return init::xavier_normal_(x, gain);
  if (name == "kaiming_uniform_") return init::kaiming_uniform_(x, a, mode_of(options), nonlinearity_of(options));
  if (name == "kaiming_normal_") return init::kaiming_normal_(x, a, mode_of(options), nonlinearity_of(options));
  if (name == "orthogonal_") return init::orthogonal_(x, gain);
  if (name == "sparse_") return init::sparse_(x, options.at("sparsity"), options.value("std", 0.01));
  throw std::runtime_error("no initialiser " + name);
}

}  // namespace

TEST(InitTest, one_seed_gives_pytorchs_values) {
  for (const Json& golden : load_golden("nn/init")) {
    const std::string name = golden.at("name");
    const Tensor expected = stored_tensor(golden.at("result"));
    SCOPED_TRACE(name + golden.at("options").dump() + to_string(expected.sizes()));
    manual_seed(golden.at("seed"));
    const Tensor x = empty(expected.sizes(), TensorOptions(expected.dtype()).requires_grad(true));
    const Tensor result = initialised(name, golden.at("options"), x);
    EXPECT_TRUE(result.is_same(x));
    EXPECT_TRUE(x.is_leaf());
    EXPECT_TRUE(close(expected, result.detach(), expected.dtype() == kFloat32 ? 2e-6 : 1e-10));
  }
}

TEST(InitTest, an_orthogonal_matrix_has_orthonormal_rows_or_columns) {
  const Tensor wide = init::orthogonal_(empty({20, 50}, kFloat64));
  EXPECT_TRUE(close(eye(20, kFloat64), matmul(wide, wide.t()), 1e-12));
  const Tensor tall = init::orthogonal_(empty({50, 20}, kFloat64));
  EXPECT_TRUE(close(eye(20, kFloat64), matmul(tall.t(), tall), 1e-12));
}

TEST(InitTest, gains_and_fans_are_pytorchs) {
  EXPECT_EQ(init::calculate_gain(kLinear), 1);
  EXPECT_EQ(init::calculate_gain(kSigmoid), 1);
  EXPECT_DOUBLE_EQ(init::calculate_gain(kTanh), 5.0 / 3);
  EXPECT_DOUBLE_EQ(init::calculate_gain(kReLU), std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(init::calculate_gain(kLeakyReLU, 0.2), std::sqrt(2 / 1.04));
  EXPECT_EQ(init::calculate_gain(kSELU), 0.75);
  EXPECT_EQ(init::calculate_fan_in_and_fan_out(empty({2, 3, 4})), std::make_pair(std::int64_t{12}, std::int64_t{8}));
}

TEST(InitTest, what_makes_no_sense_is_refused) {
  EXPECT_THROW(init::xavier_uniform_(empty({3})), ShapeError);
  EXPECT_THROW(init::kaiming_normal_(empty({3})), ShapeError);
  EXPECT_THROW(init::orthogonal_(empty({3})), ShapeError);
  EXPECT_THROW(init::eye_(empty({3})), ShapeError);
  EXPECT_THROW(init::sparse_(empty({3, 2, 1}), 0.5), ShapeError);
  EXPECT_THROW(init::dirac_(empty({3, 2})), ShapeError);
  EXPECT_THROW(init::sparse_(empty({3, 2}), 1.5), ValueError);
  EXPECT_THROW(init::normal_(empty({3}), 0, -1), ValueError);
}

}  // namespace xgrad::test
