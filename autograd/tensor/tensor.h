/// Tensor: an n-dimensional array that remembers how it was computed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "autograd/tensor/tensor_base.h"

namespace xgrad {

class Tensor;
namespace indexing {
class TensorIndex;
}
/// What operations take and return where there are several.
using TensorList = std::vector<Tensor>;
/// A tensor that may be left out.
using OptionalTensor = std::optional<Tensor>;

/// A handle to an n-dimensional array. Copies of a Tensor are the same array; `clone()` makes another. Methods that end
/// in `_` change the array in place. Every method is a function of `xgrad::` as well, documented in `autograd/ops/`.
/// https://pytorch.org/cppdocs/api/classat_1_1_tensor.html
class Tensor : public TensorBase {
 public:
  Tensor() = default;
  using TensorBase::TensorBase;

  // Its elements.
  /// All elements in row-major order, converted to T.
  template <class T>
  std::vector<T> to_vector() const;

  // Its place in the graph.
  /// Whether gradients go to it or through it.
  bool requires_grad() const { return impl()->requires_grad || has_grad_fn(); }
  /// Throws GraphError on a result of the graph when asked not to require a gradient, TypeError on integers.
  const Tensor& requires_grad_(bool requires_grad = true) const;
  bool is_leaf() const { return !has_grad_fn(); }  ///< whether no recorded operation made it
  /// The node that computed this tensor; nullptr for leaves.
  intrusive_ptr<Node> grad_fn() const;
  /// Which of the results of its node it is.
  std::int64_t output_nr() const { return impl()->output_number; }
  /// The gradient gathered so far; undefined before the first backward.
  const Tensor& grad() const;
  Tensor& mutable_grad() const;  ///< As grad(), to be changed.
  /// Computes the gradients of this tensor with respect to the leaves of its graph, and adds them to their `grad()`.
  /// `gradient` may be left out for one element. The graph is freed unless `retain_graph` (by default: `create_graph`).
  /// Throws GraphError. https://pytorch.org/docs/1.13/generated/torch.Tensor.backward.html
  void backward(const Tensor& gradient = Tensor(), std::optional<bool> retain_graph = std::nullopt,
                bool create_graph = false, const std::optional<TensorList>& inputs = std::nullopt) const;
  /// The same memory, outside the graph.
  Tensor detach() const;
  /// Takes this very tensor out of the graph.
  Tensor& detach_();
  Tensor data() const { return detach(); }           ///< As detach().
  Tensor variable_data() const { return detach(); }  ///< As detach().
  /// Puts the memory, shape and dtype of `data` in the place of this tensor's own, for every handle to it. A gradient of
  /// another shape or dtype is dropped. Throws GraphError for a result of the graph or a view.
  void set_data(const Tensor& data) const;
  /// Keeps this result's gradient in `grad()` after backward.
  void retain_grad() const;
  bool retains_grad() const;  ///< Whether retain_grad() was called.
  /// Runs `hook` on the gradient of this tensor during backward; a defined result replaces it. Returns the number with
  /// which `remove_hook` takes it away.
  unsigned register_hook(std::function<Tensor(const Tensor&)> hook) const;
  /// Takes a hook away by its number.
  void remove_hook(unsigned position) const;
  /// Whether it shares the memory of another tensor as a view of it.
  bool is_view() const;
  /// The tensor that this one is a view of; undefined where it is none.
  Tensor base() const;
  /// How often its memory was changed in place.
  std::uint32_t version() const { return impl()->storage->version(); }
  /// Whether it was made in inference mode: see InferenceMode.
  bool is_inference() const { return impl()->inference; }

  // Copies and conversions.
  /// A copy with memory of its own, through which gradients flow.
  Tensor clone() const;
  /// The tensor itself where it is contiguous, else a copy that is.
  Tensor contiguous() const;
  /// Uninitialised elements of this tensor's dtype, unless the options give another.
  Tensor new_empty(IntArrayRef sizes, TensorOptions options = {}) const;
  /// `value` everywhere, in the same way.
  Tensor new_full(IntArrayRef sizes, Scalar value, TensorOptions options = {}) const;
  /// Zeros, in the same way.
  Tensor new_zeros(IntArrayRef sizes, TensorOptions options = {}) const { return new_full(sizes, 0, options); }
  /// Ones, in the same way.
  Tensor new_ones(IntArrayRef sizes, TensorOptions options = {}) const { return new_full(sizes, 1, options); }
  /// In another dtype; the tensor itself where it has that already, unless `copy`. There is one device.
  Tensor to(Dtype dtype, bool copy = false) const;
  Tensor to(TypeMeta dtype, bool copy = false) const { return to(dtype.toScalarType(), copy); }
  Tensor to(const TensorOptions& options) const { return to(options.dtype_or(dtype())); }
  Tensor to(Device /*device*/) const { return *this; }
  Tensor to(DeviceType type) const { return to(Device(type)); }
  Tensor to(Device /*device*/, Dtype dtype, bool /*non_blocking*/ = false, bool copy = false) const {
    return to(dtype, copy);
  }
  Tensor cpu() const { return *this; }                                     ///< The tensor itself.
  Tensor type_as(const Tensor& other) const { return to(other.dtype()); }  ///< In the dtype of another.
  Tensor toType(Dtype dtype) const { return to(dtype); }                   ///< As to(dtype).

