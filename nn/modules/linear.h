/// Linear and Bilinear, and the layers without parameters that reshape.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "autograd/base/arg.h"
#include "nn/layer.h"

namespace xgrad::nn {

struct LinearOptions {
  LinearOptions(OnlyInt in_features, OnlyInt out_features) : in_features_(in_features), out_features_(out_features) {}
  XGRAD_ARG(std::int64_t, in_features);   ///< features of the input
  XGRAD_ARG(std::int64_t, out_features);  ///< features of the output
  XGRAD_ARG(bool, bias) = true;           ///< whether a bias is added
  XGRAD_FIELDS(shown(in_features), shown(out_features), shown(bias));
};

/// y = x W^T + b over the last dimension: (..., in_features) -> (..., out_features). Parameters `weight` (out, in) and
/// `bias` (out) start uniform on [-1/sqrt(in), 1/sqrt(in)]. Throws ValueError for negative sizes.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Linear.html
struct LinearImpl : Layer<LinearImpl, LinearOptions> {
  LinearImpl(std::int64_t in_features, std::int64_t out_features);
  explicit LinearImpl(const LinearOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  Tensor forward(const Tensor& x) const;

  Tensor weight;  ///< (out_features, in_features)
  Tensor bias;    ///< (out_features); undefined without bias
};
XGRAD_MODULE(Linear);

struct BilinearOptions {
  BilinearOptions(OnlyInt in1_features, OnlyInt in2_features, OnlyInt out_features)
      : in1_features_(in1_features), in2_features_(in2_features), out_features_(out_features) {}
  XGRAD_ARG(std::int64_t, in1_features);  ///< features of the first input
  XGRAD_ARG(std::int64_t, in2_features);  ///< features of the second input
  XGRAD_ARG(std::int64_t, out_features);  ///< features of the output
  XGRAD_ARG(bool, bias) = true;           ///< whether a bias is added
  XGRAD_FIELDS(shown(in1_features), shown(in2_features), shown(out_features), shown(bias));
};

/// y_k = x1^T W_k x2 + b_k over the last dimensions: (..., in1), (..., in2) -> (..., out). Parameters `weight`
/// (out, in1, in2) and `bias` (out) start uniform on [-1/sqrt(in1), 1/sqrt(in1)]. Throws ValueError for sizes that are not
/// positive, ShapeError. https://pytorch.org/docs/1.13/generated/torch.nn.Bilinear.html
struct BilinearImpl : Layer<BilinearImpl, BilinearOptions> {
  BilinearImpl(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features);
  explicit BilinearImpl(const BilinearOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  Tensor forward(const Tensor& input1, const Tensor& input2) const;

  Tensor weight;  ///< (out_features, in1_features, in2_features)
  Tensor bias;    ///< (out_features); undefined without bias
};
XGRAD_MODULE(Bilinear);

struct FlattenOptions {
  XGRAD_ARG(std::int64_t, start_dim) = 1;  ///< the first dimension to merge
  XGRAD_ARG(std::int64_t, end_dim) = -1;   ///< the last one
  XGRAD_FIELDS(shown(start_dim), shown(end_dim));
};

/// Merges dimensions start_dim to end_dim, by default all but the first. Throws IndexError for dimensions out of range.
struct FlattenImpl : Layer<FlattenImpl, FlattenOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Flatten);

struct UnflattenOptions {
  /// The dimension, and what it is split into.
  UnflattenOptions(OnlyInt dim, std::vector<std::int64_t> sizes) : dim_(dim), sizes_(std::move(sizes)) {}
  XGRAD_ARG(std::int64_t, dim);                 ///< the dimension that is split
  XGRAD_ARG(std::vector<std::int64_t>, sizes);  ///< what it is split into; one size may be -1
  XGRAD_FIELDS(shown(dim), shown(sizes));
  void validate(const std::string& module) const;
};

/// Splits one dimension into several: Flatten undone. Throws IndexError for a dimension out of range, ShapeError for sizes
/// that do not fit, ValueError for no sizes. https://pytorch.org/docs/1.13/generated/torch.nn.Unflatten.html
struct UnflattenImpl : Layer<UnflattenImpl, UnflattenOptions> {
  using Layer::Layer;
  /// A view, or a copy where the memory does not allow it.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
};
XGRAD_MODULE(Unflatten);

/// Returns its input.
struct IdentityImpl : Layer<IdentityImpl> {
  Tensor forward(const Tensor& x) const { return x; }
};
XGRAD_MODULE(Identity);

}  // namespace xgrad::nn
