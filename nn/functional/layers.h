/// Layers as functions, with libtorch's options. Formulas, shapes and errors: autograd/ops/linear.h, indexing.h, products.h,
/// batch_norm.h, embedding_bag.h, pad.h and distance.h.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/ops/distance.h"
#include "autograd/ops/distance_matrix.h"
#include "autograd/ops/embedding.h"
#include "autograd/ops/group_norm.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/loss.h"
#include "autograd/tensor/tensor.h"
#include "nn/choices.h"
#include "nn/modules/embedding.h"
#include "nn/modules/normalization.h"

namespace xgrad::nn::functional {

using xgrad::bilinear;
using xgrad::linear;
using xgrad::one_hot;
using xgrad::pdist;

struct EmbeddingFuncOptions {
  /// A row that gathers no gradient; negative values count from the end.
  XGRAD_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;
  /// Rows that are looked up are first scaled down to this norm, in place.
  XGRAD_ARG(std::optional<double>, max_norm) = std::nullopt;
  XGRAD_ARG(double, norm_type) = 2;
  /// Whether the gradient of a row is divided by how often it was looked up.
  XGRAD_ARG(bool, scale_grad_by_freq) = false;
  /// As in EmbeddingOptions.
  XGRAD_ARG(bool, sparse) = false;
};
/// Rows of `weight` by index, in libtorch's order of arguments. Throws ValueError for a padding_idx outside the table, and
/// for sparse with scale_grad_by_freq.
Tensor embedding(const Tensor& index, const Tensor& weight, const EmbeddingFuncOptions& options = {});

struct EmbeddingBagFuncOptions {
  /// Where each bag starts in an index that is a vector.
  XGRAD_ARG(Tensor, offsets);
  /// Rows that are looked up are first scaled down to this norm, in place.
  XGRAD_ARG(std::optional<double>, max_norm) = std::nullopt;
  XGRAD_ARG(double, norm_type) = 2;
  /// Whether the gradient of a row is divided by how often it was looked up; not with kMax.
  XGRAD_ARG(bool, scale_grad_by_freq) = false;
  /// kSum, kMean or kMax.
  XGRAD_ARG(EmbeddingBagMode, mode) = kMean;
  /// As in EmbeddingOptions; not with kMax.
  XGRAD_ARG(bool, sparse) = false;
  /// Scale the rows of a sum.
  XGRAD_ARG(Tensor, per_sample_weights);
  /// Whether the last offset says where the last bag ends.
  XGRAD_ARG(bool, include_last_offset) = false;
  /// Indices that are left out; negative values count from the end.
  XGRAD_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;
};
/// xgrad::embedding_bag with these options. Throws ValueError for a padding_idx outside the table, the mode kNone,
/// kMax with sparse or scale_grad_by_freq, and these two together.
Tensor embedding_bag(const Tensor& index, const Tensor& weight, const EmbeddingBagFuncOptions& options = {});

struct LayerNormFuncOptions {
  /// With the other options at their defaults.
  LayerNormFuncOptions(std::vector<std::int64_t> normalized_shape)  // NOLINT(google-explicit-constructor)
      : normalized_shape_(std::move(normalized_shape)) {}
  /// The last dimensions, which are normalised together.
  XGRAD_ARG(std::vector<std::int64_t>, normalized_shape);
  /// Of that shape, or undefined.
  XGRAD_ARG(Tensor, weight);
  /// Of that shape, or undefined.
  XGRAD_ARG(Tensor, bias);
  /// Added to the variance.
  XGRAD_ARG(double, eps) = 1e-5;
};
Tensor layer_norm(const Tensor& x, const LayerNormFuncOptions& options);

struct BatchNormFuncOptions {
  /// (C), or undefined.
  XGRAD_ARG(Tensor, weight);
  /// (C), or undefined.
  XGRAD_ARG(Tensor, bias);
  /// Whether the batch's statistics are used, and move the running ones.
  XGRAD_ARG(bool, training) = false;
  /// How far they move.
  XGRAD_ARG(double, momentum) = 0.1;
  /// Added to the variance.
  XGRAD_ARG(double, eps) = 1e-5;
};
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                  const BatchNormFuncOptions& options = {});