  /// Writes "[CPUFloatType [2, 3]]" to the standard output.
  void print() const;

  // Views (ops/view.h, ops/split.h, ops/diagonal.h).
  Tensor view(IntArrayRef sizes) const;
  Tensor view_as(const Tensor& other) const;
  Tensor reshape(IntArrayRef sizes) const;
  Tensor reshape_as(const Tensor& other) const;
  Tensor expand(IntArrayRef sizes) const;
  Tensor expand_as(const Tensor& other) const;
  Tensor transpose(std::int64_t dim0, std::int64_t dim1) const;
  Tensor t() const;
  Tensor permute(IntArrayRef dims) const;
  Tensor movedim(std::int64_t source, std::int64_t destination) const;
  Tensor swapaxes(std::int64_t axis0, std::int64_t axis1) const { return transpose(axis0, axis1); }
  Tensor swapdims(std::int64_t dim0, std::int64_t dim1) const { return transpose(dim0, dim1); }
  Tensor moveaxis(std::int64_t source, std::int64_t destination) const { return movedim(source, destination); }
  Tensor movedim(IntArrayRef source, IntArrayRef destination) const;
  Tensor moveaxis(IntArrayRef source, IntArrayRef destination) const { return movedim(source, destination); }
  Tensor mT() const { return transpose(-2, -1); }
  Tensor mH() const { return mT(); }
  Tensor adjoint() const { return mT(); }
  Tensor numpy_T() const;
  Tensor ravel() const { return contiguous().view({-1}); }
  Tensor broadcast_to(IntArrayRef sizes) const { return expand(sizes); }
  Tensor select(std::int64_t dim, std::int64_t index) const;
  Tensor operator[](std::int64_t index) const;
  Tensor slice(std::int64_t dim, std::optional<std::int64_t> start = std::nullopt,
               std::optional<std::int64_t> end = std::nullopt, std::int64_t step = 1) const;
  Tensor narrow(std::int64_t dim, std::int64_t start, std::int64_t length) const;
  Tensor squeeze() const;
  Tensor squeeze(std::int64_t dim) const;
  Tensor unsqueeze(std::int64_t dim) const;
  Tensor flatten(std::int64_t start_dim = 0, std::int64_t end_dim = -1) const;
  Tensor unflatten(std::int64_t dim, IntArrayRef sizes) const;
  Tensor unfold(std::int64_t dim, std::int64_t size, std::int64_t step) const;
  TensorList chunk(std::int64_t chunks, std::int64_t dim = 0) const;
  TensorList split(std::int64_t size, std::int64_t dim = 0) const;
  TensorList split_with_sizes(IntArrayRef sizes, std::int64_t dim = 0) const;
  TensorList tensor_split(std::int64_t sections, std::int64_t dim = 0) const;
  TensorList tensor_split(IntArrayRef indices, std::int64_t dim = 0) const;
  TensorList hsplit(std::int64_t sections) const;
  TensorList vsplit(std::int64_t sections) const;
  TensorList dsplit(std::int64_t sections) const;
  TensorList unbind(std::int64_t dim = 0) const;
  Tensor as_strided(IntArrayRef sizes, IntArrayRef strides, std::optional<std::int64_t> offset = std::nullopt) const;
  Tensor diagonal(std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1) const;
  Tensor diag(std::int64_t diagonal = 0) const;
  Tensor diag_embed(std::int64_t offset = 0, std::int64_t dim1 = -2, std::int64_t dim2 = -1) const;
  Tensor diagflat(std::int64_t offset = 0) const;
  Tensor diagonal_scatter(const Tensor& source, std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1) const;
  Tensor select_scatter(const Tensor& source, std::int64_t dim, std::int64_t index) const;
  Tensor slice_scatter(const Tensor& source, std::int64_t dim = 0, std::optional<std::int64_t> start = std::nullopt,
                       std::optional<std::int64_t> end = std::nullopt, std::int64_t step = 1) const;
  // The tensor itself under another shape (ops/view_in_place.h).
  Tensor& unsqueeze_(std::int64_t dim);
  Tensor& squeeze_();
  Tensor& squeeze_(std::int64_t dim);
  Tensor& t_();
  Tensor& transpose_(std::int64_t dim0, std::int64_t dim1);
  Tensor& swapaxes_(std::int64_t axis0, std::int64_t axis1) { return transpose_(axis0, axis1); }
  Tensor& swapdims_(std::int64_t dim0, std::int64_t dim1) { return transpose_(dim0, dim1); }
  Tensor& as_strided_(IntArrayRef sizes, IntArrayRef strides, std::optional<std::int64_t> offset = std::nullopt);
  Tensor& resize_(IntArrayRef sizes);
  Tensor& resize_as_(const Tensor& other) { return resize_(other.sizes()); }

