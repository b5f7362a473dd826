/// What follows from an options class's list of fields (autograd/base/fields.h): how it prints itself, its options by name
/// in a dictionary and back, and whether two are the same.
///
/// An option may be a bool, an integer, a real number, a text, a pair of real numbers, a vector of integers, a tensor, or an
/// optional one of these. Another type takes part once `print_field`, `value_of_field` and `read_field` are declared for it
/// beside the type, as nn/choices.h does.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/base/fields.h"
#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// A class with XGRAD_FIELDS.
template <class Options>
concept HasFields = requires(const Options& options) {
  Options::each_field([](const char* /*name*/, Shown /*shown*/, const auto& /*option*/) {}, options);
};

void print_field(std::ostream& stream, bool option);  ///< true or false
void print_field(std::ostream& stream, std::int64_t option);
void print_field(std::ostream& stream, double option);
void print_field(std::ostream& stream, const std::string& option);
void print_field(std::ostream& stream, const std::tuple<double, double>& option);
void print_field(std::ostream& stream, const std::vector<std::int64_t>& option);  ///< [2, 3]
void print_field(std::ostream& stream, const Tensor& option);
template <class T>
void print_field(std::ostream& stream, const std::optional<T>& option);  ///< none, where there is nothing

io::Value value_of_field(bool option);
io::Value value_of_field(std::int64_t option);
io::Value value_of_field(double option);
io::Value value_of_field(const std::string& option);
io::Value value_of_field(const std::tuple<double, double>& option);
io::Value value_of_field(const std::vector<std::int64_t>& option);
io::Value value_of_field(const Tensor& option);  ///< None for an undefined one
template <class T>
io::Value value_of_field(const std::optional<T>& option);  ///< None, where there is nothing

// All of these throw TypeError for a value of another kind, and change nothing then.

void read_field(const io::Value& value, bool& option);
void read_field(const io::Value& value, std::int64_t& option);
void read_field(const io::Value& value, double& option);
void read_field(const io::Value& value, std::string& option);
void read_field(const io::Value& value, std::tuple<double, double>& option);
void read_field(const io::Value& value, std::vector<std::int64_t>& option);
void read_field(const io::Value& value, Tensor& option);
template <class T>
void read_field(const io::Value& value, std::optional<T>& option);

/// `Name(p=0.5, inplace=true)`; `nothing` behind the name where no option is to be shown.
template <HasFields Options>
void print_fields(std::ostream& stream, std::string_view name, const Options& options, std::string_view nothing = "()");

/// All options by name.
template <HasFields Options>
io::Value::Dict save_fields(const Options& options);

/// Sets the options that are in the dictionary. Throws TypeError, and ValueError for a choice that there is not; no option
/// has changed then.
template <HasFields Options>
void load_fields(Options& options, const io::Value::Dict& saved);

// Implementation.

template <class T>
void print_field(std::ostream& stream, const std::optional<T>& option) {
  if (option) print_field(stream, *option);
  else print_field(stream, std::string("None"));
}

template <class T>
io::Value value_of_field(const std::optional<T>& option) {
  return option ? value_of_field(*option) : io::Value();
}

template <class T>
void read_field(const io::Value& value, std::optional<T>& option) {
  if (value.is_none()) {
    option = std::nullopt;
  } else {
    T inner{};
    read_field(value, inner);
    option = std::move(inner);
  }
}

namespace detail {

void print_field_name(std::ostream& stream, const char* separator, const char* name);
void print_text(std::ostream& stream, std::string_view text);

/// Two tensors that are equal in dtype, shape and elements, or both undefined.
bool same_field(const Tensor& a, const Tensor& b);

template <class Options>
bool same_fields(const Options& a, const Options& b) {
  bool same = true;
  Options::each_field(
      [&]<class T>(const char* /*name*/, Shown /*shown*/, const T& left, const T& right) {
        if constexpr (std::is_same_v<T, Tensor>) same = same && same_field(left, right);
        else same = same && left == right;
      },
      a, b);
  return same;
}

}  // namespace detail

template <HasFields Options>
void print_fields(std::ostream& stream, std::string_view name, const Options& options, std::string_view nothing) {
  detail::print_text(stream, name);
  bool any = false;
  Options::each_field(
      [&](const char* field, Shown shown, const auto& option) {
        if (shown == Shown::not_at_all) return;
        detail::print_field_name(stream, any ? ", " : "(", shown == Shown::named ? field : nullptr);
        print_field(stream, option);
        any = true;
      },
      options);
  detail::print_text(stream, any ? ")" : nothing);
}

template <HasFields Options>
io::Value::Dict save_fields(const Options& options) {
  io::Value::Dict saved;
  Options::each_field([&](const char* name, Shown /*shown*/, const auto& option) { saved[name] = value_of_field(option); },
                      options);
  return saved;
}

template <HasFields Options>
void load_fields(Options& options, const io::Value::Dict& saved) {
  Options changed = options;
  Options::each_field(
      [&](const char* name, Shown /*shown*/, auto& option) {
        if (const io::Value* value = saved.find(name)) read_field(*value, option);
      },
      changed);
  options = std::move(changed);
}

}  // namespace xgrad
