#include "nn/choice_fields.h"

#include <array>
#include <ostream>
#include <utility>

#include "autograd/base/check.h"

namespace xgrad {

namespace {

constexpr std::array<std::pair<const char*, Reduction>, 3> reductions{{{"kNone", kNone}, {"kMean", kMean}, {"kSum", kSum}}};

}  // namespace

namespace detail {

std::string choice_name(Reduction reduction) {
  for (const auto& [name, known] : reductions) {
    if (known == reduction) return name;
  }
  throw ValueError("there is no such reduction");
}

bool choose(const std::string& name, Reduction& option) {
  for (const auto& [known, reduction] : reductions) {
    if (name != known) continue;
    option = reduction;
    return true;
  }
  return false;
}

void throw_no_choice(const std::string& name) {
  throw ValueError(fmt::format("options: there is no choice named {} here", name));
}

}  // namespace detail

void print_field(std::ostream& stream, Reduction option) { stream << detail::choice_name(option); }
Value value_of_field(Reduction option) { return detail::choice_name(option); }
void read_field(const Value& value, Reduction& option) {
  if (!detail::choose(value.to_string(), option)) detail::throw_no_choice(value.to_string());
}

}  // namespace xgrad
