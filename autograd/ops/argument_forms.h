/// The other forms in which libtorch's functions take their arguments: numbers as Scalars, a number in the place of a
/// tensor, optional ones. Each is the function of its name with other arguments, and documented there.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/ops/activation.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/bitwise.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/ctc_loss.h"
#include "autograd/ops/division.h"
#include "autograd/ops/histogram.h"
#include "autograd/ops/in_place_functions.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/integration.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/margin_loss.h"
#include "autograd/ops/nan_reduce.h"
#include "autograd/ops/pad.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/products.h"
#include "autograd/ops/rearrange.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/special.h"
#include "autograd/ops/split.h"
#include "autograd/ops/view.h"
#include "autograd/ops/windows.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

/// A number and a tensor.
/// @{
inline Tensor bitwise_and(Scalar a, const Tensor& b) { return bitwise_and(b, a); }
inline Tensor bitwise_or(Scalar a, const Tensor& b) { return bitwise_or(b, a); }
inline Tensor bitwise_xor(Scalar a, const Tensor& b) { return bitwise_xor(b, a); }
Tensor bitwise_left_shift(Scalar a, const Tensor& b);
Tensor bitwise_right_shift(Scalar a, const Tensor& b);
Tensor remainder(Scalar a, const Tensor& b);
Tensor float_power(Scalar a, const Tensor& b);
Tensor special_zeta(Scalar s, const Tensor& q);
Tensor special_zeta(const Tensor& s, Scalar q);
inline Tensor rsub(const Tensor& a, Scalar b, Scalar alpha) { return rsub(a * alpha, b); }
inline Tensor rsub(const Tensor& a, const Tensor& b, Scalar alpha = 1) { return sub(b, a, alpha); }
/// @}

/// Parameters of activations and losses.
/// @{
inline Tensor celu(const Tensor& x, Scalar alpha) { return celu(x, alpha.to<double>()); }
inline Tensor elu(const Tensor& x, Scalar alpha) { return elu(x, alpha.to<double>()); }
inline Tensor hardshrink(const Tensor& x, Scalar lambda) { return hardshrink(x, lambda.to<double>()); }
inline Tensor softshrink(const Tensor& x, Scalar lambda) { return softshrink(x, lambda.to<double>()); }
inline Tensor leaky_relu(const Tensor& x, Scalar negative_slope) { return leaky_relu(x, negative_slope.to<double>()); }
inline Tensor hardtanh(const Tensor& x, Scalar min, Scalar max) { return hardtanh(x, min.to<double>(), max.to<double>()); }
inline Tensor softplus(const Tensor& x, Scalar beta, Scalar threshold) {
  return softplus(x, beta.to<double>(), threshold.to<double>());
}
inline Tensor threshold(const Tensor& x, Scalar threshold, Scalar value) {
  return xgrad::threshold(x, threshold.to<double>(), value.to<double>());
}
inline Tensor rrelu(const Tensor& x, Scalar lower, Scalar upper, bool training = false,
                    std::optional<Generator> generator = std::nullopt) {
  return rrelu(x, lower.to<double>(), upper.to<double>(), training, std::move(generator));
}
inline Tensor multi_margin_loss(const Tensor& input, const Tensor& target, Scalar p, Scalar margin,
                                const Tensor& weight = {}, Reduction reduction = kMean) {
  return multi_margin_loss(input, target, p.to<std::int64_t>(), margin.to<double>(), weight, reduction);
}
inline Tensor& celu_(Tensor& x, Scalar alpha) { return celu_(x, alpha.to<double>()); }
inline Tensor& elu_(Tensor& x, Scalar alpha) { return elu_(x, alpha.to<double>()); }
inline Tensor& leaky_relu_(Tensor& x, Scalar negative_slope) { return leaky_relu_(x, negative_slope.to<double>()); }
inline Tensor& hardtanh_(Tensor& x, Scalar min, Scalar max) { return hardtanh_(x, min.to<double>(), max.to<double>()); }
inline Tensor& threshold_(Tensor& x, Scalar threshold, Scalar value) {
  return xgrad::threshold_(x, threshold.to<double>(), value.to<double>());
}
/// scale * x where x > 0, else scale * alpha * (e^(input_scale * x) - 1)
Tensor elu(const Tensor& x, Scalar alpha, Scalar scale, Scalar input_scale = 1);
Tensor& elu_(Tensor& x, Scalar alpha, Scalar scale, Scalar input_scale = 1);
Tensor& gelu_(Tensor& x, std::string_view approximate);
Tensor& rrelu_(Tensor& x, Scalar lower, Scalar upper, bool training = false,
               std::optional<Generator> generator = std::nullopt);
/// Lengths in braces.
Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets, IntArrayRef input_lengths, IntArrayRef target_lengths,
                std::int64_t blank = 0, Reduction reduction = kMean, bool zero_infinity = false);
