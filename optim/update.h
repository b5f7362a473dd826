/// What the algorithms share inside: a parameter's memory, written in place. For .cpp files.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad::optim {

/// Calls update(T*) on the parameter's elements in row-major order, and notes that they changed. A parameter that is not
/// contiguous is updated through a copy.
template <class Update>
void update_in_place(const char* algorithm, const Tensor& param, const Update& update) {
  Tensor target = param;
  Tensor values = param.is_contiguous() ? param : param.contiguous();
  visit_floating(param.dtype(), algorithm, [&]<class T>() { update(values.data_ptr<T>()); });
  if (values.is_same(param)) param.impl()->storage->bump_version();
  else target.copy_(values);
}

}  // namespace xgrad::optim
