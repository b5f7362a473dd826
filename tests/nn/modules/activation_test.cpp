#include "nn/modules/activation.h"

#include "autograd/autograd.h"
#include "autograd/ops/activation.h"
#include "nn/modules/dropout.h"
#include "nn/modules/linear.h"
#include "nn/modules/softmax.h"
#include "tests/support/modules.h"

namespace xgrad::test {

namespace {

/// Modules without options, or with the defaults.
template <class Holder>
Subject plain(const Json&) {
  return subject(Holder());
}

}  // namespace

TEST(ActivationTest, values_and_gradients_are_pytorchs) {
  compare_with_golden(
      "activation",
      {{"ReLU", plain<nn::ReLU>},
       {"ReLU6", plain<nn::ReLU6>},
       {"LeakyReLU",
        [](const Json& a) { return subject(nn::LeakyReLU(nn::LeakyReLUOptions(a.value("negative_slope", 0.01)))); }},
       {"RReLU", plain<nn::RReLU>},
       {"ELU", [](const Json& a) { return subject(nn::ELU(nn::ELUOptions(a.value("alpha", 1.0)))); }},
       {"SELU", plain<nn::SELU>},
       {"CELU", [](const Json& a) { return subject(nn::CELU(nn::CELUOptions(a.value("alpha", 1.0)))); }},
       {"GELU",
        [](const Json& a) { return subject(nn::GELU(nn::GELUOptions().approximate(a.value("approximate", "none")))); }},
       {"SiLU", plain<nn::SiLU>},
       {"Mish", plain<nn::Mish>},
       {"Sigmoid", plain<nn::Sigmoid>},
       {"LogSigmoid", plain<nn::LogSigmoid>},
       {"Softplus",
        [](const Json& a) {
          return subject(
              nn::Softplus(nn::SoftplusOptions().beta(a.value("beta", 1.0)).threshold(a.value("threshold", 20.0))));
        }},
       {"Tanh", plain<nn::Tanh>},
       {"Tanhshrink", plain<nn::Tanhshrink>},
       {"Hardtanh",
        [](const Json& a) {
          return subject(
              nn::Hardtanh(nn::HardtanhOptions().min_val(a.value("min_val", -1.0)).max_val(a.value("max_val", 1.0))));
        }},
       {"Hardshrink", [](const Json& a) { return subject(nn::Hardshrink(nn::HardshrinkOptions(a.value("lambd", 0.5)))); }},
       {"Softshrink", [](const Json& a) { return subject(nn::Softshrink(nn::SoftshrinkOptions(a.value("lambd", 0.5)))); }},
       {"Softsign", plain<nn::Softsign>},
       {"Threshold",
        [](const Json& a) { return subject(nn::Threshold(a.at("threshold").get<double>(), a.at("value").get<double>())); }},
       {"GLU", [](const Json& a) { return subject(nn::GLU(nn::GLUOptions(a.value("dim", -1)))); }},
       {"Softmax", [](const Json& a) { return subject(nn::Softmax(a.at("dim").get<std::int64_t>())); }},
       {"Softmin", [](const Json& a) { return subject(nn::Softmin(a.at("dim").get<std::int64_t>())); }},
       {"LogSoftmax", [](const Json& a) { return subject(nn::LogSoftmax(a.at("dim").get<std::int64_t>())); }},
       {"PReLU", [](const Json& a) { return subject(nn::PReLU(nn::PReLUOptions(a.value("num_parameters", 1)))); }},
       {"Identity", plain<nn::Identity>}});
}

TEST(ActivationTest, in_place_the_input_changes_and_the_gradient_stays) {
  const nn::ELU in_place(nn::ELUOptions().inplace(true));
  const Tensor x = tensor({-1.0, 2.0}, kFloat64).requires_grad_();
  const Tensor twice = x * 2;
  const Tensor y = in_place(twice);
  EXPECT_TRUE(y.is_same(twice));
  y.sum().backward();
  const Tensor other = x.detach().clone().requires_grad_();
  nn::ELU()(other * 2).sum().backward();
  EXPECT_TRUE(equal(x.grad(), other.grad()));
  const Tensor plain = tensor({-1.0, 2.0});
  nn::ReLU(nn::ReLUOptions(true))(plain);
  EXPECT_EQ(plain.to_vector<float>(), (std::vector<float>{0, 2}));
  EXPECT_THROW(in_place(x), GraphError);
}

TEST(ActivationTest, gradients_of_gradients_agree_with_finite_differences) {
  const Tensor x = seeded_uniform({3, 4}, 5, -2.5, 2.5, kFloat64).requires_grad_();
  const Tensor weight = tensor({0.3}, kFloat64).requires_grad_();
  using Activation = Tensor (*)(const Tensor&);
  for (const Activation f :
       {Activation(selu), Activation(gelu_tanh), Activation(tanhshrink), Activation(softsign), Activation(mish),
        Activation([](const Tensor& v) { return celu(v, 0.7); }), Activation([](const Tensor& v) { return glu(v, 1); }),
        Activation([](const Tensor& v) { return softmin(v, 1); })}) {
    EXPECT_TRUE(autograd::gradgradcheck([f](const TensorList& in) { return f(in[0]); }, {x}));
  }
  EXPECT_TRUE(autograd::gradgradcheck([](const TensorList& in) { return prelu(in[0], in[1]); }, {x, weight}));
}

TEST(ActivationTest, rrelu_draws_slopes_between_its_bounds_as_pytorch_does) {
  manual_seed(0);
  const Tensor x = tensor({-1.0, 2.0, -3.0, -4.0});
  const Tensor y = nn::RReLU()(x);
  // torch.manual_seed(0); torch.nn.RReLU()(torch.tensor([-1., 2., -3., -4.])), with PyTorch 1.13.
  EXPECT_TRUE(close(tensor({-0.3270943760871887, 2.0, -0.8173874616622925, -0.8828191161155701}), y, 1e-6));
}

TEST(ActivationTest, alpha_dropout_keeps_mean_and_variance_and_pytorchs_mask) {
  manual_seed(0);
  // torch.manual_seed(0); torch.nn.AlphaDropout(0.3)(torch.ones(6)), with PyTorch 1.13.
  EXPECT_TRUE(close(tensor({-1.059548258781433, -1.059548258781433, 1.315044641494751, -1.059548258781433, 1.315044641494751,
                            -1.059548258781433}),
                    nn::AlphaDropout(0.3)(ones({6})), 1e-6));
  const Tensor x = randn({20000});
  const Tensor y = nn::AlphaDropout(0.3)(x);
  EXPECT_NEAR(y.mean().item<double>(), 0, 0.05);
  EXPECT_NEAR(y.var().item<double>(), 1, 0.05);
}

TEST(ActivationTest, options_without_meaning_are_refused) {
  EXPECT_THROW(nn::GELU(nn::GELUOptions().approximate("sigmoid")), ValueError);
  EXPECT_THROW(nn::Hardtanh(nn::HardtanhOptions().min_val(1).max_val(1)), ValueError);
  EXPECT_THROW(nn::Softshrink(-1.0), ValueError);
  EXPECT_THROW(nn::RReLU(nn::RReLUOptions().lower(0.5).upper(0.1)), ValueError);
  EXPECT_THROW(nn::PReLU(0), ValueError);
  EXPECT_THROW(nn::PReLU(3)(ones({2, 4})), ShapeError);
  EXPECT_THROW(nn::GLU()(ones({2, 3})), ShapeError);
  EXPECT_THROW(nn::Mish()(ones({2}, kInt64)), TypeError);
  EXPECT_THROW(nn::AlphaDropout(1.5), ValueError);
  EXPECT_THROW(celu(ones({2}), 0), ValueError);
}

}  // namespace xgrad::test
