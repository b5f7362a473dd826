#include "nn/modules/dropout.h"

#include <ostream>

#include "autograd/ops/activation.h"
#include "autograd/ops/loss.h"
#include "autograd/tensor/check.h"
#include "nn/modules/in_place.h"

namespace xgrad::nn {

using detail::in_place_or_not;

namespace {

void check_probability(const char* module, double p) {
  check<ValueError>(p >= 0 && p <= 1, "{}: the probability must lie in [0, 1], got {}", module, p);
}

void print(std::ostream& stream, const char* module, const DropoutOptions& options) {
  stream << module << "(p=" << options.p() << (options.inplace() ? ", inplace=true)" : ")");
}

}  // namespace

DropoutImpl::DropoutImpl(const DropoutOptions& options_) : options(options_) { check_probability("Dropout", options.p()); }
Tensor DropoutImpl::forward(const Tensor& x) const {
  return in_place_or_not("dropout_", options.inplace() && is_training(), x,
                         [&](const Tensor& v) { return dropout(v, options.p(), is_training()); });
}
void DropoutImpl::pretty_print(std::ostream& stream) const { print(stream, "Dropout", options); }

AlphaDropoutImpl::AlphaDropoutImpl(const AlphaDropoutOptions& options_) : options(options_) {
  check_probability("AlphaDropout", options.p());
}
Tensor AlphaDropoutImpl::forward(const Tensor& x) const {
  return in_place_or_not("alpha_dropout_", options.inplace() && is_training(), x,
                         [&](const Tensor& v) { return alpha_dropout(v, options.p(), is_training()); });
}
void AlphaDropoutImpl::pretty_print(std::ostream& stream) const { print(stream, "AlphaDropout", options); }

}  // namespace xgrad::nn