/// @}

/// Bounds that are tensors, and roundings.
/// @{
inline Tensor clip(const Tensor& x, const OptionalTensor& min, const OptionalTensor& max = std::nullopt) {
  return clamp(x, min, max);
}
inline Tensor& clamp_(Tensor& x, const OptionalTensor& min, const OptionalTensor& max = std::nullopt) {
  return x.clamp_(min, max), x;
}
inline Tensor& clip_(Tensor& x, const OptionalTensor& min, const OptionalTensor& max = std::nullopt) {
  return x.clamp_(min, max), x;
}
inline Tensor& clamp_max_(Tensor& x, const Tensor& max) { return x.clamp_max_(max), x; }
inline Tensor& clamp_min_(Tensor& x, const Tensor& min) { return x.clamp_min_(min), x; }
inline Tensor& fill_(Tensor& x, const Tensor& value) { return x.fill_(value), x; }
inline Tensor& round_(Tensor& x, std::int64_t decimals) { return x.round_(decimals), x; }
inline Tensor special_round(const Tensor& x, std::int64_t decimals) { return round(x, decimals); }
inline Tensor divide(const Tensor& a, const Tensor& b, std::optional<std::string_view> rounding_mode) {
  return div(a, b, rounding_mode);
}
inline Tensor divide(const Tensor& a, Scalar b, std::optional<std::string_view> rounding_mode) {
  return div(a, b, rounding_mode);
}
/// @}

namespace detail {
/// Throws ValueError for another number of spacings than of dimensions.
TensorList spaced_gradient(const Tensor& x, ArrayRef<Scalar> spacings, IntArrayRef dims, std::int64_t edge_order);
/// y itself. Throws ShapeError where its dimension has another size.
Tensor of_output_size(const Tensor& y, std::int64_t dim, std::optional<std::int64_t> output_size);
}  // namespace detail

/// What may be left out.
/// @{
Tensor count_nonzero(const Tensor& x, std::same_as<std::optional<std::int64_t>> auto dim) {
  return dim ? count_nonzero(x, IntArrayRef(*dim)) : count_nonzero(x);
}
inline Tensor count_nonzero(const Tensor& x, std::nullopt_t /*dim*/) { return count_nonzero(x); }
std::tuple<Tensor, Tensor> sort(const Tensor& x, std::same_as<std::optional<bool>> auto /*stable*/, std::int64_t dim = -1,
                                bool descending = false) {
  return sort(x, dim, descending);
}
inline Tensor special_softmax(const Tensor& x, std::int64_t dim, std::optional<Dtype> dtype) {
  return softmax(dtype ? x.to(*dtype) : x, dim);
}
inline Tensor special_log_softmax(const Tensor& x, std::int64_t dim, std::optional<Dtype> dtype) {
  return log_softmax(dtype ? x.to(*dtype) : x, dim);
}
/// The flags of libtorch's that ask for no other result.
inline Tensor gather(const Tensor& x, std::int64_t dim, const Tensor& index, bool /*sparse_grad*/) {
  return gather(x, dim, index);
}
inline Tensor layer_norm(const Tensor& x, IntArrayRef normalized_shape, const OptionalTensor& weight,
                         const OptionalTensor& bias, double eps, bool /*cudnn_enable*/) {
  return layer_norm(x, normalized_shape, weight.value_or(Tensor()), bias.value_or(Tensor()), eps);
}
inline Tensor hamming_window(std::int64_t n, bool periodic, double alpha, TensorOptions options) {
  return hamming_window(n, periodic, alpha, 0.46, options);
}
std::tuple<Tensor, Tensor> histogram(const Tensor& x, std::int64_t bins,
                                     std::same_as<std::optional<ArrayRef<double>>> auto range, const OptionalTensor& weight,
                                     bool density) {
  return histogram(x, bins, range ? range->vec() : std::vector<double>(), weight.value_or(Tensor()), density);
}
std::tuple<Tensor, TensorList> histogramdd(const Tensor& x, IntArrayRef bins,
                                           std::same_as<std::optional<ArrayRef<double>>> auto range,
                                           const OptionalTensor& weight, bool density) {
  return histogramdd(x, bins, range ? range->vec() : std::vector<double>(), weight.value_or(Tensor()), density);
}
/// Edges are given: the range counts for nothing.
std::tuple<Tensor, TensorList> histogramdd(const Tensor& x, const TensorList& edges,
                                           std::same_as<std::optional<ArrayRef<double>>> auto /*range*/,
                                           const OptionalTensor& weight, bool density) {
  return histogramdd(x, edges, weight.value_or(Tensor()), density);
}
/// Derivatives with a spacing for each dimension; along some dimensions, or one.
/// @{
TensorList gradient(const Tensor& x, std::same_as<std::optional<Scalar>> auto spacing, std::optional<std::int64_t> dim,
                    std::int64_t edge_order) {
  return gradient(x, spacing.value_or(1), dim ? IntArrayRef(*dim) : IntArrayRef(), edge_order);
}
TensorList gradient(const Tensor& x, std::same_as<IntArrayRef> auto dims, std::int64_t edge_order = 1) {
  return gradient(x, Scalar(1), dims, edge_order);
}
TensorList gradient(const Tensor& x, std::same_as<ArrayRef<Scalar>> auto spacings, IntArrayRef dims = {},
                    std::int64_t edge_order = 1) {
  return detail::spaced_gradient(x, spacings, dims, edge_order);
}
TensorList gradient(const Tensor& x, std::same_as<ArrayRef<Scalar>> auto spacings,
                    std::same_as<std::optional<std::int64_t>> auto dim, std::int64_t edge_order) {
  return detail::spaced_gradient(x, spacings, dim ? IntArrayRef(*dim) : IntArrayRef(), edge_order);
}
TensorList gradient(const Tensor& x, const TensorList& coordinates, std::same_as<std::optional<std::int64_t>> auto dim,
                    std::int64_t edge_order) {
  return gradient(x, coordinates, dim ? IntArrayRef(*dim) : IntArrayRef(), edge_order);
}
/// @}
/// `start` without dimensions.
Tensor narrow(const Tensor& x, std::int64_t dim, const Tensor& start, std::int64_t length);
/// `output_size` is what the repeats add up to (ShapeError).
/// @{
Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, std::optional<std::int64_t> dim,
                         std::optional<std::int64_t> output_size);
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<std::int64_t> dim,
                         std::optional<std::int64_t> output_size);
