/// Indexing as in Python, x[1:, ..., mask], spelt as in libtorch: index(x, {Slice(1, None), "...", mask}).
/// https://pytorch.org/cppdocs/notes/tensor_indexing.html
#pragma once

#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad {

namespace indexing {

/// A new dimension of size 1, and a bound of a Slice that is left out.
inline constexpr std::nullopt_t None = std::nullopt;

/// All dimensions that the other indices leave.
struct EllipsisIndexType {};
/// "..."
inline constexpr EllipsisIndexType Ellipsis{};

/// start:stop:step. Bounds count from the end where negative, and are clipped; the step is positive.
class Slice {
 public:
  /// Bounds and step; None: from the beginning, to the end, and 1.
  explicit Slice(std::optional<std::int64_t> start = None, std::optional<std::int64_t> stop = None,
                 std::optional<std::int64_t> step = None)
      : start_(start), stop_(stop), step_(step.value_or(1)) {}

  std::optional<std::int64_t> start() const { return start_; }  ///< None: the beginning
  std::optional<std::int64_t> stop() const { return stop_; }    ///< None: the end
  std::int64_t step() const { return step_; }                   ///< 1 where none was given

 private:
  std::optional<std::int64_t> start_;
  std::optional<std::int64_t> stop_;
  std::int64_t step_;
};

/// "1:5:2"
std::ostream& operator<<(std::ostream& stream, const Slice& slice);

/// One index: None, Ellipsis or "...", an integer, a bool, a Slice, or a tensor: int64 positions or a bool mask.
class TensorIndex {
 public:
  /// Which kind of index.
  enum class Kind { kNone, kEllipsis, kInteger, kBoolean, kSlice, kTensor };

  /// An index of each kind.
  /// @{
  TensorIndex(std::nullopt_t) : kind_(Kind::kNone) {}                               // NOLINT(google-explicit-constructor)
  TensorIndex(EllipsisIndexType) : kind_(Kind::kEllipsis) {}                        // NOLINT(google-explicit-constructor)
  TensorIndex(Slice slice) : kind_(Kind::kSlice), slice_(slice) {}                  // NOLINT(google-explicit-constructor)
  TensorIndex(Tensor tensor) : kind_(Kind::kTensor), tensor_(std::move(tensor)) {}  // NOLINT(google-explicit-constructor)
  /// @}
  /// Throws ValueError for a text other than "...".
  TensorIndex(const char* text);  // NOLINT(google-explicit-constructor)
  /// An integer or a bool.
  template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  TensorIndex(T value)  // NOLINT(google-explicit-constructor)
      : kind_(std::is_same_v<T, bool> ? Kind::kBoolean : Kind::kInteger), integer_(static_cast<std::int64_t>(value)) {}
  /// Positions.
  TensorIndex(const std::vector<std::int64_t>& positions);  // NOLINT(google-explicit-constructor)

  Kind kind() const { return kind_; }                ///< which it is
  std::int64_t integer() const { return integer_; }  ///< of kInteger
  bool boolean() const { return integer_ != 0; }     ///< of kBoolean
  const Slice& slice() const { return slice_; }      ///< of kSlice
  const Tensor& tensor() const { return tensor_; }   ///< of kTensor

 private:
  Kind kind_;
  std::int64_t integer_ = 0;
  Slice slice_;
  Tensor tensor_;
};

/// "None", "...", a number, "true", a Slice or a tensor.
std::ostream& operator<<(std::ostream& stream, const TensorIndex& index);

}  // namespace indexing

/// The elements that the indices name, one index for each dimension from the first; dimensions without one are kept whole. A
/// view where no index is a bool or a tensor with dimensions, else a copy: the tensors' dimensions, broadcast together,
/// stand where the tensors stand, or in front where something stands between them. Throws IndexError for an index out of
/// range or too many indices, ShapeError for a mask that does not fit, TypeError for tensors neither int64 nor bool.
Tensor index(const Tensor& x, const std::vector<indexing::TensorIndex>& indices);

/// x with those elements replaced by `value`, which broadcasts, or with `value` added to them (`accumulate`: as often as an
/// element is named). Throws as index(), ShapeError where the value does not fit, TypeError for another dtype with tensors.
Tensor index_put(const Tensor& x, const std::vector<indexing::TensorIndex>& indices, const Tensor& value,
                 OnlyBool accumulate = false);
Tensor index_put(const Tensor& x, const std::vector<indexing::TensorIndex>& indices, Scalar value,
                 OnlyBool accumulate = false);

/// The same in place: x[...] = value, in the graph as well. Throws GraphError for a leaf that requires a gradient.
Tensor& index_put_(const Tensor& x, const std::vector<indexing::TensorIndex>& indices, const Tensor& value,
                   OnlyBool accumulate = false);
Tensor& index_put_(const Tensor& x, const std::vector<indexing::TensorIndex>& indices, Scalar value,
                   OnlyBool accumulate = false);

}  // namespace xgrad
