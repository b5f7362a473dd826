/// How modules with an `inplace` option run. For .cpp files of modules.
#pragma once

#include "autograd/graph/record.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"

namespace xgrad::nn::detail {

/// function(x), or x itself with the result written into it.
template <class Function>
Tensor in_place_or_not(const char* operation, bool in_place, const Tensor& x, const Function& function) {
  if (!in_place) return function(x);
  Tensor target = x;
  const Tensor start = must_record({x}) ? xgrad::clone(x) : x;  // the gradient may ask for the values before
  return write_in_place(operation, target, function(start));
}

}  // namespace xgrad::nn::detail
