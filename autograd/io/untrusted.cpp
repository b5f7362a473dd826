#include "autograd/io/untrusted.h"

#include "autograd/base/json.h"

namespace xgrad::detail {

std::string quote_name(const std::string& name) {
  constexpr std::size_t longest = 100;
  return quote_json(name.size() > longest ? name.substr(0, longest) + "..." : name, NotUtf8::replace, true);
}

}  // namespace xgrad::detail
