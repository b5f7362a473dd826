#include "autograd/io/value.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "autograd/base/check.h"

namespace xgrad::io {
namespace {

constexpr std::size_t longest_text = 1000;

/// A text as Python quotes it, roughly: control characters are escaped.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result + "'";
}

/// What is there, in a word or two.
std::string describe(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::none: return "None";
    case Value::Kind::boolean: return "a bool";
    case Value::Kind::integer: return "an integer";
    case Value::Kind::real: return "a real number";
    case Value::Kind::string: return "text";
    case Value::Kind::tensor: {
      const Tensor& tensor = value.to_tensor();
      return tensor.defined() ? fmt::format("a tensor {}{}", tensor.dtype(), tensor.sizes()) : "an undefined tensor";
    }
    case Value::Kind::list: return fmt::format("a list of {}", value.size());
    case Value::Kind::tuple: return fmt::format("a tuple of {}", value.size());
    default: return fmt::format("a dictionary of {}", value.size());
  }
}

/// As Python prints it: 1.0, 0.5, inf.
std::string repr_of(double number) {
  const std::string text = fmt::format("{}", number);
  return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

/// Adds the printed form of `value` to `text`, until that is long enough.
void print(const Value& value, std::string& text) {
  if (text.size() > longest_text) return;
  const auto print_list = [&](const char* open, const char* close) {
    text += open;
    const char* separator = "";
    for (const Value& element : value.list()) {
      if (text.size() > longest_text) break;
      text += separator;
      print(element, text);
      separator = ", ";
    }
    text += close;
  };
  switch (value.kind()) {
    case Value::Kind::none: text += "None"; break;
    case Value::Kind::boolean: text += value.to_bool() ? "True" : "False"; break;
    case Value::Kind::integer: text += fmt::format("{}", value.to_int()); break;
    case Value::Kind::real: text += repr_of(value.to_double()); break;
    case Value::Kind::string: text += quoted(value.to_string().substr(0, longest_text)); break;
    case Value::Kind::tensor: {
      const Tensor& tensor = value.to_tensor();
      text += tensor.defined() ? fmt::format("{}{}", tensor.dtype(), tensor.sizes()) : "undefined";
      break;
    }
    case Value::Kind::list: print_list("[", "]"); break;
    case Value::Kind::tuple: print_list("(", value.size() == 1 ? ",)" : ")"); break;
    case Value::Kind::dict: {
      text += "{";
      const char* separator = "";
      for (const auto& [key, item] : value.dict()) {
        if (text.size() > longest_text) break;
        text += separator + key.repr() + ": ";
        print(item, text);
        separator = ", ";
      }
      text += "}";
    }
  }
}

}  // namespace

const std::string& Value::Key::string() const {
  check<TypeError>(is_string(), "Value: expected a key that is a text, got {}", repr());
  return std::get<std::string>(key_);
}

std::int64_t Value::Key::number() const {
  check<TypeError>(!is_string(), "Value: expected a key that is an integer, got {}", repr());
  return std::get<std::int64_t>(key_);
}

std::string Value::Key::repr() const {
  return is_string() ? quoted(std::get<std::string>(key_)) : std::to_string(std::get<std::int64_t>(key_));
}

Value::Dict::Dict() = default;
Value::Dict::Dict(const Dict& other) {
  for (const Item& item : other) (*this)[item.key] = item.value;
}
Value::Dict::Dict(Dict&& other) noexcept = default;
// What is assigned may be a part of what it is assigned to: it is taken out first.
Value::Dict& Value::Dict::operator=(const Dict& other) { return *this = Dict(other); }
Value::Dict& Value::Dict::operator=(Dict&& other) noexcept {
  Dict taken(std::move(other));
  items_.swap(taken.items_);
  index_.swap(taken.index_);
  return *this;
}
Value::Dict::~Dict() = default;

Value::Dict::Dict(std::initializer_list<Item> items) {
  for (const Item& item : items) (*this)[item.key] = item.value;
}

Value& Value::Dict::operator[](const Key& key) {
  const auto [found, is_new] = index_.emplace(key, nullptr);
  if (is_new) found->second = &items_.emplace_back(Item{key, Value()});
  return found->second->value;
}

const Value& Value::Dict::at(const Key& key) const {
  if (const Value* value = find(key)) return *value;
  constexpr std::size_t most_names = 20;
  std::string names;
  for (std::size_t i = 0; const Item& item : items_) {
    if (i++ == most_names) break;
    names += (i > 1 ? ", " : "") + item.key.repr();
  }
  if (size() > most_names) names += ", ...";
  throw IndexError(fmt::format("Value: there is no {} among the keys [{}]", key.repr(), names));
}

const Value* Value::Dict::find(const Key& key) const {
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : &found->second->value;
}

std::strong_ordering operator<=>(const Value::Key& a, const Value::Key& b) { return a.key_ <=> b.key_; }
bool operator==(const Value::Key& a, const Value::Key& b) { return a.key_ == b.key_; }

