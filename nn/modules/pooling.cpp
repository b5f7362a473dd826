#include "nn/modules/pooling.h"

#include "nn/functional/pooling.h"

namespace xgrad::nn {

Tensor MaxPool1dImpl::forward(const Tensor& x) const { return functional::max_pool1d(x, options); }
std::tuple<Tensor, Tensor> MaxPool1dImpl::forward_with_indices(const Tensor& x) const {
  return functional::max_pool1d_with_indices(x, options);
}

Tensor MaxUnpool1dImpl::forward(const Tensor& x, const Tensor& indices,
                                const std::optional<std::vector<std::int64_t>>& output_size) const {
  return functional::max_unpool1d(x, indices,
                                  functional::MaxUnpool1dFuncOptions(options.kernel_size())
                                      .stride(options.stride())
                                      .padding(options.padding())
                                      .output_size(output_size));
}

Tensor AvgPool1dImpl::forward(const Tensor& x) const { return functional::avg_pool1d(x, options); }

Tensor LPPool1dImpl::forward(const Tensor& x) const { return functional::lp_pool1d(x, options); }

Tensor AdaptiveAvgPool1dImpl::forward(const Tensor& x) const { return functional::adaptive_avg_pool1d(x, options); }

Tensor AdaptiveMaxPool1dImpl::forward(const Tensor& x) const { return functional::adaptive_max_pool1d(x, options); }
std::tuple<Tensor, Tensor> AdaptiveMaxPool1dImpl::forward_with_indices(const Tensor& x) const {
  return functional::adaptive_max_pool1d_with_indices(x, options);
}

}  // namespace xgrad::nn
