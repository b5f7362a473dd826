/// Programs written for libtorch's C++ frontend, built against xgrad: `torch::`, `at::` and `c10::` mean `xgrad::`.
///
/// Link to xgrad::torch_compat, which puts this folder on the include path. What libtorch has and xgrad has not (other devices
/// than the CPU, convolution, TorchScript, quantisation, sparse tensors) does not compile, and says why.
#pragma once

#include <xgrad/xgrad.h>

#include "torch/ivalue.h"
#include "torch/unsupported.h"

namespace torch = xgrad;
namespace at = xgrad;
namespace c10 = xgrad;

namespace xgrad {

template <class T>
using optional = std::optional<T>;
using std::nullopt;
using std::nullopt_t;

namespace torch_compat {
/// Set before main: modules print as libtorch prints them.
inline const bool prints_as_libtorch = (nn::use_libtorch_names(), true);
}  // namespace torch_compat

/// There are no other devices than the CPU.
namespace cuda {
inline bool is_available() { return false; }
inline bool cudnn_is_available() { return false; }
inline std::size_t device_count() { return 0; }
}  // namespace cuda

}  // namespace xgrad

#define TORCH_MODULE(Name) XGRAD_MODULE(Name)
#define TORCH_MODULE_IMPL(Name, Impl) XGRAD_MODULE_IMPL(Name, Impl)
#define TORCH_ARG(Type, name) XGRAD_ARG(Type, name)
#define RECORD_FUNCTION(name, ...) const ::xgrad::autograd::profiler::RecordFunction record_function_guard(name)

/// Throws c10::Error with the message, of parts that print, unless the condition holds.
#define TORCH_CHECK(condition, ...)                                                                       \
  do {                                                                                                    \
    if (!(condition)) throw ::xgrad::Error(::xgrad::torch_compat::message_of(#condition, ##__VA_ARGS__)); \
  } while (false)
#define TORCH_INTERNAL_ASSERT(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
