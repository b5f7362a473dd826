/// TypeMeta: what `dtype()` returns: a dtype that prints as the C++ type of the elements.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string_view>

#include "autograd/base/scalar_type.h"

namespace xgrad {

/// A dtype as the type of elements; it converts to ScalarType, and differs from it in what it prints: "float", not "Float".
/// https://pytorch.org/cppdocs/api/classcaffe2_1_1_type_meta.html
class TypeMeta {
 public:
  /// The type of a dtype.
  constexpr explicit TypeMeta(ScalarType type) : type_(type) {}
  /// The type float, double, bool, Half, BFloat16 or an integer type that tensors have.
  template <class T>
  static constexpr TypeMeta Make() {
    return TypeMeta(dtype_of<T>());
  }
  /// The type of another dtype.
  constexpr TypeMeta& operator=(ScalarType type) {
    type_ = type;
    return *this;
  }

  constexpr operator ScalarType() const { return type_; }      // NOLINT(google-explicit-constructor): they are one
  constexpr ScalarType toScalarType() const { return type_; }  ///< The dtype.
  constexpr bool isScalarType() const { return true; }         ///< There are no other types.
  constexpr bool isScalarType(ScalarType type) const { return type_ == type; }  ///< Whether it is that dtype.
  constexpr std::size_t itemsize() const { return element_size(type_); }        ///< Of an element, in bytes.
  std::string_view name() const;                                                ///< As C++ writes it: "float", "long int".
  /// Whether it is the type T.
  template <class T>
  constexpr bool Match() const {
    return type_ == dtype_of<T>();
  }

 private:
  ScalarType type_;
};

std::ostream& operator<<(std::ostream& stream, TypeMeta type);

/// libtorch's names of the conversions.
/// @{
constexpr TypeMeta scalarTypeToTypeMeta(ScalarType type) { return TypeMeta(type); }
constexpr ScalarType typeMetaToScalarType(TypeMeta type) { return type; }
/// @}

/// The dtype of new floating-point tensors, as default_dtype().
inline TypeMeta get_default_dtype() { return TypeMeta(default_dtype()); }
inline ScalarType get_default_dtype_as_scalartype() { return default_dtype(); }

}  // namespace xgrad
