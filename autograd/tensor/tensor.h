/// Tensor: an n-dimensional array that remembers how it was computed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "autograd/tensor/error.h"
#include "autograd/tensor/options.h"
#include "autograd/tensor/scalar.h"
#include "autograd/tensor/tensor_impl.h"

namespace xgrad {

class Tensor;
namespace indexing {
class TensorIndex;
}
/// What operations take and return where there are several.
using TensorList = std::vector<Tensor>;
/// A tensor that may be left out.
using OptionalTensor = std::optional<Tensor>;

/// Elements of an N-dimensional tensor by index: accessor<float, 2>()[i][j].
template <class T, std::size_t N>
class TensorAccessor {
 public:
  /// Over memory with these sizes and strides, N of each.
  TensorAccessor(T* data, const std::int64_t* sizes, const std::int64_t* strides)
      : data_(data), sizes_(sizes), strides_(strides) {}

  std::int64_t size(std::int64_t dim) const { return sizes_[dim]; }      ///< Of a dimension.
  std::int64_t stride(std::int64_t dim) const { return strides_[dim]; }  ///< Of a dimension, in elements.
  T* data() const { return data_; }                                      ///< The first element.
  /// The element, or the accessor of one dimension less, at an index, which is not checked.
  decltype(auto) operator[](std::int64_t i) const {
    if constexpr (N == 1) {
      return (data_[i * strides_[0]]);
    } else {
      return TensorAccessor<T, N - 1>(data_ + i * strides_[0], sizes_ + 1, strides_ + 1);
    }
  }

 private:
  T* data_;
  const std::int64_t* sizes_;
  const std::int64_t* strides_;
};

/// A handle to an n-dimensional array. Copies of a Tensor are the same array; `clone()` makes another. Methods that end
/// in `_` change the array in place. Every method is a function of `xgrad::` as well, documented in `autograd/ops/`.
/// https://pytorch.org/cppdocs/api/classat_1_1_tensor.html
class Tensor {
 public:
  Tensor() = default;
  /// A handle to what is there.
  explicit Tensor(intrusive_ptr<TensorImpl> impl) : impl_(std::move(impl)) {}

  // What it is.
  bool defined() const { return static_cast<bool>(impl_); }  ///< Whether there is an array.
  explicit operator bool() const = delete;
  /// The number of dimensions.
  std::int64_t dim() const { return static_cast<std::int64_t>(impl()->sizes.size()); }
  std::int64_t ndimension() const { return dim(); }        ///< As dim().
  std::int64_t numel() const { return impl()->numel; }     ///< The number of elements.
  IntArrayRef sizes() const { return impl()->sizes; }      ///< Of all dimensions.
  IntArrayRef strides() const { return impl()->strides; }  ///< Of all dimensions, in elements.
  std::int64_t size(std::int64_t dim) const;               ///< The size of a dimension; negative ones count from the last.
  std::int64_t stride(std::int64_t dim) const;             ///< Its stride, in elements.
  std::int64_t storage_offset() const { return impl()->offset; }             ///< Of the first element.
  Dtype dtype() const { return impl()->dtype; }                              ///< The type of the elements.
  Dtype scalar_type() const { return impl()->dtype; }                        ///< As dtype().
  TensorOptions options() const { return {dtype()}; }                        ///< For another tensor of this dtype.
  Device device() const { return {}; }                                       ///< The CPU.
  bool is_cpu() const { return true; }                                       ///< True.
  bool is_cuda() const { return false; }                                     ///< False.
  std::size_t element_size() const { return xgrad::element_size(dtype()); }  ///< Of an element, in bytes.
  /// The size of all elements in bytes.
  std::size_t nbytes() const { return element_size() * static_cast<std::size_t>(numel()); }
  /// Whether the elements are floating-point numbers.
  bool is_floating_point() const { return xgrad::is_floating_point(dtype()); }
  bool is_contiguous() const { return impl()->contiguous; }  ///< Whether rows follow one another without gaps.
  bool is_same(const Tensor& other) const { return impl_ == other.impl_; }  ///< Whether both are one array with one history.

  // Its elements.
  void* data_ptr() const { return impl()->data; }  ///< The first element.
  /// The first element. Throws TypeError unless T is the tensor's type.
  template <class T>
  T* data_ptr() const {
    require_type(dtype_of<T>(), "data_ptr");
    return reinterpret_cast<T*>(impl_->data);
  }
  /// The only element, converted to T. Throws ShapeError unless there is exactly one.
  template <class T>
  T item() const {
    return item().to<T>();
  }
  /// The only element, as a number of its dtype.
  Scalar item() const;
  /// Throws ShapeError unless the tensor has N dimensions, TypeError unless T is its type.
  template <class T, std::size_t N>
  TensorAccessor<T, N> accessor() const {
    require_type(dtype_of<T>(), "accessor");
    require_dim(N, "accessor");
    return {data_ptr<T>(), impl_->sizes.data(), impl_->strides.data()};
  }
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
  Tensor data() const { return detach(); }  ///< As detach().
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
  Tensor to(const TensorOptions& options) const { return to(options.dtype_or(dtype())); }
  Tensor to(Device /*device*/) const { return *this; }
  Tensor to(DeviceType type) const { return to(Device(type)); }
  Tensor to(Device /*device*/, Dtype dtype, bool /*non_blocking*/ = false, bool copy = false) const {
    return to(dtype, copy);
  }
  Tensor cpu() const { return *this; }                                     ///< The tensor itself.
  Tensor type_as(const Tensor& other) const { return to(other.dtype()); }  ///< In the dtype of another.
  Tensor toType(Dtype dtype) const { return to(dtype); }                   ///< As to(dtype).

