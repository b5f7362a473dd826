/// Activations as modules. Formulas, shapes and errors of each: the function of its name in autograd/ops/pointwise.h,
/// activation.h and softmax.h. https://pytorch.org/docs/1.13/nn.html#non-linear-activations-weighted-sum-nonlinearity
#pragma once

#include <string>

#include "autograd/base/arg.h"
#include "autograd/base/only_bool.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

/// Options of ReLU.
struct ReLUOptions {
  /// With the other options at their defaults.
  ReLUOptions() = default;
  /// In place or not: a bool, for a number might be meant for a slope.
  ReLUOptions(OnlyBool auto inplace) : inplace_(inplace) {}  // NOLINT(google-explicit-constructor)
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};

/// max(0, x)
struct ReLUImpl : Cloneable<ReLUImpl> {
  /// From its options.
  explicit ReLUImpl(const ReLUOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  ReLUOptions options;
};
XGRAD_MODULE(ReLU);

/// Options of ReLU6.
struct ReLU6Options {
  /// With the other options at their defaults.
  ReLU6Options() = default;
  /// In place or not: a bool, for a number might be meant for a slope.
  ReLU6Options(OnlyBool auto inplace) : inplace_(inplace) {}  // NOLINT(google-explicit-constructor)
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};

/// x limited to [0, 6]
struct ReLU6Impl : Cloneable<ReLU6Impl> {
  /// From its options.
  explicit ReLU6Impl(const ReLU6Options& options_ = {}) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  ReLU6Options options;
};
XGRAD_MODULE(ReLU6);

/// Options of LeakyReLU.
struct LeakyReLUOptions {
  /// With the other options at their defaults.
  LeakyReLUOptions(double negative_slope = 1e-2) : negative_slope_(negative_slope) {}  // NOLINT(google-explicit-constructor)
  /// The slope below 0.
  XGRAD_ARG(double, negative_slope);
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};

/// x where x > 0, else negative_slope * x
struct LeakyReLUImpl : Cloneable<LeakyReLUImpl> {
  /// From its options.
  explicit LeakyReLUImpl(const LeakyReLUOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  LeakyReLUOptions options;
};
XGRAD_MODULE(LeakyReLU);

/// Options of RReLU.
struct RReLUOptions {
  /// The least slope.
  XGRAD_ARG(double, lower) = 1.0 / 8;
  /// The largest slope.
  XGRAD_ARG(double, upper) = 1.0 / 3;
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};

/// leaky_relu with slopes drawn at random while training; see xgrad::rrelu. Throws ValueError unless lower <= upper.
struct RReLUImpl : Cloneable<RReLUImpl> {
  /// From its options.
  explicit RReLUImpl(const RReLUOptions& options_ = {});
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  RReLUOptions options;
};
XGRAD_MODULE(RReLU);

/// Options of ELU.
struct ELUOptions {
  /// With the other options at their defaults.
  ELUOptions(double alpha = 1) : alpha_(alpha) {}  // NOLINT(google-explicit-constructor)
  /// What the exponential is multiplied by.
  XGRAD_ARG(double, alpha);
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};

/// x where x > 0, else alpha * (e^x - 1)
struct ELUImpl : Cloneable<ELUImpl> {
  /// From its options.
  explicit ELUImpl(const ELUOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  ELUOptions options;
};
XGRAD_MODULE(ELU);

/// Options of SELU.
struct SELUOptions {
  /// With the other options at their defaults.
  SELUOptions() = default;
  /// In place or not: a bool, for a number might be meant for a slope.
  SELUOptions(OnlyBool auto inplace) : inplace_(inplace) {}  // NOLINT(google-explicit-constructor)
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};

/// See xgrad::selu.
struct SELUImpl : Cloneable<SELUImpl> {
  /// From its options.
  explicit SELUImpl(const SELUOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  SELUOptions options;
};
XGRAD_MODULE(SELU);

/// Options of CELU.
struct CELUOptions {
  /// With the other options at their defaults.
  CELUOptions(double alpha = 1) : alpha_(alpha) {}  // NOLINT(google-explicit-constructor)
  /// Where the exponential ends.
  XGRAD_ARG(double, alpha);
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};

/// x where x > 0, else alpha * (e^(x / alpha) - 1)
struct CELUImpl : Cloneable<CELUImpl> {
  /// From its options.
  explicit CELUImpl(const CELUOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  CELUOptions options;
};
XGRAD_MODULE(CELU);

/// Options of GELU.
struct GELUOptions {
  /// "none" or "tanh".
  XGRAD_ARG(std::string, approximate) = "none";
};

/// x * Phi(x), or its approximation by tanh. Throws ValueError for another approximation.
struct GELUImpl : Cloneable<GELUImpl> {
  /// From its options.
  explicit GELUImpl(const GELUOptions& options_ = {});
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  GELUOptions options;
};
XGRAD_MODULE(GELU);

/// x * sigmoid(x)
struct SiLUImpl : Cloneable<SiLUImpl> {
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(SiLU);

/// x * tanh(log(1 + e^x))
struct MishImpl : Cloneable<MishImpl> {
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Mish);

/// 1 / (1 + e^-x)
struct SigmoidImpl : Cloneable<SigmoidImpl> {
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Sigmoid);

/// log(sigmoid(x))
struct LogSigmoidImpl : Cloneable<LogSigmoidImpl> {
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(LogSigmoid);

/// Options of Softplus.
struct SoftplusOptions {
  /// How steep it is.
  XGRAD_ARG(double, beta) = 1;
  /// Where it becomes x.
  XGRAD_ARG(double, threshold) = 20;
};

/// log(1 + e^(beta x)) / beta; x itself where beta x > threshold
struct SoftplusImpl : Cloneable<SoftplusImpl> {
  /// From its options.
  explicit SoftplusImpl(const SoftplusOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  SoftplusOptions options;
};
XGRAD_MODULE(Softplus);

/// tanh(x)
struct TanhImpl : Cloneable<TanhImpl> {
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Tanh);

/// x - tanh(x)
struct TanhshrinkImpl : Cloneable<TanhshrinkImpl> {
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Tanhshrink);

/// Options of Hardtanh.
struct HardtanhOptions {
  /// The least value.
  XGRAD_ARG(double, min_val) = -1;
  /// The largest value.
  XGRAD_ARG(double, max_val) = 1;
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};

/// x limited to [min_val, max_val]. Throws ValueError unless min_val < max_val.
struct HardtanhImpl : Cloneable<HardtanhImpl> {
  /// From its options.
  explicit HardtanhImpl(const HardtanhOptions& options_ = {});
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  HardtanhOptions options;
};
XGRAD_MODULE(Hardtanh);

/// Options of Hardshrink.
struct HardshrinkOptions {
  /// With the other options at their defaults.
  HardshrinkOptions(double lambda = 0.5) : lambda_(lambda) {}  // NOLINT(google-explicit-constructor)
  /// The bound.
  XGRAD_ARG(double, lambda);
};

/// 0 within [-lambda, lambda], else x
struct HardshrinkImpl : Cloneable<HardshrinkImpl> {
  /// From its options.
  explicit HardshrinkImpl(const HardshrinkOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  HardshrinkOptions options;
};
XGRAD_MODULE(Hardshrink);

/// Options of Softshrink.
struct SoftshrinkOptions {
  /// With the other options at their defaults.
  SoftshrinkOptions(double lambda = 0.5) : lambda_(lambda) {}  // NOLINT(google-explicit-constructor)
  /// The bound, not negative.
  XGRAD_ARG(double, lambda);
};

/// 0 within [-lambda, lambda], else x moved towards 0 by lambda
struct SoftshrinkImpl : Cloneable<SoftshrinkImpl> {
  /// From its options.
  explicit SoftshrinkImpl(const SoftshrinkOptions& options_ = {});
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  SoftshrinkOptions options;
};
XGRAD_MODULE(Softshrink);

/// x / (1 + |x|)
struct SoftsignImpl : Cloneable<SoftsignImpl> {
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Softsign);

/// Options of Threshold.
struct ThresholdOptions {
  /// With the other options at their defaults.
  ThresholdOptions(double threshold, double value) : threshold_(threshold), value_(value) {}
  /// What x is compared with.
  XGRAD_ARG(double, threshold);
  /// What replaces it.
  XGRAD_ARG(double, value);
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};

/// x where x > threshold, else value
struct ThresholdImpl : Cloneable<ThresholdImpl> {
  /// From its options.
  explicit ThresholdImpl(const ThresholdOptions& options_) : options(options_) {}
  /// With the other options at their defaults.
  ThresholdImpl(double threshold, double value) : ThresholdImpl(ThresholdOptions(threshold, value)) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  ThresholdOptions options;
};
XGRAD_MODULE(Threshold);

/// Options of GLU.
struct GLUOptions {
  /// With the other options at their defaults.
  GLUOptions(std::int64_t dim = -1) : dim_(dim) {}  // NOLINT(google-explicit-constructor)
  /// The dimension that is halved.
  XGRAD_ARG(std::int64_t, dim);
};

/// a * sigmoid(b) for the halves of x along a dimension
struct GLUImpl : Cloneable<GLUImpl> {
  /// From its options.
  explicit GLUImpl(const GLUOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  GLUOptions options;
};
XGRAD_MODULE(GLU);

/// Options of Softmax.
struct SoftmaxOptions {
  /// With the other options at their defaults.
  SoftmaxOptions(std::int64_t dim) : dim_(dim) {}  // NOLINT(google-explicit-constructor)
  /// The dimension that adds up to 1.
  XGRAD_ARG(std::int64_t, dim);
};

/// e^x / sum(e^x) along a dimension
struct SoftmaxImpl : Cloneable<SoftmaxImpl> {
  /// From its options.
  explicit SoftmaxImpl(const SoftmaxOptions& options_) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  SoftmaxOptions options;
};
XGRAD_MODULE(Softmax);

/// Options of Softmin.
struct SoftminOptions {
  /// With the other options at their defaults.
  SoftminOptions(std::int64_t dim) : dim_(dim) {}  // NOLINT(google-explicit-constructor)
  /// The dimension that adds up to 1.
  XGRAD_ARG(std::int64_t, dim);
};

/// softmax(-x)
struct SoftminImpl : Cloneable<SoftminImpl> {
  /// From its options.
  explicit SoftminImpl(const SoftminOptions& options_) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  SoftminOptions options;
};
XGRAD_MODULE(Softmin);

/// Options of LogSoftmax.
struct LogSoftmaxOptions {
  /// With the other options at their defaults.
  LogSoftmaxOptions(std::int64_t dim) : dim_(dim) {}  // NOLINT(google-explicit-constructor)
  /// The dimension whose exponentials add up to 1.
  XGRAD_ARG(std::int64_t, dim);
};

/// log(softmax(x))
struct LogSoftmaxImpl : Cloneable<LogSoftmaxImpl> {
  /// From its options.
  explicit LogSoftmaxImpl(const LogSoftmaxOptions& options_) : options(options_) {}
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  LogSoftmaxOptions options;
};
XGRAD_MODULE(LogSoftmax);

/// Options of PReLU.
struct PReLUOptions {
  /// With the other options at their defaults.
  PReLUOptions(std::int64_t num_parameters = 1) : num_parameters_(num_parameters) {}  // NOLINT(google-explicit-constructor)
  /// One weight for all, or the number of channels (dimension 1).
  XGRAD_ARG(std::int64_t, num_parameters);
  /// What the weights start with.
  XGRAD_ARG(double, init) = 0.25;
};

/// x where x > 0, else weight * x, with the parameter `weight` (num_parameters). Throws ValueError for no parameter.
class PReLUImpl : public Cloneable<PReLUImpl> {
 public:
  /// From its options.
  explicit PReLUImpl(const PReLUOptions& options_ = {});
  void reset() override;
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  PReLUOptions options;
  Tensor weight;  ///< (num_parameters)
};
XGRAD_MODULE(PReLU);

}  // namespace xgrad::nn
