#include "autograd/io/fields.h"

#include <ostream>
#include <utility>
#include <variant>

#include "autograd/base/compatibility.h"
#include "autograd/base/shape.h"

namespace xgrad {

void print_field(std::ostream& stream, bool option) {
  if (imitates_libtorch()) stream << std::boolalpha;  // which its modules leave behind
  stream << (option ? "true" : "false");
}
void print_field(std::ostream& stream, std::int64_t option) { stream << option; }
void print_field(std::ostream& stream, double option) { stream << option; }
void print_field(std::ostream& stream, const std::string& option) { stream << option; }
void print_field(std::ostream& stream, const std::tuple<double, double>& option) {
  stream << '(' << std::get<0>(option) << ", " << std::get<1>(option) << ')';
}
void print_field(std::ostream& stream, const std::vector<std::int64_t>& option) { stream << to_string(IntArrayRef(option)); }
void print_field(std::ostream& stream, const Tensor& option) { stream << option; }

Value value_of_field(bool option) { return option; }
Value value_of_field(std::int64_t option) { return option; }
Value value_of_field(double option) { return option; }
Value value_of_field(const std::string& option) { return option; }
Value value_of_field(const std::tuple<double, double>& option) {
  return Value::tuple({std::get<0>(option), std::get<1>(option)});
}
Value value_of_field(const std::vector<std::int64_t>& option) { return Value::List(option.begin(), option.end()); }
Value value_of_field(const Tensor& option) { return option.defined() ? Value(option) : Value(); }

void read_field(const Value& value, bool& option) { option = value.to_bool(); }
void read_field(const Value& value, std::int64_t& option) { option = value.to_int(); }
void read_field(const Value& value, double& option) { option = value.to_double(); }
void read_field(const Value& value, std::string& option) { option = value.to_string(); }
void read_field(const Value& value, std::tuple<double, double>& option) {
  option = {value.at(0).to_double(), value.at(1).to_double()};
}
void read_field(const Value& value, std::vector<std::int64_t>& option) {
  std::vector<std::int64_t> numbers;
  for (const Value& number : value.list()) numbers.push_back(number.to_int());
  option = std::move(numbers);
}
void read_field(const Value& value, Tensor& option) { option = value.is_none() ? Tensor() : value.to_tensor(); }

namespace detail {

void print_field_name(std::ostream& stream, const char* separator, const char* name) {
  stream << separator;
  if (name != nullptr) stream << name << '=';
}

void print_text(std::ostream& stream, std::string_view text) { stream << text; }

bool same_field(const Tensor& a, const Tensor& b) {
  if (!a.defined() || !b.defined()) return a.defined() == b.defined();
  return a.dtype() == b.dtype() && a.sizes() == b.sizes() && a.equal(b);
}

}  // namespace detail

}  // namespace xgrad