  // Arithmetic (ops/arithmetic.h, ops/division.h, ops/power.h, ops/binary.h, ops/bitwise.h).
  Tensor add(const Tensor& other, Scalar alpha = 1) const;
  Tensor add(Scalar other, Scalar alpha = 1) const;
  Tensor sub(const Tensor& other, Scalar alpha = 1) const;
  Tensor sub(Scalar other, Scalar alpha = 1) const;
  Tensor mul(const Tensor& other) const;
  Tensor mul(Scalar other) const;
  Tensor div(const Tensor& other) const;
  Tensor div(Scalar other) const;
  Tensor floor_divide(const Tensor& other) const;
  Tensor floor_divide(Scalar other) const;
  Tensor remainder(const Tensor& other) const;
  Tensor remainder(Scalar other) const;
  Tensor fmod(const Tensor& other) const;
  Tensor fmod(Scalar other) const;
  Tensor pow(const Tensor& exponent) const;
  Tensor pow(Scalar exponent) const;
  Tensor neg() const;
  Tensor subtract(const Tensor& other, Scalar alpha = 1) const { return sub(other, alpha); }
  Tensor multiply(const Tensor& other) const { return mul(other); }
  Tensor divide(const Tensor& other) const { return div(other); }
  Tensor negative() const { return neg(); }
  Tensor subtract(Scalar other, Scalar alpha = 1) const { return sub(other, alpha); }
  Tensor multiply(Scalar other) const { return mul(other); }
  Tensor divide(Scalar other) const { return div(other); }
  Tensor true_divide(const Tensor& other) const { return div(other); }
  Tensor true_divide(Scalar other) const { return div(other); }
  Tensor positive() const { return *this; }
  Tensor float_power(const Tensor& exponent) const;
  Tensor float_power(Scalar exponent) const;
  Tensor ldexp(const Tensor& exponent) const;
  Tensor copysign(const Tensor& sign) const;
  Tensor copysign(Scalar sign) const;
  Tensor hypot(const Tensor& other) const;
  Tensor heaviside(const Tensor& at_zero) const;
  Tensor nextafter(const Tensor& towards) const;
  Tensor logaddexp(const Tensor& other) const;
  Tensor logaddexp2(const Tensor& other) const;
  Tensor xlogy(const Tensor& other) const;
  Tensor xlogy(Scalar other) const;
  Tensor bitwise_not() const;
  Tensor bitwise_and(const Tensor& other) const;
  Tensor bitwise_and(Scalar other) const;
  Tensor bitwise_or(const Tensor& other) const;
  Tensor bitwise_or(Scalar other) const;
  Tensor bitwise_xor(const Tensor& other) const;
  Tensor bitwise_xor(Scalar other) const;
  Tensor bitwise_left_shift(const Tensor& bits) const;
  Tensor bitwise_left_shift(Scalar bits) const;
  Tensor bitwise_right_shift(const Tensor& bits) const;
  Tensor bitwise_right_shift(Scalar bits) const;
  Tensor gcd(const Tensor& other) const;
  Tensor lcm(const Tensor& other) const;
  Tensor addcmul(const Tensor& tensor1, const Tensor& tensor2, Scalar value = 1) const;
  Tensor addcdiv(const Tensor& tensor1, const Tensor& tensor2, Scalar value = 1) const;
  Tensor lerp(const Tensor& end, Scalar weight) const;
  Tensor& add_(const Tensor& other, Scalar alpha = 1);
  Tensor& add_(Scalar other, Scalar alpha = 1);
  Tensor& sub_(const Tensor& other, Scalar alpha = 1);
  Tensor& sub_(Scalar other, Scalar alpha = 1);
  Tensor& mul_(const Tensor& other);
  Tensor& mul_(Scalar other);
  Tensor& div_(const Tensor& other);
  Tensor& div_(Scalar other);
  Tensor& pow_(Scalar exponent);
  Tensor& neg_();
  Tensor& negative_() { return neg_(); }
  Tensor& subtract_(const Tensor& other, Scalar alpha = 1) { return sub_(other, alpha); }
  Tensor& subtract_(Scalar other, Scalar alpha = 1) { return sub_(other, alpha); }
  Tensor& multiply_(const Tensor& other) { return mul_(other); }
  Tensor& multiply_(Scalar other) { return mul_(other); }
  Tensor& divide_(const Tensor& other) { return div_(other); }
  Tensor& divide_(Scalar other) { return div_(other); }
  Tensor& true_divide_(const Tensor& other) { return div_(other); }
  Tensor& true_divide_(Scalar other) { return div_(other); }
  Tensor& floor_divide_(const Tensor& other);
  Tensor& floor_divide_(Scalar other);
  Tensor& remainder_(const Tensor& other);
  Tensor& remainder_(Scalar other);
  Tensor& fmod_(const Tensor& other);
  Tensor& fmod_(Scalar other);
  Tensor& pow_(const Tensor& exponent);
  Tensor& float_power_(const Tensor& exponent);
  Tensor& float_power_(Scalar exponent);
  Tensor& ldexp_(const Tensor& exponent);
  Tensor& copysign_(const Tensor& sign);
  Tensor& copysign_(Scalar sign);
  Tensor& hypot_(const Tensor& other);
  Tensor& heaviside_(const Tensor& at_zero);
  Tensor& nextafter_(const Tensor& towards);
  Tensor& xlogy_(const Tensor& other);
  Tensor& xlogy_(Scalar other);
  Tensor& bitwise_not_();
  Tensor& bitwise_and_(const Tensor& other);
  Tensor& bitwise_and_(Scalar other);
  Tensor& bitwise_or_(const Tensor& other);
  Tensor& bitwise_or_(Scalar other);
  Tensor& bitwise_xor_(const Tensor& other);
  Tensor& bitwise_xor_(Scalar other);
  Tensor& bitwise_left_shift_(const Tensor& bits);
  Tensor& bitwise_left_shift_(Scalar bits);
  Tensor& bitwise_right_shift_(const Tensor& bits);
  Tensor& bitwise_right_shift_(Scalar bits);
  Tensor& gcd_(const Tensor& other);
  Tensor& lcm_(const Tensor& other);
  Tensor& operator+=(const Tensor& other) { return add_(other); }
  Tensor& operator+=(Scalar other) { return add_(other); }
  Tensor& operator-=(const Tensor& other) { return sub_(other); }
  Tensor& operator-=(Scalar other) { return sub_(other); }
  Tensor& operator*=(const Tensor& other) { return mul_(other); }
  Tensor& operator*=(Scalar other) { return mul_(other); }
  Tensor& operator/=(const Tensor& other) { return div_(other); }
  Tensor& operator/=(Scalar other) { return div_(other); }
  Tensor& addcmul_(const Tensor& tensor1, const Tensor& tensor2, Scalar value = 1);
  Tensor& addcdiv_(const Tensor& tensor1, const Tensor& tensor2, Scalar value = 1);
  Tensor& lerp_(const Tensor& end, Scalar weight);

