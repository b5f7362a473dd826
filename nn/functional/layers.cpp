#include "nn/functional/layers.h"

#include "autograd/base/check.h"
#include "autograd/ops/batch_norm.h"
#include "autograd/ops/embedding_bag.h"
#include "autograd/ops/products.h"

namespace xgrad::nn::functional {

namespace {

/// -1 for none.
std::int64_t padding_row(const char* operation, const Tensor& weight, std::optional<std::int64_t> padding_idx) {
  if (!padding_idx) return -1;
  check<ShapeError>(weight.dim() == 2, "{}: expected a table (n, d), got {}", operation, weight.sizes());
  const std::int64_t rows = weight.size(0);
  check<ValueError>(*padding_idx >= -rows && *padding_idx < rows, "{}: padding_idx {} is outside a table of {} rows",
                    operation, *padding_idx, rows);
  return *padding_idx < 0 ? *padding_idx + rows : *padding_idx;
}

}  // namespace

Tensor embedding(const Tensor& index, const Tensor& weight, const EmbeddingFuncOptions& options) {
  const std::int64_t padding = padding_row("embedding", weight, options.padding_idx());
  check<ValueError>(!(options.sparse() && options.scale_grad_by_freq()),
                    "embedding: scale_grad_by_freq and sparse exclude one another");
  if (options.max_norm()) {
    Tensor table = weight;
    embedding_renorm_(table, index, *options.max_norm(), options.norm_type());
  }
  return xgrad::embedding(weight, index, padding, options.scale_grad_by_freq(), options.sparse());
}

Tensor embedding_bag(const Tensor& index, const Tensor& weight, const EmbeddingBagFuncOptions& options) {
  const auto* reduction = std::get_if<Reduction>(&options.mode());
  check<ValueError>(reduction == nullptr || *reduction != Reduction::None,
                    "embedding_bag: the mode must be kSum, kMean or kMax");
  const BagMode mode = reduction == nullptr ? BagMode::Max : *reduction == Reduction::Sum ? BagMode::Sum : BagMode::Mean;
  return xgrad::embedding_bag(weight, index, options.offsets(), mode, options.per_sample_weights(),
                              options.include_last_offset(), padding_row("embedding_bag", weight, options.padding_idx()),
                              options.sparse(), options.scale_grad_by_freq(), options.max_norm(), options.norm_type());
}

Tensor layer_norm(const Tensor& x, const LayerNormFuncOptions& options) {
  return xgrad::layer_norm(x, options.normalized_shape(), options.weight(), options.bias(), options.eps());
}

Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                  const BatchNormFuncOptions& options) {
  return xgrad::batch_norm(x, running_mean, running_var, options.weight(), options.bias(), options.training(),
                           options.momentum(), options.eps());
}

}  // namespace xgrad::nn::functional
