#include "autograd/ops/embedding.h"

#include <vector>

#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/statistics.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/check.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor one_hot(const Tensor& index, std::int64_t classes) {
  check<TypeError>(index.dtype() == kInt64, "one_hot: expected an int64 index, got {}", index.dtype());
  check<ValueError>(classes > 0 || index.numel() > 0, "one_hot: the number of classes of no indices must be given");
  if (classes < 0) classes = max(index).item<std::int64_t>() + 1;
  const Tensor at = detail::checked_index("one_hot", index, classes);
  DimVector sizes = to_dims(index.sizes());
  sizes.push_back(classes);
  Tensor y = zeros(sizes, kInt64);
  for (std::int64_t i = 0; i < at.numel(); ++i) y.data_ptr<std::int64_t>()[i * classes + at.data_ptr<std::int64_t>()[i]] = 1;
  return y;
}

namespace {

/// The gradient of a table: the rows of `grad` added up where they were taken from.
Tensor embedding_backward(const Tensor& grad, const Tensor& rows, const DimVector& weight_sizes, std::int64_t padding_idx) {
  Tensor table = zeros(weight_sizes, grad.dtype());
  const Tensor source = grad.detach().contiguous();
  const std::int64_t features = weight_sizes[1];
  const auto* order = rows.data_ptr<std::int64_t>();
  visit_floating(grad.dtype(), "embedding", [&]<class T>() {
    T* out = table.data_ptr<T>();
    const T* in = source.data_ptr<T>();
    for (std::int64_t r = 0; r < rows.numel(); ++r, in += features) {
      if (order[r] == padding_idx) continue;
      T* target = out + order[r] * features;
      for (std::int64_t i = 0; i < features; ++i) target[i] += in[i];
    }
  });
  return record("EmbeddingBackward", table, {grad}, [rows = SavedTensor(rows), padding_idx](const Tensor& g) {
    return embedding(g, rows.unpack(), padding_idx) * unsqueeze(ne(rows.unpack(), padding_idx), 1).to(g.dtype());
  });
}

/// How often each row is named, as a column beside the rows.
Tensor frequencies(const Tensor& rows, std::int64_t entries, Dtype dtype) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(entries));
  const std::vector<std::int64_t> order = rows.to_vector<std::int64_t>();
  for (const std::int64_t row : order) ++counts[static_cast<std::size_t>(row)];
  std::vector<double> result;
  result.reserve(order.size());
  for (const std::int64_t row : order) result.push_back(static_cast<double>(counts[static_cast<std::size_t>(row)]));
  return unsqueeze(tensor(result).to(dtype), 1);
}

}  // namespace

Tensor embedding(const Tensor& weight, const Tensor& index, std::int64_t padding_idx, bool scale_grad_by_freq) {
  const autograd::profiler::RecordFunction profiled("embedding");
  check<ShapeError>(weight.dim() == 2, "embedding: expected a matrix of weights (entries, features), got {}",
                    weight.sizes());
  const Tensor rows = reshape(detail::checked_index("embedding", index, weight.size(0)), {-1});
  DimVector sizes = to_dims(index.sizes());
  sizes.push_back(weight.size(1));
  Tensor y;
  {
    const NoGradGuard no_grad;
    y = index_select(weight, 0, rows);
    y = detail::alias(y, sizes, contiguous_strides(sizes), 0);
  }
  return record("Embedding", y, {weight},
                [rows = SavedTensor(rows), weight_sizes = to_dims(weight.sizes()), padding_idx,
                 scale_grad_by_freq](const Tensor& grad) {
                  Tensor by_row = reshape(grad, {-1, weight_sizes[1]});
                  if (scale_grad_by_freq) by_row = by_row / frequencies(rows.unpack(), weight_sizes[0], grad.dtype());
                  return embedding_backward(by_row, rows.unpack(), weight_sizes, padding_idx);
                });
}

Tensor& embedding_renorm_(Tensor& weight, const Tensor& index, double max_norm, double norm_type) {
  check<ShapeError>(weight.dim() == 2, "embedding_renorm_: expected a matrix of weights (entries, features), got {}",
                    weight.sizes());
  const Tensor at = detail::checked_index("embedding_renorm_", index, weight.size(0));
  if (at.numel() == 0) return weight;
  const NoGradGuard no_grad;
  const Tensor rows = std::get<0>(unique(reshape(at, {-1})));
  const Tensor taken = index_select(weight, 0, rows);
  const Tensor norms = norm(taken, norm_type, {1}, true);
  const Tensor scale = where(gt(norms, max_norm), max_norm / (norms + 1e-7), ones({}, weight.dtype()));
  weight.index_copy_(0, rows, taken * scale);
  return weight;
}

}  // namespace xgrad
