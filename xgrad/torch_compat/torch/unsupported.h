/// What libtorch has and xgrad has not: names that say so where a program uses them.
#pragma once

#include <sstream>
#include <string>

namespace xgrad {

namespace torch_compat {

template <class...>
inline constexpr bool never = false;

/// What TORCH_CHECK says: the parts, or the condition where there are none.
template <class... Parts>
std::string message_of(const char* condition, const Parts&... parts) {
  if constexpr (sizeof...(Parts) == 0) {
    return std::string("expected ") + condition;
  } else {
    std::ostringstream text;
    (text << ... << parts);
    return text.str();
  }
}

}  // namespace torch_compat

/// A class that may be named, but not made.
#define XGRAD_UNSUPPORTED_CLASS(Name, reason)                                           \
  struct Name {                                                                         \
    template <class... Arguments>                                                       \
    explicit Name(const Arguments&... /*arguments*/) {                                  \
      static_assert(torch_compat::never<Arguments...>, #Name ": xgrad has no " reason); \
    }                                                                                   \
  }

/// A function that may not be called.
#define XGRAD_UNSUPPORTED_FUNCTION(name, reason)                                      \
  template <class... Arguments>                                                       \
  void name(const Arguments&... /*arguments*/) {                                      \
    static_assert(torch_compat::never<Arguments...>, #name ": xgrad has no " reason); \
  }

namespace nn {
XGRAD_UNSUPPORTED_CLASS(Conv2d, "convolution: it is about sequence models");
XGRAD_UNSUPPORTED_CLASS(Conv3d, "convolution: it is about sequence models");
XGRAD_UNSUPPORTED_CLASS(ConvTranspose2d, "convolution: it is about sequence models");
XGRAD_UNSUPPORTED_CLASS(MaxPool2d, "pooling: it is about sequence models");
XGRAD_UNSUPPORTED_CLASS(AvgPool2d, "pooling: it is about sequence models");
XGRAD_UNSUPPORTED_CLASS(AdaptiveAvgPool2d, "pooling: it is about sequence models");
XGRAD_UNSUPPORTED_CLASS(BatchNorm2d, "layers for images: it is about sequence models");
}  // namespace nn

XGRAD_UNSUPPORTED_FUNCTION(conv2d, "convolution: it is about sequence models")
XGRAD_UNSUPPORTED_FUNCTION(max_pool2d, "pooling: it is about sequence models")
XGRAD_UNSUPPORTED_FUNCTION(sparse_coo_tensor, "sparse tensors")
XGRAD_UNSUPPORTED_FUNCTION(quantize_per_tensor, "quantisation")

namespace jit {
XGRAD_UNSUPPORTED_FUNCTION(load, "TorchScript: save a state_dict in Python, and load it with torch::load")
XGRAD_UNSUPPORTED_FUNCTION(compile, "TorchScript")
}  // namespace jit

#undef XGRAD_UNSUPPORTED_CLASS
#undef XGRAD_UNSUPPORTED_FUNCTION

}  // namespace xgrad
