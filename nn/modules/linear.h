#pragma once

#include "autograd/tensor/arg.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

struct LinearOptions {
  LinearOptions(std::int64_t in_features, std::int64_t out_features)
      : in_features_(in_features), out_features_(out_features) {}
  XGRAD_ARG(std::int64_t, in_features);
  XGRAD_ARG(std::int64_t, out_features);
  XGRAD_ARG(bool, bias) = true;
};

/// y = x W^T + b over the last dimension: (..., in_features) -> (..., out_features). Parameters `weight` (out, in) and `bias`
/// (out) start uniform on [-1/sqrt(in), 1/sqrt(in)]. Throws ValueError for negative sizes.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Linear.html
class LinearImpl : public Cloneable<LinearImpl> {
 public:
  LinearImpl(std::int64_t in_features, std::int64_t out_features) : LinearImpl(LinearOptions(in_features, out_features)) {}
  explicit LinearImpl(const LinearOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;

  /// The options that it was made with.
  LinearOptions options;
  Tensor weight;  ///< (out_features, in_features)
  Tensor bias;    ///< (out_features); undefined without bias
};
XGRAD_MODULE(Linear);

/// Options of Bilinear.
struct BilinearOptions {
  BilinearOptions(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features)
      : in1_features_(in1_features), in2_features_(in2_features), out_features_(out_features) {}
  XGRAD_ARG(std::int64_t, in1_features);
  XGRAD_ARG(std::int64_t, in2_features);
  XGRAD_ARG(std::int64_t, out_features);
  XGRAD_ARG(bool, bias) = true;
};

/// y_k = x1^T W_k x2 + b_k over the last dimensions: (..., in1), (..., in2) -> (..., out). Parameters `weight`
/// (out, in1, in2) and `bias` (out) start uniform on [-1/sqrt(in1), 1/sqrt(in1)]. Throws ValueError for sizes that are not
/// positive, ShapeError. https://pytorch.org/docs/1.13/generated/torch.nn.Bilinear.html
class BilinearImpl : public Cloneable<BilinearImpl> {
 public:
  BilinearImpl(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features)
      : BilinearImpl(BilinearOptions(in1_features, in2_features, out_features)) {}
  explicit BilinearImpl(const BilinearOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  Tensor forward(const Tensor& input1, const Tensor& input2) const;
  void pretty_print(std::ostream& stream) const override;

  /// The options that it was made with.
  BilinearOptions options;
  Tensor weight;  ///< (out_features, in1_features, in2_features)
  Tensor bias;    ///< (out_features); undefined without bias
};
XGRAD_MODULE(Bilinear);

/// Options of Flatten.
struct FlattenOptions {
  /// The first dimension to merge.
  XGRAD_ARG(std::int64_t, start_dim) = 1;
  /// The last one.
  XGRAD_ARG(std::int64_t, end_dim) = -1;
};

/// Merges dimensions start_dim to end_dim, by default all but the first. Throws IndexError for dimensions out of range.
struct FlattenImpl : Cloneable<FlattenImpl> {
  explicit FlattenImpl(const FlattenOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  FlattenOptions options;
};
XGRAD_MODULE(Flatten);

/// Returns its input.
struct IdentityImpl : Cloneable<IdentityImpl> {
  void reset() override {}
  Tensor forward(const Tensor& x) const { return x; }
};
XGRAD_MODULE(Identity);

}  // namespace xgrad::nn
