#include "nn/functional/pooling.h"

#include "autograd/base/check.h"
#include "autograd/ops/pooling.h"

namespace xgrad::nn::functional {

Tensor max_pool1d(const Tensor& x, const MaxPool1dFuncOptions& options) {
  return std::get<0>(max_pool1d_with_indices(x, options));
}

std::tuple<Tensor, Tensor> max_pool1d_with_indices(const Tensor& x, const MaxPool1dFuncOptions& options) {
  return xgrad::max_pool1d_with_indices(x, options.kernel_size(), options.stride(), options.padding(), options.dilation(),
                                        options.ceil_mode());
}

Tensor max_unpool1d(const Tensor& x, const Tensor& indices, const MaxUnpool1dFuncOptions& options) {
  check<ShapeError>(x.dim() == 3 || x.dim() == 2,
                    "max_unpool1d: expected an input (batch, channels, time) or (channels, time), got {}", x.sizes());
  const std::int64_t stride = options.stride()->front();
  const std::int64_t least = (x.size(-1) - 1) * stride - 2 * options.padding()->front() + options.kernel_size()->front();
  std::int64_t length = least;
  if (options.output_size()) {
    const auto& size = *options.output_size();
    check<ValueError>(!size.empty() && size.back() > least - stride && size.back() < least + stride,
                      "max_unpool1d: an output size {}, expected a time between {} and {}", IntArrayRef(size),
                      least - stride, least + stride);
    length = size.back();
  }
  return xgrad::max_unpool1d(x, indices, length);
}

Tensor avg_pool1d(const Tensor& x, const AvgPool1dFuncOptions& options) {
  return xgrad::avg_pool1d(x, options.kernel_size(), options.stride(), options.padding(), options.ceil_mode(),
                           options.count_include_pad());
}

Tensor lp_pool1d(const Tensor& x, const LPPool1dFuncOptions& options) {
  return xgrad::lp_pool1d(x, options.norm_type(), options.kernel_size(), options.stride(), options.ceil_mode());
}

Tensor adaptive_avg_pool1d(const Tensor& x, const AdaptiveAvgPool1dFuncOptions& options) {
  return xgrad::adaptive_avg_pool1d(x, options.output_size());
}

Tensor adaptive_max_pool1d(const Tensor& x, const AdaptiveMaxPool1dFuncOptions& options) {
  return std::get<0>(adaptive_max_pool1d_with_indices(x, options));
}

std::tuple<Tensor, Tensor> adaptive_max_pool1d_with_indices(const Tensor& x, const AdaptiveMaxPool1dFuncOptions& options) {
  return xgrad::adaptive_max_pool1d(x, options.output_size());
}

}  // namespace xgrad::nn::functional
