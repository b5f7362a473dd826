/// Choices (nn/choices.h) and reductions among a module's options: printed and saved as the texts "kTanh", "kMean".
#pragma once

#include <iosfwd>
#include <string>
#include <type_traits>
#include <variant>

#include "autograd/io/fields.h"
#include "autograd/io/value.h"
#include "autograd/ops/loss.h"
#include "nn/choices.h"

namespace xgrad {

/// The type of one of the choices.
template <class T>
concept Choice = std::is_empty_v<T> && std::is_convertible_v<decltype(T::name), const char*>;

/// Objects of one choice's type do not differ.
template <Choice T>
constexpr bool operator==(T /*a*/, T /*b*/) {
  return true;
}

namespace detail {

std::string choice_name(Reduction reduction);
template <Choice T>
std::string choice_name(T /*choice*/) {
  return T::name;
}

/// Sets `option` where `name` is the name of one of this type.
bool choose(const std::string& name, Reduction& option);
template <Choice T>
bool choose(const std::string& name, T& /*option*/) {
  return name == T::name;
}

[[noreturn]] void throw_no_choice(const std::string& name);

}  // namespace detail

void print_field(std::ostream& stream, Reduction option);
io::Value value_of_field(Reduction option);
void read_field(const io::Value& value, Reduction& option);

template <class... Choices>
void print_field(std::ostream& stream, const std::variant<Choices...>& option) {
  print_field(stream, std::visit([](auto choice) { return detail::choice_name(choice); }, option));
}

template <class... Choices>
io::Value value_of_field(const std::variant<Choices...>& option) {
  return std::visit([](auto choice) { return detail::choice_name(choice); }, option);
}

/// Throws TypeError for what is no text, ValueError for a text that is the name of none of the choices.
template <class... Choices>
void read_field(const io::Value& value, std::variant<Choices...>& option) {
  const std::string& name = value.to_string();
  const auto try_one = [&]<class C>(C choice) {
    if (!detail::choose(name, choice)) return false;
    option = choice;
    return true;
  };
  if (!(try_one(Choices{}) || ...)) detail::throw_no_choice(name);
}

}  // namespace xgrad
