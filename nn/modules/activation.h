/// Activations as modules. Formulas, shapes and errors of each: the function of its name in autograd/ops/pointwise.h and
/// activation.h. https://pytorch.org/docs/1.13/nn.html#non-linear-activations-weighted-sum-nonlinearity
///
/// With the option `inplace`, x itself is changed and returned. It is set by a bool alone: a number might be meant for a
/// slope.
#pragma once

#include <string>

#include "autograd/base/arg.h"
#include "autograd/base/only.h"
#include "nn/layer.h"

namespace xgrad::nn {

struct ReLUOptions {
  ReLUOptions() = default;
  ReLUOptions(IsBool auto inplace) : inplace_(inplace) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(bool, inplace) = false;
  XGRAD_FIELDS(unless(inplace, false));
};

/// max(0, x)
struct ReLUImpl : Layer<ReLUImpl, ReLUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(ReLU);

/// x limited to [0, 6]
struct ReLU6Impl : Layer<ReLU6Impl, ReLUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(ReLU6);
using ReLU6Options = ReLUOptions;

struct LeakyReLUOptions {
  LeakyReLUOptions(double negative_slope = 1e-2) : negative_slope_(negative_slope) {}  // NOLINT(google-explicit-constructor)
  LeakyReLUOptions(IsBool auto negative_slope) = delete;
  XGRAD_ARG(double, negative_slope);  ///< the slope below 0
  XGRAD_ARG(bool, inplace) = false;
  XGRAD_FIELDS(shown(negative_slope), unless(inplace, false));
};

/// x where x > 0, else negative_slope * x
struct LeakyReLUImpl : Layer<LeakyReLUImpl, LeakyReLUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(LeakyReLU);

struct RReLUOptions {
  XGRAD_ARG(double, lower) = 1.0 / 8;  ///< the least slope
  XGRAD_ARG(double, upper) = 1.0 / 3;  ///< the largest slope
  XGRAD_ARG(bool, inplace) = false;
  XGRAD_FIELDS(shown(lower), shown(upper), unless(inplace, false));
  void validate(const std::string& module) const;
};

/// leaky_relu with slopes drawn at random while training; see xgrad::rrelu. Throws ValueError unless lower <= upper.
struct RReLUImpl : Layer<RReLUImpl, RReLUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(RReLU);

struct ELUOptions {
  ELUOptions(double alpha = 1) : alpha_(alpha) {}  // NOLINT(google-explicit-constructor)
  ELUOptions(IsBool auto alpha) = delete;
  XGRAD_ARG(double, alpha);  ///< what the exponential is multiplied by
  XGRAD_ARG(bool, inplace) = false;
  XGRAD_FIELDS(shown(alpha), unless(inplace, false));
};

/// x where x > 0, else alpha * (e^x - 1)
struct ELUImpl : Layer<ELUImpl, ELUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(ELU);

/// See xgrad::selu.
struct SELUImpl : Layer<SELUImpl, ReLUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(SELU);
using SELUOptions = ReLUOptions;

/// x where x > 0, else alpha * (e^(x / alpha) - 1)
struct CELUImpl : Layer<CELUImpl, ELUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(CELU);
using CELUOptions = ELUOptions;

struct GELUOptions {
  XGRAD_ARG(std::string, approximate) = "none";  ///< "none" or "tanh"
  XGRAD_FIELDS(unless(approximate, "none"));
  void validate(const std::string& module) const;
};

/// x * Phi(x), or its approximation by tanh. Throws ValueError for another approximation.
struct GELUImpl : Layer<GELUImpl, GELUOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(GELU);

/// x * sigmoid(x)
struct SiLUImpl : Layer<SiLUImpl> {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(SiLU);

/// x * tanh(log(1 + e^x))
struct MishImpl : Layer<MishImpl> {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Mish);

/// 1 / (1 + e^-x)
struct SigmoidImpl : Layer<SigmoidImpl> {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Sigmoid);

/// log(sigmoid(x))
struct LogSigmoidImpl : Layer<LogSigmoidImpl> {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(LogSigmoid);

struct SoftplusOptions {
  XGRAD_ARG(double, beta) = 1;        ///< how steep it is
  XGRAD_ARG(double, threshold) = 20;  ///< where it becomes x
  XGRAD_FIELDS(shown(beta), shown(threshold));
};

/// log(1 + e^(beta x)) / beta; x itself where beta x > threshold
struct SoftplusImpl : Layer<SoftplusImpl, SoftplusOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Softplus);

/// tanh(x)
struct TanhImpl : Layer<TanhImpl> {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Tanh);

/// x - tanh(x)
struct TanhshrinkImpl : Layer<TanhshrinkImpl> {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Tanhshrink);

struct HardtanhOptions {
  XGRAD_ARG(double, min_val) = -1;  ///< the least value
  XGRAD_ARG(double, max_val) = 1;   ///< the largest value
  XGRAD_ARG(bool, inplace) = false;
  XGRAD_FIELDS(shown(min_val), shown(max_val), unless(inplace, false));
  void validate(const std::string& module) const;
};

/// x limited to [min_val, max_val]. Throws ValueError unless min_val < max_val.
struct HardtanhImpl : Layer<HardtanhImpl, HardtanhOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Hardtanh);

struct HardshrinkOptions {
  HardshrinkOptions(double lambda = 0.5) : lambda_(lambda) {}  // NOLINT(google-explicit-constructor)
  HardshrinkOptions(IsBool auto lambda) = delete;
  XGRAD_ARG(double, lambda);  ///< the bound
  XGRAD_FIELDS(bare(lambda));
};

/// 0 within [-lambda, lambda], else x
struct HardshrinkImpl : Layer<HardshrinkImpl, HardshrinkOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Hardshrink);

