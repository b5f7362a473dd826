/// What nobody should pass to a function, but somebody will: values of every parameter type, drawn in a fixed order.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "xgrad/xgrad.h"

namespace xgrad::test {

class Hostile {
 public:
  explicit Hostile(unsigned seed) : random_(seed) {}

  /// A value of type T; references that are not const refer to one that lives until the next call.
  template <class T>
  auto of() -> std::conditional_t<std::is_lvalue_reference_v<T> && (!std::is_const_v<std::remove_reference_t<T>> ||
                                                                    std::is_base_of_v<TensorBase, std::remove_cvref_t<T>>),
                                  T, std::remove_cvref_t<T>> {
    using Value = std::remove_cvref_t<T>;
    if constexpr (std::is_base_of_v<TensorBase, Value>) {
      return tensor();
    } else if constexpr (std::is_lvalue_reference_v<T> && !std::is_const_v<std::remove_reference_t<T>>) {
      static Value value;
      return value = draw<Value>();
    } else {
      return draw<Value>();
    }
  }

  /// Forgets the tensors that were given.
  void clear() { given_.clear(); }
  /// Whether those that were given still are as they were made.
  bool unchanged() const;
  /// The arguments given since clear(), for messages.
  std::string description() const;

 private:
  static constexpr int kinds = 26;
  static Tensor make(int kind);
  Tensor& tensor();

  std::size_t below(std::size_t n) { return random_() % n; }
  template <class T, std::size_t n>
  T one_of(const std::array<T, n>& values) {
    return values[below(n)];
  }

  template <class T>
  T draw();
  template <class T>
  struct OptionalOf : std::false_type {};
  template <class T>
  struct OptionalOf<std::optional<T>> : std::true_type {
    using Value = T;
  };
  template <class T>
  struct VectorOf : std::false_type {};
  template <class T>
  struct VectorOf<std::vector<T>> : std::true_type {
    using Value = T;
  };

  struct Given {
    Tensor tensor;
    int kind;
  };
  std::mt19937 random_;
  std::deque<Given> given_;
};

inline constexpr std::int64_t lowest_int = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t highest_int = std::numeric_limits<std::int64_t>::max();

template <class T>
T Hostile::draw() {
  constexpr double inf = std::numeric_limits<double>::infinity();
  if constexpr (std::is_same_v<T, Tensor>) {
    return tensor();
  } else if constexpr (std::is_same_v<T, bool>) {
    return below(2) == 0;
  } else if constexpr (std::is_same_v<T, Dtype>) {
    return static_cast<Dtype>(below(10));
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<T>(below(2));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(one_of(
        std::array<std::int64_t, 14>{0, 1, -1, 2, -2, 3, 0, 1, 2, 99, -99, lowest_int, highest_int, std::int64_t{1} << 62}));
  } else if constexpr (std::is_floating_point_v<T>) {
    return one_of(std::array<double, 10>{0, 1, -1, 0.5, -0.5, std::nan(""), inf, -inf, 1e300, 2});
  } else if constexpr (std::is_same_v<T, Scalar>) {
    return one_of(std::array<Scalar, 12>{0, 1, -1, 2, 0.5, -0.5, std::nan(""), inf, -inf, true, lowest_int, highest_int});
  } else if constexpr (std::is_same_v<T, IntArrayRef>) {
    static const std::vector<std::vector<std::int64_t>> values{{},
                                                               {0},
                                                               {1},
                                                               {-1},
                                                               {2, 3},
                                                               {3, 2},
                                                               {0, 0},
                                                               {0, 1},
                                                               {-1, 0},
                                                               {6},
                                                               {999},
                                                               {-999},
                                                               {lowest_int},
                                                               {-1, -1},
                                                               {highest_int},
                                                               {1, 2, 3, 0},
                                                               {2},
                                                               {1, -1},
                                                               {3},
                                                               {0, 3},
                                                               {-2, -3},
                                                               {highest_int, highest_int},
                                                               {std::int64_t{1} << 62, 4},
                                                               {0, highest_int}};
    return values[below(values.size())];
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view> ||
                       std::is_same_v<T, const char*>) {
    return one_of(std::array<const char*, 12>{"", "sum", "mean", "none", "floor", "nonsense", "ij,jk->ik", "i,i->", "i->ii",
                                              "add", "...,", "reflect"});
  } else if constexpr (std::is_same_v<T, TensorOptions>) {
    return TensorOptions(draw<Dtype>()).requires_grad(draw<bool>());
  } else if constexpr (std::is_same_v<T, TypeMeta>) {
    return TypeMeta(draw<Dtype>());
  } else if constexpr (std::is_same_v<T, StorageHandle>) {
    return one_of(std::array<Tensor, 3>{ones({6}), zeros({0}), ones({2}, kInt64)}).storage();
  } else if constexpr (std::is_same_v<T, nn::ClassSampler>) {
    return nn::ClassSampler(ones({1 + static_cast<std::int64_t>(below(4))}));
  } else if constexpr (std::is_same_v<T, std::nullopt_t>) {
    return std::nullopt;
  } else if constexpr (std::is_same_v<T, std::tuple<Tensor, Tensor>>) {
    return {tensor(), tensor()};
  } else if constexpr (std::is_same_v<T, std::initializer_list<Tensor>>) {
    return {};
  } else if constexpr (std::is_same_v<T, indexing::TensorIndex>) {
    switch (below(6)) {
      case 0: return tensor();
      case 1: return draw<std::int64_t>();
      case 2: return indexing::Slice(draw<std::int64_t>(), draw<std::int64_t>(), 1 + static_cast<std::int64_t>(below(3)));
      case 3: return indexing::None;
      case 4: return draw<bool>();
      default: return "...";
    }
  } else if constexpr (OptionalOf<T>::value) {
    if (below(3) == 0) return std::nullopt;
    return draw<typename OptionalOf<T>::Value>();
  } else if constexpr (VectorOf<T>::value) {
    T values;
    for (std::size_t n = below(4); n > 0; --n) values.push_back(draw<typename VectorOf<T>::Value>());
    return values;
  } else {
    // Options. A type that none of these makes needs a line of its own.
    if constexpr (std::is_default_constructible_v<T>) {
      return T();
    } else if constexpr (std::is_constructible_v<T, std::int64_t>) {
      return T(draw<std::int64_t>());
    } else if constexpr (std::is_constructible_v<T, std::vector<std::int64_t>>) {
      return T(draw<std::vector<std::int64_t>>());
    } else if constexpr (std::is_constructible_v<T, double, double>) {
      return T(draw<double>(), draw<double>());
    } else {
      const auto size = [this] { return draw<std::int64_t>(); };
      return T(size(), size(), tensor(), tensor(), tensor(), tensor(), draw<bool>(), draw<double>(), tensor(), tensor());
    }
  }
}

/// A call of something public, with arguments that Hostile gives.
struct BadCall {
  const char* name;
  void (*run)(Hostile&);
};

/// Makes each call often: only errors of xgrad may leave them, and what is given must stay as it is, but by calls that
/// return and are there to change it (names that end in `_`, and a few others).
void walk(std::span<const BadCall> calls);

}  // namespace xgrad::test
