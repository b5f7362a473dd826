/// Results of dtypes that are only stored. For .cpp files of operations.
#pragma once

#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"

namespace xgrad {

/// For a result of a dtype that is only stored: runs `compute(wide result, wide operands...)` in the dtype that is computed
/// in, and rounds into `out`. False, with nothing done, for other dtypes.
template <class Compute, class... Operands>
bool computed_wide(const Tensor& out, const Compute& compute, const Operands&... operands) {
  const Dtype wide = compute_dtype(out.dtype());
  if (wide == out.dtype()) [[likely]]
    return false;
  const Tensor y = empty_as(out.sizes(), wide, out);
  compute(y, detail::converted(operands, wide)...);
  detail::copy_values(out, y);
  return true;
}

}  // namespace xgrad
