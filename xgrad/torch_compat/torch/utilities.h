/// libtorch's small helpers: c10::str, c10::irange, c10::optional and their like.
#pragma once

#include <xgrad/xgrad.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace xgrad {

namespace torch_compat {

/// Set before main: modules print as libtorch prints them, and so on.
inline const bool is_libtorch = (imitate_libtorch(), true);

}  // namespace torch_compat

/// What the standard library has by now.
/// @{
template <class T>
using optional = std::optional<T>;
using std::get_if;
using std::holds_alternative;
using std::in_place;
using std::in_place_t;
using std::make_optional;
using std::make_unique;
using std::nullopt;
using std::nullopt_t;
using std::string_view;
using std::variant;
using std::visit;
/// @}

/// An ArrayRef that may be left out.
template <class T>
using OptionalArrayRef = std::optional<ArrayRef<T>>;
using OptionalIntArrayRef = OptionalArrayRef<std::int64_t>;  ///< the same, of integers

/// All parts, printed one behind the other.
template <class... Parts>
std::string str(const Parts&... parts) {
  std::ostringstream text;
  static_cast<void>((text << ... << parts));
  return text.str();
}

/// Integers one after another, for loops. Clang 14 has no std::views::iota with GCC's library.
template <std::integral Integer>
class IntegerRange {
 public:
  /// One of them.
  struct iterator {
    Integer value;                                           ///< the integer
    Integer operator*() const { return value; }              ///< the integer
    iterator& operator++() { return ++value, *this; }        ///< on to the next
    bool operator==(const iterator& other) const = default;  ///< whether both are at one
  };
  /// From `begin` to one before `end`.
  IntegerRange(Integer begin, Integer end) : begin_{begin}, end_{std::max(begin, end)} {}
  iterator begin() const { return begin_; }  ///< The first one.
  iterator end() const { return end_; }      ///< Behind the last one.

 private:
  iterator begin_;
  iterator end_;
};

/// The integers from `begin`, or 0, to one before `end`: none where that is smaller. For loops.
/// @{
template <std::integral Begin, std::integral End>
IntegerRange<End> irange(Begin begin, End end) {
  return {static_cast<End>(begin), end};
}
template <std::integral End>
IntegerRange<End> irange(End end) {
  return irange(End(), end);
}
/// @}

/// The sum of integers.
template <class Container>
std::int64_t sum_integers(const Container& values) {
  return std::accumulate(std::begin(values), std::end(values), std::int64_t{0});
}
/// Their product.
template <class Container>
std::int64_t multiply_integers(const Container& values) {
  return std::accumulate(std::begin(values), std::end(values), std::int64_t{1}, std::multiplies<>());
}

namespace guts {
/// As std::to_string, of whatever prints.
template <class T>
std::string to_string(const T& value) {
  if constexpr (requires { std::to_string(value); }) return std::to_string(value);
  else return str(value);
}
using std::conjunction;
using std::disjunction;
using std::void_t;
}  // namespace guts

/// Further classes of exceptions.
/// @{
class NotImplementedError : public Error {
 public:
  using Error::Error;
};
class LinAlgError : public Error {
 public:
  using Error::Error;
};
class OutOfMemoryError : public Error {
 public:
  using Error::Error;
};
class EnforceFiniteError : public Error {
 public:
  using Error::Error;
};
/// @}

/// Questions about dtypes.
/// @{
inline std::size_t elementSize(ScalarType type) { return element_size(type); }
inline bool isFloatingType(ScalarType type) { return is_floating_point(type); }
inline bool isIntegralType(ScalarType type, bool include_bool) {
  return !is_floating_point(type) && (include_bool || type != kBool);
}
inline bool isComplexType(ScalarType /*type*/) { return false; }
inline bool isSignedType(ScalarType type) { return type != kBool && type != kByte; }
/// @}

/// The dtypes under short names.
/// @{
inline constexpr Dtype kU8 = kUInt8;
inline constexpr Dtype kI8 = kInt8;
inline constexpr Dtype kI16 = kInt16;
inline constexpr Dtype kI32 = kInt32;
inline constexpr Dtype kI64 = kInt64;
inline constexpr Dtype kF16 = kFloat16;
inline constexpr Dtype kF32 = kFloat32;
inline constexpr Dtype kF64 = kFloat64;
/// @}

/// body(first, last) over parts of [begin, end), each at least `grain` long, on several threads where that pays.
using kernels::parallel_for;
/// xgrad has one pool of threads, for everything.
/// @{
inline int get_num_interop_threads() { return 1; }
inline void set_num_interop_threads(int /*threads*/) {}
inline void init_num_threads() {}
/// @}

