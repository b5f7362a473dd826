#pragma once

#include "autograd/tensor/arg.h"
#include "nn/module.h"

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
class LinearImpl : public Module {
 public:
  LinearImpl(std::int64_t in_features, std::int64_t out_features) : LinearImpl(LinearOptions(in_features, out_features)) {}
  explicit LinearImpl(const LinearOptions& options);

  void reset_parameters();
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;

  LinearOptions options;
  Tensor weight;
  Tensor bias;
};
XGRAD_MODULE(Linear);

}  // namespace xgrad::nn