struct SoftshrinkOptions {
  SoftshrinkOptions(double lambda = 0.5) : lambda_(lambda) {}  // NOLINT(google-explicit-constructor)
  SoftshrinkOptions(IsBool auto lambda) = delete;
  XGRAD_ARG(double, lambda);  ///< the bound, not negative
  XGRAD_FIELDS(bare(lambda));
  void validate(const std::string& module) const;
};

/// 0 within [-lambda, lambda], else x moved towards 0 by lambda
struct SoftshrinkImpl : Layer<SoftshrinkImpl, SoftshrinkOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Softshrink);

/// x / (1 + |x|)
struct SoftsignImpl : Layer<SoftsignImpl> {
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Softsign);

struct ThresholdOptions {
  ThresholdOptions(OnlyReal threshold, OnlyReal value) : threshold_(threshold), value_(value) {}
  XGRAD_ARG(double, threshold);  ///< what x is compared with
  XGRAD_ARG(double, value);      ///< what replaces it
  XGRAD_ARG(bool, inplace) = false;
  XGRAD_FIELDS(shown(threshold), shown(value), unless(inplace, false));
};

/// x where x > threshold, else value
struct ThresholdImpl : Layer<ThresholdImpl, ThresholdOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Threshold);

struct PReLUOptions {
  PReLUOptions(std::int64_t num_parameters = 1) : num_parameters_(num_parameters) {}  // NOLINT(google-explicit-constructor)
  PReLUOptions(IsBool auto num_parameters) = delete;
  XGRAD_ARG(std::int64_t, num_parameters);  ///< one weight for all, or the number of channels (dimension 1)
  XGRAD_ARG(double, init) = 0.25;           ///< what the weights start with
  XGRAD_FIELDS(shown(num_parameters), kept(init));
  void validate(const std::string& module) const;
};

/// x where x > 0, else weight * x, with the parameter `weight` (num_parameters). Throws ValueError for no parameter.
struct PReLUImpl : Layer<PReLUImpl, PReLUOptions> {
  explicit PReLUImpl(const PReLUOptions& options_ = {});
  void reset() override;
  Tensor forward(const Tensor& x) const;
  Tensor weight;  ///< (num_parameters)
};
XGRAD_MODULE(PReLU);

}  // namespace xgrad::nn
