#include "autograd/ops/embedding.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/add_rows.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/unique.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor one_hot(const Tensor& index, std::int64_t classes) {
  const autograd::profiler::RecordFunction profiled("one_hot");
  check<TypeError>(index.dtype() == kInt64, "one_hot: expected an int64 index, got {}", index.dtype());
  check<ValueError>(classes > 0 || index.numel() > 0, "one_hot: the number of classes of no indices must be given");
  if (classes < 0) classes = max(index).item<std::int64_t>() + 1;
  const Tensor at = detail::checked_index("one_hot", index, classes);
  DimVector sizes = to_dims(index.sizes());
  sizes.push_back(classes);
  Tensor y = empty(sizes, kInt64);
  auto* const rows = y.data_ptr<std::int64_t>();
  const auto* const ones = at.data_ptr<std::int64_t>();
  kernels::parallel_for(0, at.numel(), kernels::runs_in_part(kernels::moving_grain, classes),
                        [=](std::int64_t first, std::int64_t last) {
                          std::fill(rows + first * classes, rows + last * classes, 0);
                          for (std::int64_t i = first; i < last; ++i) rows[i * classes + ones[i]] = 1;
                        });
  return y;
}

namespace {

/// The rows of a table that are named, once each and ascending.
std::vector<std::int64_t> distinct(const Tensor& rows, std::int64_t entries, std::int64_t padding_idx) {
  constexpr std::size_t bits = 64;
  std::vector<std::uint64_t> named(static_cast<std::size_t>(entries) / bits + 1);
  const auto* order = rows.data_ptr<std::int64_t>();
  for (std::int64_t r = 0; r < rows.numel(); ++r) {
    const auto row = static_cast<std::size_t>(order[r]);
    if (order[r] != padding_idx) named[row / bits] |= std::uint64_t{1} << row % bits;
  }
  std::vector<std::int64_t> result;
  result.reserve(static_cast<std::size_t>(std::min(rows.numel(), entries)));
  for (std::size_t word = 0; word < named.size(); ++word) {
    for (std::uint64_t rest = named[word]; rest != 0; rest &= rest - 1) {
      result.push_back(static_cast<std::int64_t>(word * bits) + std::countr_zero(rest));
    }
  }
  return result;
}

/// The gradient of a table: the rows of `grad` added up where they were taken from. `accumulator`, where given, gets it, and
/// learns which rows these are.
Tensor embedding_backward(const Tensor& grad, const Tensor& rows, const DimVector& weight_sizes, std::int64_t padding_idx,
                          Node* accumulator) {
  Tensor table =
      accumulator == nullptr ? zeros(weight_sizes, grad.dtype()) : take_table(*accumulator, weight_sizes, grad.dtype());
  const Tensor source = grad.detach().contiguous();
  visit_floating(grad.dtype(), "embedding", [&]<class T>() {
    kernels::add_rows(rows.data_ptr<std::int64_t>(), rows.numel(), weight_sizes[0], 1, weight_sizes[1], source.data_ptr<T>(),
                      table.data_ptr<T>(), padding_idx);
  });
  if (accumulator != nullptr) set_nonzero_rows(table, distinct(rows, weight_sizes[0], padding_idx));
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

Tensor embedding(const Tensor& weight, const Tensor& index, std::int64_t padding_idx, OnlyBool scale_grad_by_freq,
                 OnlyBool sparse) {
  const autograd::profiler::RecordFunction profiled("embedding");
  check<ShapeError>(weight.dim() == 2, "embedding: expected a matrix of weights (entries, features), got {}",
                    weight.sizes());
  check<ValueError>(!(sparse && scale_grad_by_freq), "embedding: scale_grad_by_freq and sparse exclude one another");
  const Tensor rows = reshape(detail::checked_index("embedding", index, weight.size(0)), {-1});
  DimVector sizes = to_dims(index.sizes());
  sizes.push_back(weight.size(1));
  Tensor y;
  {
    const NoGradGuard no_grad;
    y = index_select(weight, 0, rows);
    y = detail::alias(y, sizes, contiguous_strides(sizes), 0);
  }
  return record("Embedding", std::move(y), {weight},
                [rows = SavedTensor(rows), weight_sizes = to_dims(weight.sizes()), padding_idx, scale_grad_by_freq, sparse](
                    const Tensor& grad, const Node& node) {
                  Tensor by_row = reshape(grad, {-1, weight_sizes[1]});
                  if (scale_grad_by_freq) by_row = by_row / frequencies(rows.unpack(), weight_sizes[0], grad.dtype());
                  // A gradient that will be differentiated is not written to: its rows would be of no use.
                  Node* accumulator = sparse && !GradMode::is_enabled() ? node.edge(0).function : nullptr;
                  return embedding_backward(by_row, rows.unpack(), weight_sizes, padding_idx, accumulator);
                });
}

Tensor& embedding_renorm_(Tensor& weight, const Tensor& index, double max_norm, double norm_type) {
  check<ShapeError>(weight.dim() == 2, "embedding_renorm_: expected a matrix of weights (entries, features), got {}",
                    weight.sizes());
  const Tensor at = detail::checked_index("embedding_renorm_", index, weight.size(0));
  if (at.numel() == 0) return weight;
  const NoGradGuard no_grad;
  require_writable("embedding_renorm_", weight);
  const Tensor rows = std::get<0>(unique(reshape(at, {-1})));
  const Tensor taken = index_select(weight, 0, rows);
  const Tensor norms = norm(taken, norm_type, {1}, true);
  const Tensor scale = where(gt(norms, max_norm), max_norm / (norms + 1e-7), ones({}, weight.dtype()));
  weight.index_copy_(0, rows, taken * scale);
  return weight;
}

}  // namespace xgrad
