/// New tensors. Names and defaults are libtorch's: https://pytorch.org/cppdocs/notes/tensor_creation.html
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <type_traits>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Uninitialised elements. All functions here throw ShapeError on a negative size.
Tensor empty(IntArrayRef sizes, TensorOptions options = {}, std::optional<MemoryFormat> format = std::nullopt);
/// Uninitialised elements with given strides: as much memory as they reach. Throws ShapeError for negative strides, and for
/// another number of them than of sizes.
Tensor empty_strided(IntArrayRef sizes, IntArrayRef strides, TensorOptions options = {});
Tensor zeros(IntArrayRef sizes, TensorOptions options = {});
Tensor ones(IntArrayRef sizes, TensorOptions options = {});
/// The dtype is that of the value (the default dtype for a floating-point number) unless given.
Tensor full(IntArrayRef sizes, Scalar value);
Tensor full(IntArrayRef sizes, Scalar value, TensorOptions options);
/// One number, without dimensions.
Tensor scalar_tensor(Scalar value, TensorOptions options = {});

/// Uninitialised elements, in the shape and, unless given, the dtype of another tensor; without gaps, and unless the format
/// is MemoryFormat::Contiguous in the order that its dimensions have in memory (dense_strides).
Tensor empty_like(const Tensor& like);
Tensor empty_like(const Tensor& like, TensorOptions options, std::optional<MemoryFormat> format = std::nullopt);
/// Zeros, in the same way.
Tensor zeros_like(const Tensor& like);
Tensor zeros_like(const Tensor& like, TensorOptions options, std::optional<MemoryFormat> format = std::nullopt);
/// Ones, in the same way.
Tensor ones_like(const Tensor& like);
Tensor ones_like(const Tensor& like, TensorOptions options, std::optional<MemoryFormat> format = std::nullopt);
/// `value`, in the same way.
Tensor full_like(const Tensor& like, Scalar value);
Tensor full_like(const Tensor& like, Scalar value, TensorOptions options, std::optional<MemoryFormat> format = std::nullopt);

/// start, start + step, ... up to but without `end`; int64 if all three are integers, unless a dtype is given. Throws
/// ValueError for a step of 0 or one that leads away from `end`.
Tensor arange(Scalar end);
Tensor arange(Scalar end, TensorOptions options);
Tensor arange(Scalar start, Scalar end, Scalar step = 1);
Tensor arange(Scalar start, Scalar end, TensorOptions options);
Tensor arange(Scalar start, Scalar end, Scalar step, TensorOptions options);
/// `steps` values from `start` to `end`, both included.
Tensor linspace(Scalar start, Scalar end, std::int64_t steps, TensorOptions options = {});
/// Powers of `base` with exponents evenly spaced from `start` to `end`, both included.
Tensor logspace(Scalar start, Scalar end, std::int64_t steps, double base = 10, TensorOptions options = {});
/// From `start` to `end` in steps of `step`, both included where the steps lead there; floating-point unless the options say
/// otherwise. Throws ValueError as arange.
Tensor range(Scalar start, Scalar end, Scalar step = 1, TensorOptions options = {});
Tensor range(Scalar start, Scalar end, TensorOptions options);
/// Ones on the diagonal of an n x m matrix, zeros elsewhere.
Tensor eye(std::int64_t n, TensorOptions options = {});
Tensor eye(std::int64_t n, std::int64_t m, TensorOptions options = {});

/// A tensor over memory that the caller keeps alive, or that `deleter` frees.
Tensor from_blob(void* data, IntArrayRef sizes, TensorOptions options = {});
Tensor from_blob(void* data, IntArrayRef sizes, IntArrayRef strides, TensorOptions options = {});
Tensor from_blob(void* data, IntArrayRef sizes, std::function<void(void*)> deleter, TensorOptions options = {});
Tensor from_blob(void* data, IntArrayRef sizes, IntArrayRef strides, std::function<void(void*)> deleter,
                 TensorOptions options = {});

/// Numbers in nested braces: `tensor({{1.0, 2.0}, {3.0, 4.0}})`.
class NestedNumbers {
 public:
  /// One number.
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  NestedNumbers(T value) : numbers_{Scalar(value)}, widest_(kind_of<T>()) {}      // NOLINT
  NestedNumbers(Half value) : numbers_{Scalar(value)}, widest_(kFloat16) {}       // NOLINT
  NestedNumbers(BFloat16 value) : numbers_{Scalar(value)}, widest_(kBFloat16) {}  // NOLINT
  /// Numbers in braces.
  NestedNumbers(std::initializer_list<NestedNumbers> items);
  /// A row of numbers.
  template <class T>
  NestedNumbers(const std::vector<T>& values) : sizes_{static_cast<std::int64_t>(values.size())} {  // NOLINT
    numbers_.reserve(values.size());
    for (const T value : values) numbers_.emplace_back(value);
    widest_ = kind_of<T>();
  }

  IntArrayRef sizes() const { return sizes_; }                     ///< of the tensor
  const std::vector<Scalar>& numbers() const { return numbers_; }  ///< in row-major order
  Dtype dtype() const;                                             ///< of the tensor, unless another is given

 private:
  /// The dtype of numbers of this type; float64 stands for the default one.
  template <class T>
  static constexpr Dtype kind_of() {
    if constexpr (std::is_same_v<T, float>) return kFloat64;
    else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::int8_t> ||
                       std::is_same_v<T, std::int16_t> || std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
      return dtype_of<T>();
    else return std::is_integral_v<T> ? kInt64 : kFloat64;
  }

  DimVector sizes_;
  std::vector<Scalar> numbers_;
  Dtype widest_ = kFloat64;  ///< of all numbers
};

/// A tensor of the given numbers, in libtorch's dtype for their type: bool, uint8, int8, int16 and the halves as they are,
/// all other integers int64, and the default dtype where there is a float or double. Throws ShapeError where the braces are
/// ragged.
Tensor tensor(NestedNumbers numbers);
Tensor tensor(NestedNumbers numbers, TensorOptions options);

}  // namespace xgrad