  // Views (ops/view.h).
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
  TensorList unbind(std::int64_t dim = 0) const;
  Tensor as_strided(IntArrayRef sizes, IntArrayRef strides, std::optional<std::int64_t> offset = std::nullopt) const;
  Tensor diagonal(std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1) const;

  // Arithmetic (ops/arithmetic.h, ops/division.h, ops/power.h).
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

  // Elementwise functions (ops/pointwise.h, ops/statistics.h).
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
  Tensor maximum(const Tensor& other) const;
  Tensor minimum(const Tensor& other) const;
  Tensor where(const Tensor& condition, const Tensor& other) const;
  Tensor isnan() const;
  Tensor isinf() const;
  Tensor isfinite() const;
  bool equal(const Tensor& other) const;
  bool allclose(const Tensor& other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const;

  // Reductions (ops/reduce.h).
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
  Tensor softmax(std::int64_t dim) const;
  Tensor log_softmax(std::int64_t dim) const;

  // Products (ops/linear.h, ops/products.h).
  Tensor matmul(const Tensor& other) const;
  Tensor mm(const Tensor& other) const;
  Tensor mv(const Tensor& other) const;
  Tensor bmm(const Tensor& other) const;
  Tensor dot(const Tensor& other) const;
  Tensor outer(const Tensor& other) const;
  Tensor addmm(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1) const;
  Tensor baddbmm(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1) const;

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
  Tensor& scatter_(std::int64_t dim, const Tensor& index, const Tensor& source);
  Tensor& scatter_(std::int64_t dim, const Tensor& index, Scalar value);
  Tensor& scatter_add_(std::int64_t dim, const Tensor& index, const Tensor& source);
  Tensor& index_add_(std::int64_t dim, const Tensor& index, const Tensor& source);
  Tensor& index_copy_(std::int64_t dim, const Tensor& index, const Tensor& source);
  Tensor& masked_fill_(const Tensor& mask, Scalar value);
  Tensor& masked_scatter_(const Tensor& mask, const Tensor& source);

  // Rearranging and sorting (ops/indexing.h, ops/rearrange.h, ops/sort.h).
  Tensor nonzero() const;
  Tensor flip(IntArrayRef dims) const;
  Tensor roll(IntArrayRef shifts, IntArrayRef dims = {}) const;
  Tensor repeat(IntArrayRef repeats) const;
  Tensor repeat_interleave(std::int64_t repeats, std::optional<std::int64_t> dim = std::nullopt) const;
  Tensor repeat_interleave(const Tensor& repeats, std::optional<std::int64_t> dim = std::nullopt) const;
  Tensor tril(std::int64_t diagonal = 0) const;
  Tensor triu(std::int64_t diagonal = 0) const;
  std::tuple<Tensor, Tensor> sort(std::int64_t dim = -1, bool descending = false) const;
  Tensor argsort(std::int64_t dim = -1, bool descending = false) const;
  std::tuple<Tensor, Tensor> topk(std::int64_t k, std::int64_t dim = -1, bool largest = true, bool sorted = true) const;

  // Writing in place (ops/inplace.h, tensor/random.h).
  Tensor& copy_(const Tensor& source);
  Tensor& fill_(Scalar value);
  Tensor& zero_();
  Tensor& uniform_(double from = 0, double to = 1);
  Tensor& normal_(double mean = 0, double std = 1);
  Tensor& bernoulli_(double p = 0.5);
  Tensor bernoulli() const;
  Tensor multinomial(std::int64_t num_samples, bool replacement = false) const;

  /// What the handle points to. Throws an Error where it is undefined.
  TensorImpl* impl() const {
    if (!impl_) [[unlikely]]
      throw_undefined();
    return impl_.get();
  }
  TensorImpl* unsafe_impl() const noexcept { return impl_.get(); }  ///< Null where undefined.
  /// How many handles there are.
  std::uint32_t use_count() const noexcept { return impl_ ? impl_->use_count() : 0; }

 private:
  [[noreturn]] static void throw_undefined();
  bool has_grad_fn() const { return impl()->meta ? static_cast<bool>(grad_fn()) : static_cast<bool>(impl_->grad_fn); }
  void require_type(Dtype expected, const char* method) const {
    if (impl()->dtype != expected) [[unlikely]]
      throw_type(expected, method);
  }
  [[noreturn]] void throw_type(Dtype expected, const char* method) const;
  void require_dim(std::size_t expected, const char* method) const;

  intrusive_ptr<TensorImpl> impl_;
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
