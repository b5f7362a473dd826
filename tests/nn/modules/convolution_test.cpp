// Conv1d, ConvTranspose1d, pools and padding in time.
#include "nn/modules/convolution.h"

#include "autograd/autograd.h"
#include "nn/functional/convolution.h"
#include "nn/functional/pooling.h"
#include "nn/modules/padding.h"
#include "nn/modules/pooling.h"
#include "tests/support/modules.h"
#include "tests/support/printed.h"

namespace xgrad::test {

namespace {

Subject conv_subject(const Json& a) {
  nn::Conv1dOptions options(4, 6, 3);
  options.stride(a.value("stride", std::int64_t{1})).dilation(a.value("dilation", std::int64_t{1}));
  options.groups(a.value("groups", std::int64_t{1})).bias(a.value("bias", true)).causal(a.value("causal", false));
  if (a.contains("padding")) {
    if (a.at("padding") == "same") options.padding(kSame);
    else if (a.at("padding") == "valid") options.padding(kValid);
    else options.padding(a.at("padding").get<std::int64_t>());
  }
  const std::string mode = a.value("padding_mode", "zeros");
  if (mode == "reflect") options.padding_mode(kReflect);
  if (mode == "replicate") options.padding_mode(kReplicate);
  if (mode == "circular") options.padding_mode(kCircular);
  return subject(nn::Conv1d(options));
}

Subject conv_transpose_subject(const Json& a) {
  nn::ConvTranspose1dOptions options(4, 6, 3);
  options.stride(a.value("stride", std::int64_t{1})).dilation(a.value("dilation", std::int64_t{1}));
  options.padding(a.value("padding", std::int64_t{0})).output_padding(a.value("output_padding", std::int64_t{0}));
  options.groups(a.value("groups", std::int64_t{1})).bias(a.value("bias", true));
  return subject(nn::ConvTranspose1d(options), [a](const nn::ConvTranspose1d& self, const TensorList& x) {
    if (!a.contains("output_size")) return TensorList{self->forward(x[0])};
    const std::int64_t size = a.at("output_size");
    return TensorList{self->forward(x[0], IntArrayRef(size))};
  });
}

template <class Options>
Options pool_options(const Json& a) {
  Options options(3);
  if (a.contains("stride")) options.stride(a.at("stride").get<std::int64_t>());
  return options.padding(a.value("padding", std::int64_t{0})).ceil_mode(a.value("ceil_mode", false));
}

const Subjects subjects = {
    {"Conv1d", conv_subject},
    {"ConvTranspose1d", conv_transpose_subject},
    {"MaxPool1d",
     [](const Json& a) {
       return subject(nn::MaxPool1d(pool_options<nn::MaxPool1dOptions>(a)),
                      [](const nn::MaxPool1d& self, const TensorList& x) {
                        const auto [y, steps] = self->forward_with_indices(x[0]);
                        EXPECT_TRUE(equal(y, self->forward(x[0])));
                        return TensorList{y, steps};
                      });
     }},
    {"AvgPool1d",
     [](const Json& a) { return subject(nn::AvgPool1d(pool_options<nn::AvgPool1dOptions>(a).count_include_pad(false))); }},
    {"MaxUnpool1d",
     [](const Json& a) {
       return subject(nn::MaxUnpool1d(2), [a](const nn::MaxUnpool1d& self, const TensorList& x) {
         const auto [y, steps] = nn::functional::max_pool1d_with_indices(x[0], nn::MaxPool1dOptions(2));
         if (!a.contains("size")) return TensorList{self->forward(y, steps)};
         return TensorList{self->forward(y, steps, std::vector<std::int64_t>{a.at("size")})};
       });
     }},
    {"LPPool1d",
     [](const Json& a) {
       nn::LPPool1dOptions options(2, 3);
       if (a.contains("stride")) options.stride(a.at("stride").get<std::int64_t>());
       return subject(nn::LPPool1d(options));
     }},
    {"AdaptiveAvgPool1d", [](const Json&) { return subject(nn::AdaptiveAvgPool1d(3)); }},
    {"AdaptiveMaxPool1d",
     [](const Json&) {
       return subject(nn::AdaptiveMaxPool1d(3), [](const nn::AdaptiveMaxPool1d& self, const TensorList& x) {
         const auto [y, steps] = self->forward_with_indices(x[0]);
         return TensorList{y, steps};
       });
     }},
    {"ReflectionPad1d",
     [](const Json&) {
       return subject(nn::ReflectionPad1d(nn::ReflectionPad1dOptions({2, 1})));
     }},
    {"ReplicationPad1d",
     [](const Json&) {
       return subject(nn::ReplicationPad1d(nn::ReplicationPad1dOptions({2, 1})));
     }},
    {"ConstantPad1d",
     [](const Json&) {
       return subject(nn::ConstantPad1d(nn::ConstantPad1dOptions({2, 1}, 0.5)));
     }},
    {"ZeroPad1d",
     [](const Json&) {
       return subject(nn::ZeroPad1d(nn::ZeroPad1dOptions({2, 1})));
     }},
};

}  // namespace

TEST(ConvolutionModules, agree_with_pytorch) { compare_with_golden("convolution", subjects); }

TEST(ConvolutionModules, a_causal_convolution_sees_no_later_step) {
  const nn::Conv1d conv(nn::Conv1dOptions(1, 1, 3).dilation(2).causal(true));
  const Tensor x = randn({1, 1, 9}).requires_grad_();
  const Tensor gradient = autograd::grad({conv->forward(x)[0][0][4]}, {x})[0];
  EXPECT_EQ(gradient.slice(2, 5).abs().sum().item<float>(), 0);
  EXPECT_NE(gradient[0][0][4].item<float>(), 0);
}

// Short sequences are computed side by side: none may see its neighbour, and each has the bits that it has alone.
TEST(ConvolutionModules, sequences_of_a_batch_do_not_know_one_another) {
  const auto alone = [](const Tensor& x, const auto& function) {
    TensorList parts;
    for (std::int64_t n = 0; n < x.size(0); ++n) parts.push_back(function(x.slice(0, n, n + 1)));
    return cat(parts, 0);
  };
  for (const std::int64_t time : {1, 7, 14, 30, 62, 100}) {
    for (const std::int64_t padding : {0, 1, 2, 4}) {
      for (const auto& [kernel, stride] : {std::pair<std::int64_t, std::int64_t>{3, 1}, {5, 1}, {4, 2}, {7, 3}}) {
        if (time + 2 * padding < kernel) continue;
        const auto convolve = [&, weight = randn({20, 48, kernel}), bias = randn({20}), step = stride](const Tensor& input) {
          return conv1d(input, weight, bias, step, padding);
        };
        const Tensor x = randn({5, 48, time}).requires_grad_();
        const Tensor y = convolve(x);
        EXPECT_TRUE(equal(y, alone(x, convolve))) << time << ' ' << padding << ' ' << kernel << ' ' << stride;
        const Tensor gradient = randn_like(y);
        const Tensor all = autograd::grad({y}, {x}, {gradient})[0];
        for (std::int64_t n = 0; n < 5; ++n) {
          const Tensor one = x.detach().slice(0, n, n + 1).requires_grad_();
          EXPECT_TRUE(equal(all[n], autograd::grad({convolve(one)}, {one}, {gradient.slice(0, n, n + 1)})[0][0]))
              << time << ' ' << padding << ' ' << kernel << ' ' << stride;
        }
      }
    }
  }
}

// Parts of a batch that lie in one another's way would be left out of the sum, or counted twice.
TEST(ConvolutionModules, the_weight_of_a_batch_gets_the_sum_of_its_sequences) {
  for (const std::int64_t time : {5, 14, 270}) {
    for (const std::int64_t channels : {2, 60}) {
      const Tensor x = randn({9, channels, time}, kFloat64);
      const Tensor weight = randn({264, channels, 3}, kFloat64).requires_grad_();
      Tensor sum = zeros_like(weight).detach();
      for (std::int64_t n = 0; n < 9; ++n) {
        sum += autograd::grad({conv1d(x.slice(0, n, n + 1), weight, {}, 1, 1).sum()}, {weight})[0];
      }
      EXPECT_TRUE(allclose(autograd::grad({conv1d(x, weight, {}, 1, 1).sum()}, {weight})[0], sum, 1e-12, 1e-12))
          << time << ' ' << channels;
    }
  }
}

TEST(ConvolutionModules, functions_take_options) {
  const Tensor x = randn({2, 4, 9});
  const Tensor weight = randn({6, 2, 3});
  namespace F = nn::functional;
  EXPECT_TRUE(equal(F::conv1d(x, weight, F::Conv1dFuncOptions().groups(2).padding(1)), conv1d(x, weight, {}, 1, 1, 1, 2)));
  EXPECT_TRUE(
      equal(F::conv1d(x, weight, F::Conv1dFuncOptions().groups(2).padding(kSame)), conv1d(x, weight, {}, 1, 1, 1, 2)));
  EXPECT_EQ(F::conv_transpose1d(x, randn({4, 3, 2}), F::ConvTranspose1dFuncOptions().stride(2)).sizes(),
            IntArrayRef({2, 3, 18}));
  EXPECT_TRUE(equal(F::avg_pool1d(x, F::AvgPool1dFuncOptions(3).stride(2)), avg_pool1d(x, 3, 2)));
  EXPECT_TRUE(equal(F::adaptive_max_pool1d(x, F::AdaptiveMaxPool1dFuncOptions(4)), std::get<0>(adaptive_max_pool1d(x, 4))));
  EXPECT_THROW(F::max_unpool1d(x, x.to(kInt64), F::MaxUnpool1dFuncOptions(2).output_size({{20}})), ValueError);
}

TEST(ConvolutionModules, print_what_is_not_as_usual) {
  EXPECT_EQ(printed(*nn::Conv1d(3, 4, 5)), "Conv1d(3, 4, kernel_size=5, stride=1)");
  EXPECT_EQ(printed(*nn::Conv1d(nn::Conv1dOptions(4, 4, 5).padding(kSame).groups(2).padding_mode(kReflect).bias(false))),
            "Conv1d(4, 4, kernel_size=5, stride=1, padding='same', groups=2, bias=false, padding_mode=kReflect)");
  EXPECT_EQ(printed(*nn::MaxPool1d(2)), "MaxPool1d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=false)");
  EXPECT_EQ(printed(*nn::ReflectionPad1d(2)), "ReflectionPad1d(padding=[2, 2])");
}

TEST(ConvolutionModules, reject_bad_options) {
  EXPECT_THROW(nn::Conv1d(0, 4, 3), ValueError);
  EXPECT_THROW(nn::Conv1d(4, 4, 0), ValueError);
  EXPECT_THROW(nn::Conv1d(nn::Conv1dOptions(4, 6, 3).groups(4)), ValueError);
  EXPECT_THROW(nn::Conv1d(nn::Conv1dOptions(4, 6, 3).padding(-1)), ValueError);
  EXPECT_THROW(nn::Conv1d(nn::Conv1dOptions(4, 6, 3).padding(kSame).stride(2)), ValueError);
  EXPECT_THROW(nn::Conv1d(nn::Conv1dOptions(4, 6, 3).padding(1).causal(true)), ValueError);
  EXPECT_THROW(nn::Conv1d(nn::Conv1dOptions(4, 6, {3, 3})), ValueError);
  EXPECT_THROW(nn::ConvTranspose1d(nn::ConvTranspose1dOptions(4, 6, 3).padding_mode(kReflect)), ValueError);
  const nn::ConvTranspose1d stretch(nn::ConvTranspose1dOptions(4, 6, 3).stride(2));
  const std::int64_t size = 20;
  EXPECT_THROW(stretch->forward(ones({2, 4, 5}), IntArrayRef(size)), ValueError);
  EXPECT_THROW(nn::Conv1d(4, 6, 3)->forward(ones({2, 5, 7})), ShapeError);
}

}  // namespace xgrad::test