/// @}
Tensor repeat_interleave(const Tensor& repeats, std::same_as<std::optional<std::int64_t>> auto output_size) {
  return detail::of_output_size(repeat_interleave(repeats), 0, output_size);
}
/// The mode by its name: "constant", "reflect", "replicate" or "circular" (ValueError).
Tensor pad(const Tensor& x, IntArrayRef padding, std::string_view mode, std::optional<double> value = std::nullopt);
inline Tensor constant_pad_nd(const Tensor& x, IntArrayRef padding, Scalar value = 0) {
  return pad(x, padding, PadMode::Constant, value.to<double>());
}
/// Of the last dimension, two numbers. Throws ValueError for more.
/// @{
Tensor reflection_pad1d(const Tensor& x, IntArrayRef padding);
Tensor replication_pad1d(const Tensor& x, IntArrayRef padding);
/// @}
/// @}

/// The order of products, `path`, changes no more than the last digits: they run from left to right.
inline Tensor einsum(const std::string& equation, const TensorList& operands, IntArrayRef /*path*/) {
  return einsum(equation, operands);
}
/// Draws in x's shape and dtype, by probabilities that broadcast to it.
inline Tensor bernoulli(const Tensor& x, const Tensor& p, std::optional<Generator> generator = std::nullopt) {
  return empty_like(x).bernoulli_(p, std::move(generator));
}

/// Methods of Tensor as functions.
/// @{
inline const Tensor& as_strided_(const Tensor& x, IntArrayRef sizes, IntArrayRef strides,
                                 std::optional<std::int64_t> offset = std::nullopt) {
  return x.as_strided_(sizes, strides, offset);
}
inline const Tensor& resize_as_(const Tensor& x, const Tensor& other, std::optional<MemoryFormat> format = std::nullopt) {
  return x.resize_as_(other, format);
}
inline Tensor alias(const Tensor& x) { return x.alias(); }
inline bool is_nonzero(const Tensor& x) { return x.is_nonzero(); }
inline bool is_same_size(const Tensor& a, const Tensor& b) { return a.is_same_size(b); }
inline bool is_floating_point(const Tensor& x) { return x.is_floating_point(); }
inline bool is_signed(const Tensor& x) { return x.is_signed(); }
inline bool is_complex(const Tensor& x) { return x.is_complex(); }
inline bool is_conj(const Tensor& x) { return x.is_conj(); }
inline bool is_neg(const Tensor& x) { return x.is_neg(); }
inline bool is_inference(const Tensor& x) { return x.is_inference(); }
inline bool is_distributed(const Tensor& x) { return x.is_distributed(); }
inline Tensor& conj_physical_(Tensor& x) { return x; }
inline Tensor nll_loss_nd(const Tensor& input, const Tensor& target, const Tensor& weight = {}, Reduction reduction = kMean,
                          std::int64_t ignore_index = -100) {
  return nll_loss(input, target, weight, reduction, ignore_index);
}
/// @}

}  // namespace xgrad
