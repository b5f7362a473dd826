/// Softmax and its kin as modules. Formulas, shapes and errors: autograd/ops/softmax.h and activation.h.
#pragma once

#include <cstdint>

#include "autograd/base/arg.h"
#include "nn/layer.h"

namespace xgrad::nn {

struct GLUOptions {
  GLUOptions(std::int64_t dim = -1) : dim_(dim) {}  // NOLINT(google-explicit-constructor)
  GLUOptions(IsBool auto dim) = delete;
  XGRAD_ARG(std::int64_t, dim);  ///< the dimension that is halved
  XGRAD_FIELDS(shown(dim));
};

/// a * sigmoid(b) for the halves of x along a dimension
struct GLUImpl : Layer<GLUImpl, GLUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(GLU);

struct SoftmaxOptions {
  SoftmaxOptions(std::int64_t dim) : dim_(dim) {}  // NOLINT(google-explicit-constructor)
  SoftmaxOptions(IsBool auto dim) = delete;
  XGRAD_ARG(std::int64_t, dim);  ///< the dimension that adds up to 1
  XGRAD_FIELDS(shown(dim));
};

/// e^x / sum(e^x) along a dimension
struct SoftmaxImpl : Layer<SoftmaxImpl, SoftmaxOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Softmax);

/// softmax(-x)
struct SoftminImpl : Layer<SoftminImpl, SoftmaxOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Softmin);
using SoftminOptions = SoftmaxOptions;

/// log(softmax(x))
struct LogSoftmaxImpl : Layer<LogSoftmaxImpl, SoftmaxOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(LogSoftmax);
using LogSoftmaxOptions = SoftmaxOptions;

}  // namespace xgrad::nn