  // Elementwise functions (ops/pointwise.h, ops/trigonometry.h, ops/special.h, ops/binary.h).
  Tensor exp() const;
  Tensor expm1() const;
  Tensor log() const;
  Tensor log1p() const;
  Tensor log2() const;
  Tensor log10() const;
  Tensor sqrt() const;
  Tensor rsqrt() const;
  Tensor square() const;
  Tensor reciprocal() const;
  Tensor abs() const;
  Tensor sign() const;
  Tensor floor() const;
  Tensor ceil() const;
  Tensor round() const;
  Tensor trunc() const;
  Tensor frac() const;
  Tensor sin() const;
  Tensor cos() const;
  Tensor tan() const;
  Tensor asin() const;
  Tensor acos() const;
  Tensor atan() const;
  Tensor sinh() const;
  Tensor cosh() const;
  Tensor erf() const;
  Tensor tanh() const;
  Tensor sigmoid() const;
  Tensor relu() const;
  Tensor atan2(const Tensor& other) const;
  Tensor exp2() const;
  Tensor erfc() const;
  Tensor erfinv() const;
  Tensor lgamma() const;
  Tensor digamma() const;
  Tensor sinc() const;
  Tensor asinh() const;
  Tensor acosh() const;
  Tensor atanh() const;
  Tensor deg2rad() const;
  Tensor rad2deg() const;
  Tensor polygamma(std::int64_t n) const;
  Tensor logit(std::optional<double> eps = std::nullopt) const;
  Tensor nan_to_num(std::optional<double> nan = std::nullopt, std::optional<double> positive = std::nullopt,
                    std::optional<double> negative = std::nullopt) const;
  Tensor absolute() const { return abs(); }
  Tensor fix() const { return trunc(); }
  Tensor sgn() const { return sign(); }
  Tensor arcsin() const { return asin(); }
  Tensor arccos() const { return acos(); }
  Tensor arctan() const { return atan(); }
  Tensor arcsinh() const { return asinh(); }
  Tensor arccosh() const { return acosh(); }
  Tensor arctanh() const { return atanh(); }
  Tensor arctan2(const Tensor& other) const { return atan2(other); }
  Tensor clamp(std::optional<Scalar> min, std::optional<Scalar> max = std::nullopt) const;
  Tensor clip(std::optional<Scalar> min, std::optional<Scalar> max = std::nullopt) const { return clamp(min, max); }
  Tensor clamp_min(Scalar min) const { return clamp(min); }
  Tensor clamp_max(Scalar max) const { return clamp(std::nullopt, max); }
  Tensor& exp_();
  Tensor& expm1_();
  Tensor& log_();
  Tensor& log1p_();
  Tensor& log2_();
  Tensor& log10_();
  Tensor& sqrt_();
  Tensor& rsqrt_();
  Tensor& square_();
  Tensor& reciprocal_();
  Tensor& abs_();
  Tensor& sign_();
  Tensor& floor_();
  Tensor& ceil_();
  Tensor& round_();
  Tensor& trunc_();
  Tensor& frac_();
  Tensor& sin_();
  Tensor& cos_();
  Tensor& tan_();
  Tensor& asin_();
  Tensor& acos_();
  Tensor& atan_();
  Tensor& sinh_();
  Tensor& cosh_();
  Tensor& erf_();
  Tensor& tanh_();
  Tensor& sigmoid_();
  Tensor& relu_();
  Tensor& clamp_(std::optional<Scalar> min, std::optional<Scalar> max = std::nullopt);
  Tensor& clip_(std::optional<Scalar> min, std::optional<Scalar> max = std::nullopt) { return clamp_(min, max); }
  Tensor& clamp_min_(Scalar min) { return clamp_(min); }
  Tensor& clamp_max_(Scalar max) { return clamp_(std::nullopt, max); }
  Tensor& atan2_(const Tensor& other);
  Tensor& exp2_();
  Tensor& erfc_();
  Tensor& erfinv_();
  Tensor& lgamma_();
  Tensor& digamma_();
  Tensor& sinc_();
  Tensor& asinh_();
  Tensor& acosh_();
  Tensor& atanh_();
  Tensor& deg2rad_();
  Tensor& rad2deg_();
  Tensor& polygamma_(std::int64_t n);
  Tensor& logit_(std::optional<double> eps = std::nullopt);
  Tensor& nan_to_num_(std::optional<double> nan = std::nullopt, std::optional<double> positive = std::nullopt,
                      std::optional<double> negative = std::nullopt);
  Tensor& absolute_() { return abs_(); }
  Tensor& fix_() { return trunc_(); }
  Tensor& sgn_() { return sign_(); }
  Tensor& arcsin_() { return asin_(); }
  Tensor& arccos_() { return acos_(); }
  Tensor& arctan_() { return atan_(); }
  Tensor& arcsinh_() { return asinh_(); }
  Tensor& arccosh_() { return acosh_(); }
  Tensor& arctanh_() { return atanh_(); }
  Tensor& arctan2_(const Tensor& other) { return atan2_(other); }

