#include "autograd/base/options.h"

#include <ostream>

#include "autograd/base/check.h"

namespace xgrad {

void detail::throw_memory_format(const char* operation) {
  check<ValueError>(false, "{}: tensors are row-major: there is no memory format for images", operation);
  __builtin_unreachable();
}

std::ostream& operator<<(std::ostream& stream, const TensorOptions& options) {
  const auto origin = [](OnlyBool chosen) { return chosen ? ", " : " (default), "; };
  return stream << "TensorOptions(dtype=" << options.dtype() << origin(options.has_dtype()) << "device=" << options.device()
                << origin(options.has_device()) << "layout=" << options.layout() << origin(options.has_layout())
                << "requires_grad=" << (options.requires_grad() ? "true" : "false") << origin(options.has_requires_grad())
                << "pinned_memory=false (default), memory_format=(nullopt))";
}

}  // namespace xgrad
