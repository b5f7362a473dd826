#include "optim/param_state.h"

#include <charconv>

#include "autograd/base/error.h"
#include "autograd/ops/comparison.h"

namespace xgrad::optim {

namespace detail {

bool same_tensors(const Tensor& a, const Tensor& b) {
  if (!a.defined() || !b.defined()) return a.defined() == b.defined();
  return a.dtype() == b.dtype() && equal(a, b);
}

}  // namespace detail

void OptimizerParamState::serialize(serialize::InputArchive& /*archive*/) {
  throw ValueError("OptimizerParamState::serialize: the class does not read its state from archives");
}

void OptimizerParamState::serialize(serialize::OutputArchive& /*archive*/) const {
  throw ValueError("OptimizerParamState::serialize: the class does not write its state to archives");
}

ParamKey::ParamKey(const std::string& parameter) {
  std::uintptr_t address = 0;
  const char* end = parameter.data() + parameter.size();
  const char* digits = parameter.starts_with("0x") ? parameter.data() + 2 : end;
  const auto [last, error] = std::from_chars(digits, end, address, 16);
  if (error != std::errc() || last != end) {
    throw ValueError("Optimizer::state: expected the address of a tensor as the key, got \"" + parameter + "\"");
  }
  parameter_ = reinterpret_cast<const void*>(address);
}

}  // namespace xgrad::optim
