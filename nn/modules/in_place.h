/// How modules with an `inplace` option run. For .cpp files of modules.
#pragma once

#include "autograd/ops/inplace.h"

namespace xgrad::nn::detail {

/// function(x), or x itself with the result written into it.
template <class Function>
Tensor in_place_or_not(const char* operation, bool in_place, const Tensor& x, const Function& function) {
  return in_place ? change_in_place(operation, x, function) : function(x);
}

}  // namespace xgrad::nn::detail