/// Sequences one below the other, padded to the longest.
inline Tensor pad_sequence(const TensorList& sequences, bool batch_first = false, double padding_value = 0) {
  return nn::utils::rnn::pad_sequence(sequences, batch_first, padding_value);
}

/// How libtorch makes generators: `at::detail::createCPUGenerator(42)`, `torch::make_generator<at::CPUGeneratorImpl>(42)`.
/// @{
namespace detail {
inline Generator createCPUGenerator(std::uint64_t seed = Generator::default_seed) { return Generator(seed); }
inline const Generator& getDefaultCPUGenerator() { return default_generator(); }
}  // namespace detail
struct CPUGeneratorImpl;
template <class Impl>
Generator make_generator(std::uint64_t seed = Generator::default_seed) {
  static_assert(std::is_same_v<Impl, CPUGeneratorImpl>, "make_generator: there are no generators but the CPU's");
  return Generator(seed);
}
/// @}

/// Writes a tensor as operator<< does; lines are as long as its rows.
inline std::ostream& print(std::ostream& stream, const Tensor& tensor, std::int64_t /*line_size*/) {
  return stream << tensor;
}

/// The same to the standard output.
inline void print(const Tensor& tensor, std::int64_t line_size = 80) { print(std::cout, tensor, line_size); }

namespace torch_compat {
/// The pointer. Throws Error where it is null.
template <class Pointer>
Pointer&& not_null(const char* name, Pointer&& pointer) {
  if (pointer == nullptr) throw Error("Check failed: '" + std::string(name) + "' must not be null");
  return std::forward<Pointer>(pointer);
}
}  // namespace torch_compat

namespace nn::init {
inline std::tuple<std::int64_t, std::int64_t> _calculate_fan_in_and_fan_out(const Tensor& tensor) {
  return calculate_fan_in_and_fan_out(tensor);
}
}  // namespace nn::init

/// A list as a vector of its dtype.
template <class T>
Tensor tensor(ArrayRef<T> values, const TensorOptions& options = {}) {
  return tensor(values.vec(), options);
}

namespace special {
inline Tensor log_softmax(const Tensor& x, std::int64_t dim, std::optional<Dtype> dtype) {
  return xgrad::log_softmax(x, dim, dtype);
}
inline Tensor softmax(const Tensor& x, std::int64_t dim, std::optional<Dtype> dtype) {
  return xgrad::softmax(x, dim, dtype);
}
}  // namespace special

/// The dtype of a C++ type.
template <class T>
struct CppTypeToScalarType : std::integral_constant<ScalarType, dtype_of<T>()> {};

/// While alive, nothing is recorded: an operation of one's own says by it that it has its own gradient.
/// @{
using AutoDispatchBelowAutograd = NoGradGuard;
using AutoDispatchBelowADInplaceOrView = NoGradGuard;
using AutoNonVariableTypeMode = NoGradGuard;
/// @}

namespace autograd {
using xgrad::GradMode;
using edge_list = std::vector<Edge>;  ///< Of a node, to those before it.
/// The same memory as a leaf.
inline Tensor make_variable(const Tensor& data, bool requires_grad = false, bool /*allow_tensor_metadata_change*/ = true) {
  return data.detach().requires_grad_(requires_grad);
}
}  // namespace autograd

/// There are no other devices than the CPU.
inline bool is_vulkan_available() { return false; }
namespace cuda {
inline bool is_available() { return false; }
inline bool cudnn_is_available() { return false; }
inline std::size_t device_count() { return 0; }
inline void manual_seed(std::uint64_t /*seed*/) {}
inline void manual_seed_all(std::uint64_t /*seed*/) {}
inline void synchronize(std::int64_t /*device*/ = -1) {}
}  // namespace cuda

}  // namespace xgrad

/// libtorch lets programs print containers, with a space between the elements: that works only from within namespace std.
namespace std {

template <class First, class Second>
ostream& operator<<(ostream& stream, const pair<First, Second>& both);

/// @{
template <class... Types>
ostream& operator<<(ostream& stream, const vector<Types...>& values) {
  for (auto value = values.begin(); value != values.end(); ++value) stream << (value == values.begin() ? "" : " ") << *value;
  return stream;
}
template <class... Types>
ostream& operator<<(ostream& stream, const set<Types...>& values) {
  for (auto value = values.begin(); value != values.end(); ++value) stream << (value == values.begin() ? "" : " ") << *value;
  return stream;
}
template <class... Types>
ostream& operator<<(ostream& stream, const map<Types...>& values) {
  for (auto value = values.begin(); value != values.end(); ++value) stream << (value == values.begin() ? "" : " ") << *value;
  return stream;
}
template <class First, class Second>
ostream& operator<<(ostream& stream, const pair<First, Second>& both) {
  return stream << '(' << both.first << ", " << both.second << ')';
}
/// @}

}  // namespace std
