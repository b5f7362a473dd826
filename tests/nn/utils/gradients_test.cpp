// clip_grad, convert_parameters and weight_norm.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "autograd/autograd.h"
#include "nn/modules/linear.h"
#include "nn/utils/clip_grad.h"
#include "nn/utils/convert_parameters.h"
#include "nn/utils/weight_norm.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Parameters with the gradients 1 to 4 and -5, and one without.
std::vector<Tensor> with_gradients() {
  std::vector<Tensor> parameters = {zeros({2, 2}, kFloat64), zeros({1}, kFloat64), zeros({3}, kFloat64)};
  for (Tensor& parameter : parameters) parameter.requires_grad_();
  parameters[0].mutable_grad() = tensor({{1.0, 2.0}, {3.0, 4.0}}, kFloat64);
  parameters[1].mutable_grad() = tensor({-5.0}, kFloat64);
  return parameters;
}

}  // namespace

TEST(ClipGradTest, scales_gradients_to_a_common_norm_of_any_order) {
  // Norms of (1, 2, 3, 4, -5), as torch.nn.utils.clip_grad_norm_ returns them.
  const std::vector<std::pair<double, double>> norms = {
      {1, 15},
      {2, std::sqrt(55)},
      {3, std::cbrt(225)},
      {0.5, std::pow(1 + std::sqrt(2) + std::sqrt(3) + 2 + std::sqrt(5), 2)},
      {infinity, 5}};
  for (const auto& [order, norm] : norms) {
    auto parameters = with_gradients();
    EXPECT_NEAR(nn::utils::clip_grad_norm_(parameters, norm / 2, order), norm, 1e-12 * norm);
    EXPECT_NEAR(parameters[1].grad().item<double>(), -2.5, 1e-5);
    EXPECT_NEAR(parameters[0].grad()[1][1].item<double>(), 2, 1e-5);
    EXPECT_FALSE(parameters[2].grad().defined());
  }
  auto parameters = with_gradients();
  nn::utils::clip_grad_norm_(parameters, 100);
  EXPECT_EQ(parameters[1].grad().item<double>(), -5);
  EXPECT_EQ(nn::utils::clip_grad_norm_(parameters[1], 1), 5);
  EXPECT_EQ(nn::utils::clip_grad_norm_(std::vector<Tensor>{}, 1), 0);
}

TEST(ClipGradTest, a_norm_that_is_not_finite_is_an_error_on_demand) {
  auto parameters = with_gradients();
  parameters[1].mutable_grad().fill_(infinity);
  EXPECT_THROW(nn::utils::clip_grad_norm_(parameters, 1, 2, true), ValueError);
  EXPECT_EQ(parameters[0].grad()[1][1].item<double>(), 4);
  nn::utils::clip_grad_norm_(parameters, 1);
  EXPECT_EQ(parameters[0].grad()[1][1].item<double>(), 0);
}

TEST(ClipGradTest, limits_every_element) {
  auto parameters = with_gradients();
  nn::utils::clip_grad_value_(parameters, 2.5);
  EXPECT_EQ(parameters[0].grad().to_vector<double>(), (std::vector<double>{1, 2, 2.5, 2.5}));
  EXPECT_EQ(parameters[1].grad().item<double>(), -2.5);
  EXPECT_THROW(nn::utils::clip_grad_value_(parameters, -1), ValueError);
}

TEST(ConvertParametersTest, parameters_go_into_a_vector_and_back) {
  const nn::Linear linear(2, 3);
  const Tensor before = nn::utils::parameters_to_vector(linear->parameters());
  EXPECT_EQ(before.sizes(), IntArrayRef({9}));
  nn::utils::vector_to_parameters(arange(9).to(kFloat32), linear->parameters());
  EXPECT_EQ(linear->bias.to_vector<float>(), (std::vector<float>{6, 7, 8}));
  EXPECT_TRUE(linear->weight.is_leaf());
  EXPECT_THROW(nn::utils::vector_to_parameters(arange(8), linear->parameters()), ShapeError);
  EXPECT_THROW(nn::utils::vector_to_parameters(ones({3, 3}), linear->parameters()), ShapeError);
  EXPECT_THROW(nn::utils::parameters_to_vector({}), ValueError);
}

TEST(WeightNormTest, a_weight_becomes_length_and_direction) {
  // The weight is (1, 2), (3, 4), (5, 6): its products with (1, -2) are -3, -5 and -7.
  for (const std::int64_t dim : {0, 1, -1}) {
    nn::Linear linear(2, 3);
    linear->to(kFloat64);
    {
      const NoGradGuard no_grad;
      linear->weight.copy_(arange(1, 7).to(kFloat64).view({3, 2}));
      linear->bias.zero_();
    }
    nn::HookHandle handle = nn::utils::weight_norm(linear, dim);
    EXPECT_THAT(linear->named_parameters().keys(), testing::ElementsAre("bias", "weight_g", "weight_v"));
    const auto parameters = linear->named_parameters();
    const Tensor x = tensor({{1.0, -2.0}}, kFloat64);
    const Tensor before = linear(x);
    EXPECT_TRUE(close(tensor({{-3.0, -5.0, -7.0}}, kFloat64), before.detach(), 1e-12));
    {
      const NoGradGuard no_grad;
      Tensor(parameters["weight_g"]).mul_(2);
    }
    const Tensor y = linear(x);
    EXPECT_TRUE(close(before.detach() * 2, y.detach(), 1e-12));
    y.sum().backward();
    const Tensor v = parameters["weight_v"].detach().clone().requires_grad_();
    const Tensor g = parameters["weight_g"].detach().clone().requires_grad_();
    matmul(x, nn::utils::normed_weight(v, g, dim).t()).sum().backward();
    EXPECT_TRUE(close(v.grad(), parameters["weight_v"].grad(), 1e-12));
    EXPECT_TRUE(close(g.grad(), parameters["weight_g"].grad(), 1e-12));
    EXPECT_TRUE(
        autograd::gradcheck([dim](const TensorList& in) { return nn::utils::normed_weight(in[0], in[1], dim); }, {v, g}));
    handle.remove();
    EXPECT_TRUE(close(y.detach(), linear(x).detach(), 1e-12));
  }
  EXPECT_THROW(nn::utils::weight_norm(nn::Linear(2, 3), 2), IndexError);
}

TEST(WeightNormTest, a_weight_that_is_refused_stays) {
  nn::Linear linear(2, 3);
  linear->register_parameter("weight_v", ones({1}));
  EXPECT_THROW(nn::utils::weight_norm(linear), ValueError);
  EXPECT_THAT(linear->named_parameters().keys(), ::testing::ElementsAre("weight", "bias", "weight_v"));
}

TEST(ClipGradNormTest, a_bound_that_makes_no_sense_is_refused) {
  const std::vector<Tensor> parameters = with_gradients();
  EXPECT_THROW(nn::utils::clip_grad_norm_(parameters, -1), ValueError);
  EXPECT_THROW(nn::utils::clip_grad_norm_(parameters, std::numeric_limits<double>::quiet_NaN()), ValueError);
  EXPECT_EQ(parameters[1].grad().item<double>(), -5);
}

}  // namespace xgrad::test
