#include "nn/modules/positional_encoding.h"

#include <cmath>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/joining.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/trigonometry.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "nn/init/init.h"

namespace xgrad::nn {

namespace {

/// place * base^(-2 pair / size), (length, size / 2), of float64.
Tensor angles(std::int64_t length, std::int64_t size, std::int64_t first, double base) {
  const Tensor place = unsqueeze(arange(first, first + length, kFloat64), 1);
  return place * exp(arange(0, size, 2, kFloat64) * (-std::log(base) / static_cast<double>(size)));
}

/// x with the rows of a table from `first` on added to its steps.
template <class Options>
Tensor add_places(const char* module, const Tensor& x, const Tensor& table, std::int64_t first, const Options& options) {
  check<ShapeError>(x.dim() == 3 && x.size(2) == options.d_model(), "{}: expected three dimensions with {} features, got {}",
                    module, options.d_model(), x.sizes());
  const std::int64_t length = x.size(options.batch_first() ? 1 : 0);
  check<ValueError>(first >= 0 && first + length <= options.max_length(), "{}: places {} to {} are beyond max_length {}",
                    module, first, first + length - 1, options.max_length());
  const Tensor rows = to(narrow(table, 0, first, length), x.dtype());
  return x + (options.batch_first() ? rows : unsqueeze(rows, 1));
}

template <class Options>
void check_places(const char* module, const Options& options) {
  check<ValueError>(options.d_model() > 0 && options.max_length() > 0,
                    "{}: d_model and max_length must be positive, got {} and {}", module, options.d_model(),
                    options.max_length());
}

}  // namespace

Tensor sinusoidal_encoding(std::int64_t length, std::int64_t size, std::int64_t first) {
  check<ValueError>(size > 0 && size % 2 == 0 && length >= 0,
                    "sinusoidal_encoding: expected an even number of features and a length, got {} and {}", size, length);
  const Tensor turned = angles(length, size, first, 10000);
  return reshape(stack({sin(turned), cos(turned)}, 2), {length, size});
}

Tensor rotary_encoding(const Tensor& x, std::int64_t first, double base, OnlyBool interleaved) {
  check<ShapeError>(x.dim() >= 2 && x.size(-1) > 0 && x.size(-1) % 2 == 0,
                    "rotary_encoding: expected (..., time, size) with an even size, got {}", x.sizes());
  check<TypeError>(x.is_floating_point(), "rotary_encoding: expected a floating-point tensor, got {}", x.dtype());
  const std::int64_t half = x.size(-1) / 2;
  const Tensor turned = angles(x.size(-2), x.size(-1), first, base);
  const Tensor cosine = to(cos(turned), x.dtype());
  const Tensor sine = to(sin(turned), x.dtype());
  const Tensor a = interleaved ? slice(x, -1, 0, std::nullopt, 2) : narrow(x, -1, 0, half);
  const Tensor b = interleaved ? slice(x, -1, 1, std::nullopt, 2) : narrow(x, -1, half, half);
  const Tensor first_of_pair = a * cosine - b * sine;
  const Tensor second_of_pair = b * cosine + a * sine;
  if (!interleaved) return cat({first_of_pair, second_of_pair}, -1);
  return reshape(stack({first_of_pair, second_of_pair}, -1), x.sizes());
}

SinusoidalPositionalEncodingImpl::SinusoidalPositionalEncodingImpl(const SinusoidalPositionalEncodingOptions& options_)
    : Layer(options_) {
  check_places("SinusoidalPositionalEncoding", options);
  table_ = sinusoidal_encoding(options.max_length(), options.d_model());
}

Tensor SinusoidalPositionalEncodingImpl::forward(const Tensor& x, std::int64_t first) const {
  return add_places("SinusoidalPositionalEncoding", x, table_, first, options);
}

LearnedPositionalEncodingImpl::LearnedPositionalEncodingImpl(std::int64_t d_model, std::int64_t max_length)
    : LearnedPositionalEncodingImpl(LearnedPositionalEncodingOptions(d_model, max_length)) {}

LearnedPositionalEncodingImpl::LearnedPositionalEncodingImpl(const LearnedPositionalEncodingOptions& options_)
    : Layer(options_) {
  check_places("LearnedPositionalEncoding", options);
  reset();
}

void LearnedPositionalEncodingImpl::reset() {
  weight = register_parameter("weight", empty({options.max_length(), options.d_model()}));
  reset_parameters();
}

void LearnedPositionalEncodingImpl::reset_parameters() { init::normal_(weight, 0, 0.02); }

Tensor LearnedPositionalEncodingImpl::forward(const Tensor& x, std::int64_t first) const {
  return add_places("LearnedPositionalEncoding", x, weight, first, options);
}

}  // namespace xgrad::nn
