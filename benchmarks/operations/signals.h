/// Rows of convolution and pooling over time, and of attention.
#pragma once

#include "operations/cases.h"

namespace benchmarks {

/// 8 sequences of 16 channels.
inline Case over_time(const std::string& name, const Unary& function) {
  return {name, [=](std::int64_t n) {
            if (n < 4096) return Step();
            const Tensor x = leaf({8, 16, n / 128});
            return differentiated({x}, [=] { return function(x); });
          }};
}

/// The same with a kernel of 3 steps from 16 channels to 16.
inline Case convolved(const std::string& name, const Binary& function) {
  return {name, [=](std::int64_t n) {
            if (n < 4096) return Step();
            const Tensor x = leaf({8, 16, n / 128});
            const Tensor weight = leaf({16, 16, 3});
            return differentiated({x, weight}, [=] { return function(x, weight); });
          }};
}

/// A kernel over 8 sequences of `channels`: layers over words, and the first layer over sound.
inline Case convolved_channels(const std::string& name, std::int64_t channels, std::int64_t filters, std::int64_t kernel,
                               std::int64_t stride, bool value_alone = false) {
  return {name, [=](std::int64_t n) {
            const std::int64_t time = n / (8 * channels);
            if (time < 2 * kernel) return Step();
            const Tensor x = leaf({8, channels, time});
            const Tensor weight = leaf({filters, channels, kernel});
            const Tensor bias = leaf({filters});
            const auto function = [=] { return api::conv1d(x, weight, bias, stride); };
            return value_alone ? evaluated(function) : differentiated({x, weight, bias}, function);
          }};
}

inline std::vector<Case> signal_cases() {
  namespace F = api::nn::functional;
  return {
      convolved("conv1d", [](const Tensor& x, const Tensor& weight) { return api::conv1d(x, weight); }),
      convolved("conv_transpose1d", [](const Tensor& x, const Tensor& weight) { return api::conv_transpose1d(x, weight); }),
      convolved_channels("conv1d(50 channels, kernel 3)", 50, 50, 3, 1),
      convolved_channels("conv1d(128 channels, kernel 7)", 128, 128, 7, 1),
      convolved_channels("conv1d(512 channels, kernel 3)", 512, 512, 3, 1),
      convolved_channels("conv1d(512 channels, kernel 3, value)", 512, 512, 3, 1, true),
      convolved_channels("conv1d(sound, kernel 80, stride 40)", 1, 64, 80, 40),
      over_time("max_pool1d", [](const Tensor& x) { return F::max_pool1d(x, F::MaxPool1dFuncOptions(2)); }),
      over_time("avg_pool1d", [](const Tensor& x) { return F::avg_pool1d(x, F::AvgPool1dFuncOptions(2)); }),
      over_time("lp_pool1d", [](const Tensor& x) { return F::lp_pool1d(x, F::LPPool1dFuncOptions(2, 2)); }),
      over_time("adaptive_avg_pool1d",
                [](const Tensor& x) { return F::adaptive_avg_pool1d(x, F::AdaptiveAvgPool1dFuncOptions(8)); }),
      over_time("adaptive_max_pool1d",
                [](const Tensor& x) { return F::adaptive_max_pool1d(x, F::AdaptiveMaxPool1dFuncOptions(8)); }),
      over_time("max_unpool1d",
                [](const Tensor& x) {
                  const auto [pooled, indices] = api::max_pool1d_with_indices(x, 2, 2);
                  return F::max_unpool1d(pooled, indices, F::MaxUnpool1dFuncOptions(2));
                }),
      {"scaled_dot_product_attention",
       [](std::int64_t n) {
         if (n < 4096 || n > 1048576) return Step();
         const Tensor x = leaf({n / 4096, 64, 64});
         return differentiated({x}, [=] { return api::scaled_dot_product_attention(x, x, x); });
       }},
  };
}

}  // namespace benchmarks
