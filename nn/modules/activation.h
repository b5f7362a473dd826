/// Activations and dropout as modules. Each computes the function of its name (autograd/ops/pointwise.h, softmax.h, loss.h).
#pragma once

#include "autograd/tensor/arg.h"
#include "nn/module.h"

namespace xgrad::nn {

/// max(0, x)
struct ReLUImpl : Module {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(ReLU);

struct TanhImpl : Module {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Tanh);

struct SigmoidImpl : Module {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Sigmoid);

struct GELUImpl : Module {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(GELU);

struct SiLUImpl : Module {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(SiLU);

struct LeakyReLUOptions {
  LeakyReLUOptions() = default;
  explicit LeakyReLUOptions(double negative_slope) : negative_slope_(negative_slope) {}
  XGRAD_ARG(double, negative_slope) = 1e-2;
};

struct LeakyReLUImpl : Module {
  explicit LeakyReLUImpl(const LeakyReLUOptions& options_ = {}) : options(options_) {}
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  LeakyReLUOptions options;
};
XGRAD_MODULE(LeakyReLU);

struct SoftmaxOptions {
  SoftmaxOptions(std::int64_t dim) : dim_(dim) {}  // NOLINT(google-explicit-constructor): Softmax(1)
  XGRAD_ARG(std::int64_t, dim);
};

struct SoftmaxImpl : Module {
  explicit SoftmaxImpl(const SoftmaxOptions& options_) : options(options_) {}
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  SoftmaxOptions options;
};
XGRAD_MODULE(Softmax);

struct LogSoftmaxImpl : Module {
  explicit LogSoftmaxImpl(const SoftmaxOptions& options_) : options(options_) {}
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  SoftmaxOptions options;
};
XGRAD_MODULE(LogSoftmax);

struct DropoutOptions {
  DropoutOptions() = default;
  DropoutOptions(double p) : p_(p) {}  // NOLINT(google-explicit-constructor): Dropout(0.5)
  XGRAD_ARG(double, p) = 0.5;
};

/// While training, elements are 0 with probability p, and the others divided by 1 - p. Throws ValueError unless 0 <= p <= 1.
struct DropoutImpl : Module {
  explicit DropoutImpl(const DropoutOptions& options = {});
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  DropoutOptions options;
};
XGRAD_MODULE(Dropout);

/// Returns its input.
struct IdentityImpl : Module {
  Tensor forward(const Tensor& x) const { return x; }
};
XGRAD_MODULE(Identity);

}  // namespace xgrad::nn
