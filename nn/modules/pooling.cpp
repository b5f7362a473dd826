#include "nn/modules/pooling.h"

#include <ostream>

#include "nn/functional/pooling.h"

namespace xgrad::nn {

namespace {

const char* word(bool value) { return value ? "true" : "false"; }

}  // namespace

Tensor MaxPool1dImpl::forward(const Tensor& x) const { return functional::max_pool1d(x, options); }
std::tuple<Tensor, Tensor> MaxPool1dImpl::forward_with_indices(const Tensor& x) const {
  return functional::max_pool1d_with_indices(x, options);
}
void MaxPool1dImpl::pretty_print(std::ostream& stream) const {
  stream << "MaxPool1d(kernel_size=" << options.kernel_size() << ", stride=" << options.stride()
         << ", padding=" << options.padding() << ", dilation=" << options.dilation()
         << ", ceil_mode=" << word(options.ceil_mode()) << ')';
}

Tensor MaxUnpool1dImpl::forward(const Tensor& x, const Tensor& indices,
                                const std::optional<std::vector<std::int64_t>>& output_size) const {
  return functional::max_unpool1d(x, indices,
                                  functional::MaxUnpool1dFuncOptions(options.kernel_size())
                                      .stride(options.stride())
                                      .padding(options.padding())
                                      .output_size(output_size));
}
void MaxUnpool1dImpl::pretty_print(std::ostream& stream) const {
  stream << "MaxUnpool1d(kernel_size=" << options.kernel_size() << ", stride=" << options.stride()
         << ", padding=" << options.padding() << ')';
}

Tensor AvgPool1dImpl::forward(const Tensor& x) const { return functional::avg_pool1d(x, options); }
void AvgPool1dImpl::pretty_print(std::ostream& stream) const {
  stream << "AvgPool1d(kernel_size=" << options.kernel_size() << ", stride=" << options.stride()
         << ", padding=" << options.padding() << ')';
}

Tensor LPPool1dImpl::forward(const Tensor& x) const { return functional::lp_pool1d(x, options); }
void LPPool1dImpl::pretty_print(std::ostream& stream) const {
  stream << "LPPool1d(norm_type=" << options.norm_type() << ", kernel_size=" << options.kernel_size()
         << ", stride=" << options.stride().value_or(options.kernel_size()) << ", ceil_mode=" << word(options.ceil_mode())
         << ')';
}

Tensor AdaptiveAvgPool1dImpl::forward(const Tensor& x) const { return functional::adaptive_avg_pool1d(x, options); }
void AdaptiveAvgPool1dImpl::pretty_print(std::ostream& stream) const {
  stream << "AdaptiveAvgPool1d(output_size=" << options.output_size() << ')';
}

Tensor AdaptiveMaxPool1dImpl::forward(const Tensor& x) const { return functional::adaptive_max_pool1d(x, options); }
std::tuple<Tensor, Tensor> AdaptiveMaxPool1dImpl::forward_with_indices(const Tensor& x) const {
  return functional::adaptive_max_pool1d_with_indices(x, options);
}
void AdaptiveMaxPool1dImpl::pretty_print(std::ostream& stream) const {
  stream << "AdaptiveMaxPool1d(output_size=" << options.output_size() << ')';
}

}  // namespace xgrad::nn
