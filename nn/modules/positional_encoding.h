/// What tells attention where in a sequence a step stands.
#pragma once

#include "autograd/base/arg.h"
#include "nn/layer.h"

namespace xgrad::nn {

/// (length, size) of float64: sines in the even columns and cosines in the odd ones, of place / 10000^(2 column / size),
/// from place `first` on. Throws ValueError unless the size is even and positive and the length not negative. Vaswani et
/// al., 2017, https://arxiv.org/abs/1706.03762
Tensor sinusoidal_encoding(std::int64_t length, std::int64_t size, std::int64_t first = 0);

/// x (..., time, size) with its pairs of features turned by place * base^(-2 pair / size), from place `first` on: the
/// product of a query and a key then depends on how far apart they stand. Pairs are a feature and the one half a size
/// further, or, with `interleaved`, neighbours. Throws ShapeError unless the size is even. Su et al., 2021,
/// https://arxiv.org/abs/2104.09864
Tensor rotary_encoding(const Tensor& x, std::int64_t first = 0, double base = 10000, OnlyBool interleaved = false);

struct SinusoidalPositionalEncodingOptions {
  SinusoidalPositionalEncodingOptions(std::int64_t d_model) : d_model_(d_model) {}  // NOLINT(google-explicit-constructor)
  SinusoidalPositionalEncodingOptions(IsBool auto d_model) = delete;
  XGRAD_ARG(std::int64_t, d_model);            ///< features; an even number
  XGRAD_ARG(std::int64_t, max_length) = 5000;  ///< steps
  XGRAD_ARG(bool, batch_first) = false;        ///< whether tensors are (batch, time, features)
  XGRAD_FIELDS(bare(d_model), shown(max_length), unless(batch_first, false));
};

/// Adds sinusoidal_encoding to (time, batch, d_model), or with batch_first (batch, time, d_model). No parameters. Throws
/// ShapeError; ValueError for more than max_length steps.
struct SinusoidalPositionalEncodingImpl : Layer<SinusoidalPositionalEncodingImpl, SinusoidalPositionalEncodingOptions> {
  explicit SinusoidalPositionalEncodingImpl(const SinusoidalPositionalEncodingOptions& options_);
  /// `first` is the place of the first step: for decoding step by step.
  Tensor forward(const Tensor& x, std::int64_t first = 0) const;

 private:
  Tensor table_;
};
XGRAD_MODULE(SinusoidalPositionalEncoding);

struct LearnedPositionalEncodingOptions {
  LearnedPositionalEncodingOptions(OnlyInt d_model, OnlyInt max_length) : d_model_(d_model), max_length_(max_length) {}
  XGRAD_ARG(std::int64_t, d_model);      ///< features
  XGRAD_ARG(std::int64_t, max_length);   ///< steps
  XGRAD_ARG(bool, batch_first) = false;  ///< whether tensors are (batch, time, features)
  XGRAD_FIELDS(bare(d_model), shown(max_length), unless(batch_first, false));
};

/// Adds a row of `weight` (max_length, d_model) for each place, which starts normal with a deviation of 0.02. Throws as
/// SinusoidalPositionalEncoding.
struct LearnedPositionalEncodingImpl : Layer<LearnedPositionalEncodingImpl, LearnedPositionalEncodingOptions> {
  LearnedPositionalEncodingImpl(std::int64_t d_model, std::int64_t max_length);
  explicit LearnedPositionalEncodingImpl(const LearnedPositionalEncodingOptions& options_);
  void reset() override;
  /// Draws the parameter anew.
  void reset_parameters();
  /// `first` is the place of the first step: for decoding step by step.
  Tensor forward(const Tensor& x, std::int64_t first = 0) const;

  Tensor weight;  ///< (max_length, d_model)
};
XGRAD_MODULE(LearnedPositionalEncoding);

}  // namespace xgrad::nn