Value::Value() = default;
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) { return *this = Value(other); }
Value& Value::operator=(Value&& other) noexcept {
  Value taken(std::move(other));
  value_.swap(taken.value_);
  std::swap(tuple_, taken.tuple_);
  return *this;
}
Value::~Value() = default;

void Value::set(bool value) { value_ = value; }
void Value::set(std::int64_t value) { value_ = value; }
void Value::set(double value) { value_ = value; }

Value::Value(std::string text) : value_(std::move(text)) {}
Value::Value(const char* text) : value_(std::string(text)) {}
Value::Value(Tensor tensor) : value_(std::move(tensor)) {}
Value::Value(List elements) : value_(std::move(elements)) {}
Value::Value(Dict items) : value_(std::move(items)) {}

Value Value::tuple(List elements) {
  Value value(std::move(elements));
  value.tuple_ = true;
  return value;
}

Value::Kind Value::kind() const {
  constexpr Kind kinds[] = {Kind::none,   Kind::boolean, Kind::integer, Kind::real,
                            Kind::string, Kind::tensor,  Kind::list,    Kind::dict};
  return tuple_ ? Kind::tuple : kinds[value_.index()];
}

void Value::throw_kind(const char* expected) const {
  throw TypeError(fmt::format("Value: expected {}, got {}", expected, describe(*this)));
}

bool Value::to_bool() const {
  if (const bool* value = std::get_if<bool>(&value_)) return *value;
  throw_kind("a bool");
}

std::int64_t Value::to_int() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  const auto* tensor = std::get_if<Tensor>(&value_);
  if (tensor == nullptr || !tensor->defined() || tensor->numel() != 1) throw_kind("an integer");
  if (!tensor->is_floating_point()) return tensor->item<std::int64_t>();
  const auto real = tensor->item<double>();
  constexpr double limit = 0x1p63;
  if (!(real == std::floor(real) && real >= -limit && real < limit)) throw_kind("an integer");
  return static_cast<std::int64_t>(real);
}

double Value::to_double() const {
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
  const auto* tensor = std::get_if<Tensor>(&value_);
  if (tensor == nullptr || !tensor->defined() || tensor->numel() != 1) throw_kind("a number");
  return tensor->item<double>();
}

const std::string& Value::to_string() const {
  if (const auto* value = std::get_if<std::string>(&value_)) return *value;
  throw_kind("text");
}

const Tensor& Value::to_tensor() const {
  if (const auto* value = std::get_if<Tensor>(&value_)) return *value;
  throw_kind("a tensor");
}

const Value::List& Value::list() const {
  if (const auto* value = std::get_if<List>(&value_)) return *value;
  throw_kind("a list");
}

Value::List& Value::list() { return const_cast<List&>(std::as_const(*this).list()); }

const Value::Dict& Value::dict() const {
  if (const auto* value = std::get_if<Dict>(&value_)) return *value;
  throw_kind("a dictionary");
}

Value::Dict& Value::dict() { return const_cast<Dict&>(std::as_const(*this).dict()); }

std::size_t Value::size() const {
  if (is_dict()) return dict().size();
  if (!is_list()) throw_kind("a list or a dictionary");
  return list().size();
}

const Value& Value::at(const Key& key) const {
  if (is_dict()) return dict().at(key);
  if (!is_list() || key.is_string()) throw_kind(key.is_string() ? "a dictionary" : "a list or a dictionary");
  const std::int64_t index = key.number();
  check<IndexError>(index >= 0 && static_cast<std::uint64_t>(index) < size(), "Value: there is no element {} in {}", index,
                    describe(*this));
  return list()[static_cast<std::size_t>(index)];
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Value::Kind::tensor: {
      const Tensor& x = a.to_tensor();
      const Tensor& y = b.to_tensor();
      if (!x.defined() || !y.defined()) return x.defined() == y.defined();
      return x.dtype() == y.dtype() && x.sizes() == y.sizes() && x.equal(y);
    }
    case Value::Kind::list:
    case Value::Kind::tuple: return a.list() == b.list();
    case Value::Kind::dict:
      return a.size() == b.size() && std::all_of(a.dict().begin(), a.dict().end(), [&](const Value::Dict::Item& item) {
               const Value* other = b.dict().find(item.key);
               return other != nullptr && *other == item.value;
             });
    case Value::Kind::none: return true;
    case Value::Kind::boolean: return a.to_bool() == b.to_bool();
    case Value::Kind::integer: return a.to_int() == b.to_int();
    case Value::Kind::real: return a.to_double() == b.to_double();
    default: return a.to_string() == b.to_string();
  }
}

std::string to_string(const Value& value) {
  std::string text;
  print(value, text);
  if (text.size() > longest_text) text = text.substr(0, longest_text) + "...";
  return text;
}

std::ostream& operator<<(std::ostream& stream, const Value& value) { return stream << to_string(value); }

}  // namespace xgrad::io
