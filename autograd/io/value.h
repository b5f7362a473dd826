/// Value: nested data as Python programs keep it in files: numbers, text, tensors, lists and dictionaries.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <list>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::io {

/// None, a bool, an integer, a real number, text, a tensor, a list, a tuple, or a dictionary whose keys are texts or
/// integers: what a Python checkpoint is made of, and what `Optimizer::state_dict()` returns.
///
///   Value state = Value::Dict{{"lr", 0.1}, {"betas", Value::tuple({0.9, 0.999})}, {"params", Value::List{0, 1}}};
///   double lr = state.at("lr").to_double();
///   for (const Value& index : state.at("params").list()) use(index.to_int());
///
/// Copies of a Value are independent, but for tensors: those are handles to the same memory.
class Value {
 public:
  /// What a Value holds.
  enum class Kind { none, boolean, integer, real, string, tensor, list, tuple, dict };

  /// The elements of a list or a tuple.
  using List = std::vector<Value>;

  /// A dictionary's key: a text or an integer.
  class Key {
   public:
    /// A key that is a number.
    template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>) Key(T number)
        : key_(static_cast<std::int64_t>(number)) {}    // NOLINT(google-explicit-constructor)
    Key(std::string text) : key_(std::move(text)) {}    // NOLINT(google-explicit-constructor)
    Key(const char* text) : key_(std::string(text)) {}  // NOLINT(google-explicit-constructor)

    /// Whether the key is a text; otherwise it is an integer.
    bool is_string() const { return std::holds_alternative<std::string>(key_); }
    /// The text. Throws TypeError for an integer.
    const std::string& string() const;
    /// The integer. Throws TypeError for a text.
    std::int64_t number() const;
    /// As Python prints it: 'name' or 7.
    std::string repr() const;

    /// Integers come before texts.
    friend std::strong_ordering operator<=>(const Key& a, const Key& b);
    friend bool operator==(const Key& a, const Key& b);

   private:
    std::variant<std::int64_t, std::string> key_;
  };

  /// A dictionary that keeps the order of insertion, as Python's.
  class Dict {
   public:
    struct Item;

    /// An empty dictionary.
    Dict();
    /// The items in order; the last one counts where a key occurs twice.
    Dict(std::initializer_list<Item> items);
    Dict(const Dict& other);                 ///< a copy; tensors share their memory
    Dict(Dict&& other) noexcept;             ///< takes the items over
    Dict& operator=(const Dict& other);      ///< a copy; tensors share their memory
    Dict& operator=(Dict&& other) noexcept;  ///< takes the items over
    ~Dict();

    /// The number of items.
    std::size_t size() const { return index_.size(); }
    /// Whether there are no items.
    bool empty() const { return index_.empty(); }
    /// Whether there is a value of the key.
    bool contains(const Key& key) const { return find(key) != nullptr; }
    /// The value of the key; a new one, None, where the key is new.
    Value& operator[](const Key& key);
    /// Throws IndexError for a key that is not there, naming those that are.
    const Value& at(const Key& key) const;
    /// nullptr for a key that is not there.
    const Value* find(const Key& key) const;

    /// Items in order of insertion.
    std::list<Item>::const_iterator begin() const { return items_.begin(); }
    std::list<Item>::const_iterator end() const { return items_.end(); }  ///< behind the last item

   private:
    std::list<Item> items_;  ///< which stay where they are when others come: dict["new"] = dict.at("old")
    std::map<Key, Item*> index_;
  };

  /// Python's None.
  Value();
  /// A bool, an integer or a real number, by the type of `number`.
  template <class T>
  requires std::is_arithmetic_v<T> Value(T number) {  // NOLINT(google-explicit-constructor): values are written as literals
    if constexpr (std::is_same_v<T, bool>) set(number);
    else if constexpr (std::is_integral_v<T>) set(static_cast<std::int64_t>(number));
    else set(static_cast<double>(number));
  }
  Value(std::string text);  // NOLINT(google-explicit-constructor)
  Value(const char* text);  // NOLINT(google-explicit-constructor)
  /// A tensor: a handle to the same memory.
  Value(Tensor tensor);                      // NOLINT(google-explicit-constructor)
  Value(List elements);                      // NOLINT(google-explicit-constructor)
  Value(Dict items);                         // NOLINT(google-explicit-constructor)
  Value(const Value& other);                 ///< a copy; tensors share their memory
  Value(Value&& other) noexcept;             ///< takes the content over
  Value& operator=(const Value& other);      ///< a copy; tensors share their memory
  Value& operator=(Value&& other) noexcept;  ///< takes the content over
  ~Value();
  /// A tuple, as Python keeps `betas` in.
  static Value tuple(List elements);

  Kind kind() const;
  bool is_none() const { return kind() == Kind::none; }
  bool is_bool() const { return kind() == Kind::boolean; }
  bool is_int() const { return kind() == Kind::integer; }
  /// Whether it is a real number; integers are none.
  bool is_double() const { return kind() == Kind::real; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_tensor() const { return kind() == Kind::tensor; }
  bool is_list() const { return kind() == Kind::list || kind() == Kind::tuple; }
  bool is_dict() const { return kind() == Kind::dict; }

  // What it holds. All of these throw TypeError that says what was expected, and what is there.

  /// A bool; numbers are none.
  bool to_bool() const;
  /// An integer; also one that is kept as the only element of a tensor, as Python's optimizers keep `step`.
  std::int64_t to_int() const;
  /// A real number or an integer; also one that is kept as the only element of a tensor.
  double to_double() const;
  const std::string& to_string() const;
  const Tensor& to_tensor() const;
  /// The elements of a list or a tuple.
  const List& list() const;
  List& list();  ///< to change them
  /// The items of a dictionary.
  const Dict& dict() const;
  Dict& dict();  ///< to change them

  /// The number of elements of a list, a tuple or a dictionary.
  std::size_t size() const;
  /// The value of a dictionary's key, or the element of a list. Throws IndexError where there is none.
  const Value& at(const Key& key) const;
  /// Whether a dictionary has the key.
  bool contains(const Key& key) const { return dict().contains(key); }

  /// The same kind and content; tensors of the same dtype, shape and elements; dictionaries in any order.
  friend bool operator==(const Value& a, const Value& b);

 private:
  void set(bool value);
  void set(std::int64_t value);
  void set(double value);
  [[noreturn]] void throw_kind(const char* expected) const;

  std::variant<std::monostate, bool, std::int64_t, double, std::string, Tensor, List, Dict> value_;
  bool tuple_ = false;  ///< the list is a tuple
};

/// One entry of a dictionary.
struct Value::Dict::Item {
  Key key;      ///< its name
  Value value;  ///< what the name stands for
};

/// As Python prints it, with tensors by dtype and shape: {'step': 3, 'exp_avg': float32[2, 4]}. Long values are cut.
std::string to_string(const Value& value);
/// Writes to_string(value).
std::ostream& operator<<(std::ostream& stream, const Value& value);

}  // namespace xgrad::io

namespace xgrad {

using io::to_string;
// Not in programs written for libtorch, which may well have a Value of their own.
#ifndef torch
using io::Value;
#endif

}  // namespace xgrad
