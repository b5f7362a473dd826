/// Linear and Bilinear, and the layers without parameters that reshape.
#pragma once

#include <utility>
#include <vector>

#include "autograd/base/arg.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

/// Options of Linear.
struct LinearOptions {
  /// With the other options at their defaults.
  LinearOptions(std::int64_t in_features, std::int64_t out_features)
      : in_features_(in_features), out_features_(out_features) {}
  /// Features of the input.
  XGRAD_ARG(std::int64_t, in_features);
  /// Features of the output.
  XGRAD_ARG(std::int64_t, out_features);
  /// Whether a bias is added.
  XGRAD_ARG(bool, bias) = true;
};

/// y = x W^T + b over the last dimension: (..., in_features) -> (..., out_features). Parameters `weight` (out, in) and `bias`
/// (out) start uniform on [-1/sqrt(in), 1/sqrt(in)]. Throws ValueError for negative sizes.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Linear.html
class LinearImpl : public Cloneable<LinearImpl> {
 public:
  /// With the other options at their defaults.
  LinearImpl(std::int64_t in_features, std::int64_t out_features) : LinearImpl(LinearOptions(in_features, out_features)) {}
  /// From its options.
  explicit LinearImpl(const LinearOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  /// See the class for the shapes.
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
  /// With the other options at their defaults.
  BilinearOptions(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features)
      : in1_features_(in1_features), in2_features_(in2_features), out_features_(out_features) {}
  /// Features of the first input.
  XGRAD_ARG(std::int64_t, in1_features);
  /// Features of the second input.
  XGRAD_ARG(std::int64_t, in2_features);
  /// Features of the output.
  XGRAD_ARG(std::int64_t, out_features);
  /// Whether a bias is added.
  XGRAD_ARG(bool, bias) = true;
};

/// y_k = x1^T W_k x2 + b_k over the last dimensions: (..., in1), (..., in2) -> (..., out). Parameters `weight`
/// (out, in1, in2) and `bias` (out) start uniform on [-1/sqrt(in1), 1/sqrt(in1)]. Throws ValueError for sizes that are not
/// positive, ShapeError. https://pytorch.org/docs/1.13/generated/torch.nn.Bilinear.html
class BilinearImpl : public Cloneable<BilinearImpl> {
 public:
  /// With the other options at their defaults.
  BilinearImpl(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features)
      : BilinearImpl(BilinearOptions(in1_features, in2_features, out_features)) {}
  /// From its options.
  explicit BilinearImpl(const BilinearOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  /// See the class for the shapes.
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
  /// From its options.
  explicit FlattenImpl(const FlattenOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// See the class for the shapes.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  FlattenOptions options;
};
XGRAD_MODULE(Flatten);

/// Options of Unflatten.
struct UnflattenOptions {
  /// The dimension, and what it is split into.
  UnflattenOptions(std::int64_t dim, std::vector<std::int64_t> sizes) : dim_(dim), sizes_(std::move(sizes)) {}
  /// The dimension that is split.
  XGRAD_ARG(std::int64_t, dim);
  /// What it is split into; one size may be -1.
  XGRAD_ARG(std::vector<std::int64_t>, sizes);
};

/// Splits one dimension into several: Flatten undone. Throws IndexError for a dimension out of range, ShapeError for sizes that
/// do not fit, ValueError for no sizes. https://pytorch.org/docs/1.13/generated/torch.nn.Unflatten.html
struct UnflattenImpl : Cloneable<UnflattenImpl> {
  /// The dimension, and what it is split into.
  UnflattenImpl(std::int64_t dim, std::vector<std::int64_t> sizes)
      : UnflattenImpl(UnflattenOptions(dim, std::move(sizes))) {}
  /// From its options.
  explicit UnflattenImpl(const UnflattenOptions& options_);
  void reset() override {}
  /// A view, or a copy where the memory does not allow it.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  UnflattenOptions options;
};
XGRAD_MODULE(Unflatten);

/// Returns its input.
struct IdentityImpl : Cloneable<IdentityImpl> {
  void reset() override {}
  /// See the class for the shapes.
  Tensor forward(const Tensor& x) const { return x; }
};
XGRAD_MODULE(Identity);

}  // namespace xgrad::nn