struct GroupNormFuncOptions {
  /// With the other options at their defaults.
  GroupNormFuncOptions(std::int64_t num_groups) : num_groups_(num_groups) {}  // NOLINT(google-explicit-constructor)
  /// Of channels, which are normalised together.
  XGRAD_ARG(std::int64_t, num_groups);
  /// (C), or undefined.
  XGRAD_ARG(Tensor, weight);
  /// (C), or undefined.
  XGRAD_ARG(Tensor, bias);
  /// Added to the variance.
  XGRAD_ARG(double, eps) = 1e-5;
};
inline Tensor group_norm(const Tensor& x, const GroupNormFuncOptions& options) {
  return xgrad::group_norm(x, options.num_groups(), options.weight(), options.bias(), options.eps());
}

struct InstanceNormFuncOptions {
  /// (C), or undefined.
  XGRAD_ARG(Tensor, running_mean);
  /// (C), or undefined.
  XGRAD_ARG(Tensor, running_var);
  /// (C), or undefined.
  XGRAD_ARG(Tensor, weight);
  /// (C), or undefined.
  XGRAD_ARG(Tensor, bias);
  /// Whether the examples' statistics are used, and move the running ones.
  XGRAD_ARG(bool, use_input_stats) = true;
  /// How far they move.
  XGRAD_ARG(double, momentum) = 0.1;
  /// Added to the variance.
  XGRAD_ARG(double, eps) = 1e-5;
};
inline Tensor instance_norm(const Tensor& x, const InstanceNormFuncOptions& options = {}) {
  return xgrad::instance_norm(x, options.running_mean(), options.running_var(), options.weight(), options.bias(),
                              options.use_input_stats(), options.momentum(), options.eps());
}

/// Options of local_response_norm: those of the module.
using LocalResponseNormFuncOptions = LocalResponseNormOptions;
inline Tensor local_response_norm(const Tensor& x, const LocalResponseNormFuncOptions& options) {
  return xgrad::local_response_norm(x, options.size(), options.alpha(), options.beta(), options.k());
}

struct NormalizeFuncOptions {
  /// The norm.
  XGRAD_ARG(double, p) = 2;
  /// The dimension along which vectors lie.
  XGRAD_ARG(std::int64_t, dim) = 1;
  /// The least length that vectors are divided by.
  XGRAD_ARG(double, eps) = 1e-12;
};
inline Tensor normalize(const Tensor& x, const NormalizeFuncOptions& options = {}) {
  return xgrad::normalize(x, options.p(), options.dim(), options.eps());
}

/// How to pad: kConstant, kReflect, kReplicate or kCircular.
using PadFuncMode = std::variant<kConstantType, kReflectType, kReplicateType, kCircularType>;

struct PadFuncOptions {
  /// With the other options at their defaults.
  PadFuncOptions(std::vector<std::int64_t> pad) : pad_(std::move(pad)) {}  // NOLINT(google-explicit-constructor)
  /// Elements to add before and behind each dimension, from the last on.
  XGRAD_ARG(std::vector<std::int64_t>, pad);
  /// What is added.
  XGRAD_ARG(PadFuncMode, mode) = kConstant;
  /// The value of kConstant.
  XGRAD_ARG(double, value) = 0;
};
Tensor pad(const Tensor& x, const PadFuncOptions& options);

struct GumbelSoftmaxFuncOptions {
  /// How soft samples are.
  XGRAD_ARG(double, tau) = 1;
  /// Whether samples are ones and zeros.
  XGRAD_ARG(bool, hard) = false;
  /// The dimension that adds up to 1.
  XGRAD_ARG(std::int64_t, dim) = -1;
};
Tensor gumbel_softmax(const Tensor& logits, const GumbelSoftmaxFuncOptions& options = {});

}  // namespace xgrad::nn::functional
