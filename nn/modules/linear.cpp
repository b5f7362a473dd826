#include "nn/modules/linear.h"

#include <cmath>
#include <ostream>

#include "autograd/base/check.h"
#include "autograd/ops/distance.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "nn/init/init.h"

namespace xgrad::nn {

LinearImpl::LinearImpl(std::int64_t in_features, std::int64_t out_features)
    : LinearImpl(LinearOptions(in_features, out_features)) {}

LinearImpl::LinearImpl(const LinearOptions& options_) : Layer(options_) {
  check<ValueError>(options.in_features() >= 0 && options.out_features() >= 0,
                    "Linear: sizes must not be negative, got in_features {} and out_features {}", options.in_features(),
                    options.out_features());
  reset();
}

void LinearImpl::reset() {
  weight = register_parameter("weight", empty({options.out_features(), options.in_features()}));
  bias = register_parameter("bias", options.bias() ? empty({options.out_features()}) : Tensor(), options.bias());
  reset_parameters();
}

void LinearImpl::reset_parameters() {
  if (weight.numel() > 0) init::kaiming_uniform_(weight, std::sqrt(5.0));
  if (bias.defined()) {
    const double bound = options.in_features() > 0 ? 1 / std::sqrt(static_cast<double>(options.in_features())) : 0;
    init::uniform_(bias, -bound, bound);
  }
}

Tensor LinearImpl::forward(const Tensor& x) const { return linear(x, weight, bias); }

BilinearImpl::BilinearImpl(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features)
    : BilinearImpl(BilinearOptions(in1_features, in2_features, out_features)) {}

BilinearImpl::BilinearImpl(const BilinearOptions& options_) : Layer(options_) {
  check<ValueError>(options.in1_features() > 0 && options.in2_features() > 0 && options.out_features() > 0,
                    "Bilinear: sizes must be positive, got {}, {} and {}", options.in1_features(), options.in2_features(),
                    options.out_features());
  reset();
}

void BilinearImpl::reset() {
  weight = register_parameter("weight", empty({options.out_features(), options.in1_features(), options.in2_features()}));
  bias = register_parameter("bias", options.bias() ? empty({options.out_features()}) : Tensor(), options.bias());
  reset_parameters();
}

void BilinearImpl::reset_parameters() {
  const double bound = 1 / std::sqrt(static_cast<double>(options.in1_features()));
  init::uniform_(weight, -bound, bound);
  if (bias.defined()) init::uniform_(bias, -bound, bound);
}

Tensor BilinearImpl::forward(const Tensor& input1, const Tensor& input2) const {
  return bilinear(input1, input2, weight, bias);
}

Tensor FlattenImpl::forward(const Tensor& x) const { return flatten(x, options.start_dim(), options.end_dim()); }

void UnflattenOptions::validate(const std::string& module) const {
  check<ValueError>(!sizes_.empty(), "{}: there are no sizes", module);
}

Tensor UnflattenImpl::forward(const Tensor& x) const {
  check<IndexError>(options.dim() >= -x.dim() && options.dim() < x.dim(),
                    "Unflatten: dimension {} is out of range for an input {}", options.dim(), x.sizes());
  const std::int64_t dim = options.dim() < 0 ? options.dim() + x.dim() : options.dim();
  std::int64_t known = 1;
  std::int64_t open = 0;
  for (const std::int64_t size : options.sizes()) {
    if (size == -1) ++open;
    else known = size < 0 ? -1 : known * size;
    if (known < 0) break;
  }
  const std::int64_t whole = x.size(dim);
  check<ShapeError>(known >= 0 && (open == 0 ? known == whole : open == 1 && known > 0 && whole % known == 0),
                    "Unflatten: a dimension of size {} does not split into {}", whole, IntArrayRef(options.sizes()));
  DimVector sizes;
  for (std::int64_t i = 0; i < x.dim(); ++i) {
    if (i != dim) sizes.push_back(x.size(i));
    else
      for (const std::int64_t size : options.sizes()) sizes.push_back(size == -1 ? whole / known : size);
  }
  return reshape(x, sizes);
}

void UnflattenImpl::pretty_print(std::ostream& stream) const {
  const std::string sizes = to_string(IntArrayRef(options.sizes()));  // [2, 3]
  stream << "Unflatten(dim=" << options.dim() << ", unflattened_size={" << sizes.substr(1, sizes.size() - 2) << "})";
}

}  // namespace xgrad::nn