  // Comparison and logic (ops/comparison.h).
  Tensor eq(const Tensor& other) const;
  Tensor eq(Scalar other) const;
  Tensor ne(const Tensor& other) const;
  Tensor ne(Scalar other) const;
  Tensor lt(const Tensor& other) const;
  Tensor lt(Scalar other) const;
  Tensor le(const Tensor& other) const;
  Tensor le(Scalar other) const;
  Tensor gt(const Tensor& other) const;
  Tensor gt(Scalar other) const;
  Tensor ge(const Tensor& other) const;
  Tensor ge(Scalar other) const;
  Tensor logical_not() const;
  Tensor logical_and(const Tensor& other) const;
  Tensor logical_or(const Tensor& other) const;
  Tensor logical_xor(const Tensor& other) const;
  Tensor not_equal(const Tensor& other) const { return ne(other); }
  Tensor not_equal(Scalar other) const { return ne(other); }
  Tensor less(const Tensor& other) const { return lt(other); }
  Tensor less(Scalar other) const { return lt(other); }
  Tensor less_equal(const Tensor& other) const { return le(other); }
  Tensor less_equal(Scalar other) const { return le(other); }
  Tensor greater(const Tensor& other) const { return gt(other); }
  Tensor greater(Scalar other) const { return gt(other); }
  Tensor greater_equal(const Tensor& other) const { return ge(other); }
  Tensor greater_equal(Scalar other) const { return ge(other); }
  Tensor& eq_(const Tensor& other);
  Tensor& eq_(Scalar other);
  Tensor& ne_(const Tensor& other);
  Tensor& ne_(Scalar other);
  Tensor& lt_(const Tensor& other);
  Tensor& lt_(Scalar other);
  Tensor& le_(const Tensor& other);
  Tensor& le_(Scalar other);
  Tensor& gt_(const Tensor& other);
  Tensor& gt_(Scalar other);
  Tensor& ge_(const Tensor& other);
  Tensor& ge_(Scalar other);
  Tensor& not_equal_(const Tensor& other) { return ne_(other); }
  Tensor& not_equal_(Scalar other) { return ne_(other); }
  Tensor& less_(const Tensor& other) { return lt_(other); }
  Tensor& less_(Scalar other) { return lt_(other); }
  Tensor& less_equal_(const Tensor& other) { return le_(other); }
  Tensor& less_equal_(Scalar other) { return le_(other); }
  Tensor& greater_(const Tensor& other) { return gt_(other); }
  Tensor& greater_(Scalar other) { return gt_(other); }
  Tensor& greater_equal_(const Tensor& other) { return ge_(other); }
  Tensor& greater_equal_(Scalar other) { return ge_(other); }
  Tensor& logical_not_();
  Tensor& logical_and_(const Tensor& other);
  Tensor& logical_or_(const Tensor& other);
  Tensor& logical_xor_(const Tensor& other);
  Tensor maximum(const Tensor& other) const;
  Tensor minimum(const Tensor& other) const;
  Tensor fmax(const Tensor& other) const;
  Tensor fmin(const Tensor& other) const;
  Tensor where(const Tensor& condition, const Tensor& other) const;
  Tensor isnan() const;
  Tensor isinf() const;
  Tensor isfinite() const;
  Tensor isposinf() const;
  Tensor isneginf() const;
  Tensor isreal() const;
  Tensor signbit() const;
  Tensor isclose(const Tensor& other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const;
  bool equal(const Tensor& other) const;
  bool allclose(const Tensor& other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const;

  // Reductions (ops/reduce.h, ops/nan_reduce.h, ops/cumulative.h, ops/statistics.h).
  Tensor sum(std::optional<Dtype> dtype = std::nullopt) const;
  Tensor sum(IntArrayRef dims, bool keepdim = false, std::optional<Dtype> dtype = std::nullopt) const;
  Tensor mean(std::optional<Dtype> dtype = std::nullopt) const;
  Tensor mean(IntArrayRef dims, bool keepdim = false, std::optional<Dtype> dtype = std::nullopt) const;
  Tensor var(bool unbiased = true) const;
  Tensor var(IntArrayRef dims, bool unbiased = true, bool keepdim = false) const;
  Tensor std(bool unbiased = true) const;
  Tensor std(IntArrayRef dims, bool unbiased = true, bool keepdim = false) const;
  Tensor prod() const;
  Tensor prod(std::int64_t dim, bool keepdim = false) const;
  Tensor max() const;
  std::tuple<Tensor, Tensor> max(std::int64_t dim, bool keepdim = false) const;
  Tensor min() const;
  std::tuple<Tensor, Tensor> min(std::int64_t dim, bool keepdim = false) const;
  Tensor amax(IntArrayRef dims = {}, bool keepdim = false) const;
  Tensor amin(IntArrayRef dims = {}, bool keepdim = false) const;
  Tensor argmax(std::optional<std::int64_t> dim = std::nullopt, bool keepdim = false) const;
  Tensor argmin(std::optional<std::int64_t> dim = std::nullopt, bool keepdim = false) const;
  Tensor all() const;
  Tensor all(std::int64_t dim, bool keepdim = false) const;
  Tensor any() const;
  Tensor any(std::int64_t dim, bool keepdim = false) const;
  Tensor norm(Scalar p = 2) const;
  Tensor norm(Scalar p, IntArrayRef dims, bool keepdim = false) const;
  Tensor logsumexp(IntArrayRef dims, bool keepdim = false) const;
  Tensor cumsum(std::int64_t dim) const;
  Tensor cumprod(std::int64_t dim) const;
  Tensor median() const;
  std::tuple<Tensor, Tensor> median(std::int64_t dim, bool keepdim = false) const;
  std::tuple<Tensor, Tensor> kthvalue(std::int64_t k, std::int64_t dim = -1, bool keepdim = false) const;
  std::tuple<Tensor, Tensor> mode(std::int64_t dim = -1, bool keepdim = false) const;
  std::tuple<Tensor, Tensor> aminmax(std::optional<std::int64_t> dim = std::nullopt, bool keepdim = false) const;
  Tensor nansum(IntArrayRef dims = {}, bool keepdim = false, std::optional<Dtype> dtype = std::nullopt) const;
  Tensor nanmean(IntArrayRef dims = {}, bool keepdim = false, std::optional<Dtype> dtype = std::nullopt) const;
  Tensor nanmedian() const;
  std::tuple<Tensor, Tensor> nanmedian(std::int64_t dim, bool keepdim = false) const;
  Tensor count_nonzero(IntArrayRef dims = {}) const;
  Tensor trace() const;
  Tensor dist(const Tensor& other, Scalar p = 2) const;
  Tensor sum_to_size(IntArrayRef sizes) const;
  Tensor renorm(Scalar p, std::int64_t dim, Scalar maxnorm) const;
  Tensor cov(std::int64_t correction = 1) const;
  Tensor corrcoef() const;
  Tensor bincount(const Tensor& weights = {}, std::int64_t minlength = 0) const;
  Tensor histc(std::int64_t bins = 100, Scalar min = 0, Scalar max = 0) const;
  Tensor diff(std::int64_t n = 1, std::int64_t dim = -1, const Tensor& prepend = {}, const Tensor& append = {}) const;
  std::tuple<Tensor, Tensor> cummax(std::int64_t dim) const;
  std::tuple<Tensor, Tensor> cummin(std::int64_t dim) const;
  Tensor& cumsum_(std::int64_t dim);
  Tensor& cumprod_(std::int64_t dim);
  Tensor& renorm_(Scalar p, std::int64_t dim, Scalar maxnorm);
  Tensor softmax(std::int64_t dim) const;
  Tensor log_softmax(std::int64_t dim) const;

  // Products (ops/linear.h, ops/products.h, ops/vector_products.h).
  Tensor matmul(const Tensor& other) const;
  Tensor mm(const Tensor& other) const;
  Tensor mv(const Tensor& other) const;
  Tensor bmm(const Tensor& other) const;
  Tensor dot(const Tensor& other) const;
  Tensor outer(const Tensor& other) const;
  Tensor addmm(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1) const;
  Tensor baddbmm(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1) const;
  Tensor addbmm(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1) const;
  Tensor addmv(const Tensor& matrix, const Tensor& vector, Scalar beta = 1, Scalar alpha = 1) const;
  Tensor addr(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1) const;
  Tensor& addmm_(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1);
  Tensor& baddbmm_(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1);
  Tensor& addbmm_(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1);
  Tensor& addmv_(const Tensor& matrix, const Tensor& vector, Scalar beta = 1, Scalar alpha = 1);
  Tensor& addr_(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1);
  Tensor ger(const Tensor& other) const { return outer(other); }
  Tensor inner(const Tensor& other) const;
  Tensor vdot(const Tensor& other) const { return dot(other); }
  Tensor kron(const Tensor& other) const;
  Tensor cross(const Tensor& other, std::optional<std::int64_t> dim = std::nullopt) const;

  // Indexing (ops/indexing.h, ops/advanced_indexing.h, ops/scatter.h).
  Tensor index(const std::vector<indexing::TensorIndex>& indices) const;
  Tensor index_put(const std::vector<indexing::TensorIndex>& indices, const Tensor& value, bool accumulate = false) const;
  Tensor& index_put_(const std::vector<indexing::TensorIndex>& indices, const Tensor& value, bool accumulate = false);
  Tensor& index_put_(const std::vector<indexing::TensorIndex>& indices, Scalar value, bool accumulate = false);
  Tensor index_select(std::int64_t dim, const Tensor& index) const;
  Tensor gather(std::int64_t dim, const Tensor& index) const;
  Tensor take_along_dim(const Tensor& index, std::optional<std::int64_t> dim = std::nullopt) const;
  Tensor scatter(std::int64_t dim, const Tensor& index, const Tensor& source) const;
  Tensor scatter(std::int64_t dim, const Tensor& index, Scalar value) const;
  Tensor scatter_add(std::int64_t dim, const Tensor& index, const Tensor& source) const;
  Tensor index_add(std::int64_t dim, const Tensor& index, const Tensor& source) const;
  Tensor index_copy(std::int64_t dim, const Tensor& index, const Tensor& source) const;
  Tensor masked_fill(const Tensor& mask, Scalar value) const;
  Tensor masked_select(const Tensor& mask) const;
  Tensor masked_scatter(const Tensor& mask, const Tensor& source) const;
  Tensor index_fill(std::int64_t dim, const Tensor& index, Scalar value) const;
  Tensor index_fill(std::int64_t dim, const Tensor& index, const Tensor& value) const;
  Tensor take(const Tensor& index) const;
  Tensor put(const Tensor& index, const Tensor& source, bool accumulate = false) const;
  Tensor& scatter_(std::int64_t dim, const Tensor& index, const Tensor& source);
  Tensor& scatter_(std::int64_t dim, const Tensor& index, Scalar value);
  Tensor& scatter_add_(std::int64_t dim, const Tensor& index, const Tensor& source);
  Tensor& index_add_(std::int64_t dim, const Tensor& index, const Tensor& source);
  Tensor& index_copy_(std::int64_t dim, const Tensor& index, const Tensor& source);
  Tensor& masked_fill_(const Tensor& mask, Scalar value);
  Tensor& masked_scatter_(const Tensor& mask, const Tensor& source);
  Tensor& index_fill_(std::int64_t dim, const Tensor& index, Scalar value);
  Tensor& index_fill_(std::int64_t dim, const Tensor& index, const Tensor& value);
  Tensor& put_(const Tensor& index, const Tensor& source, bool accumulate = false);

  // Rearranging and sorting (ops/indexing.h, ops/rearrange.h, ops/sort.h).
  Tensor nonzero() const;
  Tensor argwhere() const { return nonzero(); }
  TensorList nonzero_numpy() const { return nonzero().unbind(1); }
  Tensor flip(IntArrayRef dims) const;
  Tensor roll(IntArrayRef shifts, IntArrayRef dims = {}) const;
  Tensor repeat(IntArrayRef repeats) const;
  Tensor tile(IntArrayRef repeats) const;
  Tensor fliplr() const;
  Tensor flipud() const;
  Tensor rot90(std::int64_t k = 1, IntArrayRef dims = {0, 1}) const;
  Tensor repeat_interleave(std::int64_t repeats, std::optional<std::int64_t> dim = std::nullopt) const;
  Tensor repeat_interleave(const Tensor& repeats, std::optional<std::int64_t> dim = std::nullopt) const;
  Tensor tril(std::int64_t diagonal = 0) const;
  Tensor triu(std::int64_t diagonal = 0) const;
  Tensor& tril_(std::int64_t diagonal = 0);
  Tensor& triu_(std::int64_t diagonal = 0);
  Tensor& fill_diagonal_(Scalar value, bool wrap = false);
  std::tuple<Tensor, Tensor> sort(std::int64_t dim = -1, bool descending = false) const;
  Tensor argsort(std::int64_t dim = -1, bool descending = false) const;
  std::tuple<Tensor, Tensor> topk(std::int64_t k, std::int64_t dim = -1, bool largest = true, bool sorted = true) const;

  // Writing in place (ops/inplace.h, ops/random.h).
  Tensor& copy_(const Tensor& source);
  Tensor& fill_(Scalar value);
  Tensor& zero_();
  Tensor& uniform_(double from = 0, double to = 1);
  Tensor& normal_(double mean = 0, double std = 1);
  Tensor& bernoulli_(double p = 0.5);
  Tensor& random_();                                     ///< Integers, up to where the dtype holds all.
  Tensor& random_(std::int64_t to);                      ///< Integers in [0, to).
  Tensor& random_(std::int64_t from, std::int64_t to);   ///< Integers in [from, to).
  Tensor& exponential_(double lambda = 1);               ///< With the density lambda e^(-lambda x).
  Tensor& geometric_(double p);                          ///< How often until a chance of p comes true.
  Tensor& cauchy_(double median = 0, double sigma = 1);  ///< Cauchy's distribution.
  Tensor& log_normal_(double mean = 1, double std = 2);  ///< e to the power of normal numbers.
  Tensor bernoulli() const;
  Tensor multinomial(std::int64_t num_samples, bool replacement = false) const;

 private:
  bool has_grad_fn() const { return impl()->meta ? static_cast<bool>(grad_fn()) : static_cast<bool>(impl_->grad_fn); }
};

template <class T>
std::vector<T> Tensor::to_vector() const {
  using Stored = detail::StoredType<T>;
  const Tensor source = detach().to(dtype_of<Stored>()).contiguous();
  const Stored* first = source.data_ptr<Stored>();
  return std::vector<T>(first, first + source.numel());
}

/// Prints as PyTorch's C++ frontend does: rows of numbers in columns, then "[ CPUFloatType{2,3} ]".
std::ostream& operator<<(std::ostream& stream, const Tensor& tensor);
/// What operator<< prints.
std::string to_string(const Tensor& tensor);

}  // namespace xgrad
