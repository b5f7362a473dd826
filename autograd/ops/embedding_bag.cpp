#include "autograd/ops/embedding_bag.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/add_rows.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/embedding.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// Where each bag starts in the flat index, and where the last one ends.
std::vector<std::int64_t> bag_bounds(const Tensor& index, const Tensor& offsets, bool include_last_offset) {
  std::vector<std::int64_t> bounds;
  if (index.dim() == 2) {
    check<ValueError>(!offsets.defined(), "embedding_bag: an index {} has a bag in each row, and takes no offsets",
                      index.sizes());
    for (std::int64_t bag = 0; bag <= index.size(0); ++bag) bounds.push_back(bag * index.size(1));
    return bounds;
  }
  check<ShapeError>(index.dim() == 1, "embedding_bag: expected an index of 1 or 2 dimensions, got {}", index.sizes());
  check<ValueError>(offsets.defined(), "embedding_bag: an index that is a vector needs offsets");
  check<TypeError>(offsets.dtype() == kInt64, "embedding_bag: offsets must be int64, got {}", offsets.dtype());
  check<ShapeError>(offsets.dim() == 1, "embedding_bag: offsets must be a vector, got {}", offsets.sizes());
  bounds = offsets.to_vector<std::int64_t>();
  check<ValueError>(!include_last_offset || !bounds.empty(), "embedding_bag: include_last_offset needs at least one offset");
  if (!include_last_offset) bounds.push_back(index.numel());
  std::int64_t previous = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    check<ValueError>((i > 0 || bounds.size() == 1 || bounds[0] == 0) && bounds[i] >= previous && bounds[i] <= index.numel(),
                      "embedding_bag: offset {} is {}: they must start at 0, not decrease, and not pass {} indices", i,
                      bounds[i], index.numel());
    previous = bounds[i];
  }
  return bounds;
}

/// Rows of x added up: row to[i] of `size` rows gets row from[i] of x. The gradient is the same, the other way round.
Tensor summed_rows(const Tensor& x, const Tensor& from, const Tensor& to, std::int64_t size) {
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) {
    return xgrad::to(summed_rows(xgrad::to(x, wide), from, to, size), x.dtype());
  }
  Tensor y = zeros({size, x.size(1)}, x.dtype());
  const Tensor source = x.detach().contiguous();
  visit_floating(x.dtype(), "embedding_bag", [&]<class T>() {
    kernels::add_rows(to.data_ptr<std::int64_t>(), to.numel(), size, 1, x.size(1), source.data_ptr<T>(), y.data_ptr<T>(), -1,
                      from.data_ptr<std::int64_t>());
  });
  return record("embedding_bag", std::move(y), {x},
                [from = SavedTensor(from), to = SavedTensor(to), rows = x.size(0)](const Tensor& grad) {
                  return summed_rows(grad, to.unpack(), from.unpack(), rows);
                });
}

Tensor copied(const std::vector<std::int64_t>& values) {
  Tensor y = empty({static_cast<std::int64_t>(values.size())}, kInt64);
  std::copy(values.begin(), values.end(), y.data_ptr<std::int64_t>());
  return y;
}

}  // namespace

Tensor embedding_bag(const Tensor& weight, const Tensor& index, const Tensor& offsets, BagMode mode,
                     const Tensor& per_sample_weights, OnlyBool include_last_offset, std::int64_t padding_idx,
                     OnlyBool sparse, OnlyBool scale_grad_by_freq, std::optional<double> max_norm, double norm_type) {
  const autograd::profiler::RecordFunction profiled("embedding_bag");
  check<ShapeError>(weight.dim() == 2, "embedding_bag: expected a table (n, d), got {}", weight.sizes());
  check<TypeError>(index.dtype() == kInt64, "embedding_bag: indices must be int64, got {}", index.dtype());
  check<ValueError>(!sparse || mode != BagMode::Max, "embedding_bag: the mode max takes no sparse gradients");
  check<ValueError>(!scale_grad_by_freq || mode != BagMode::Max,
                    "embedding_bag: the mode max takes no gradients scaled by frequency");
  check<ValueError>(!(sparse && scale_grad_by_freq), "embedding_bag: scale_grad_by_freq and sparse exclude one another");
  const std::vector<std::int64_t> bounds = bag_bounds(index, offsets, include_last_offset);
  if (per_sample_weights.defined()) {
    check<ValueError>(mode == BagMode::Sum, "embedding_bag: per_sample_weights need the mode sum");
    check<ShapeError>(per_sample_weights.sizes() == index.sizes(),
                      "embedding_bag: per_sample_weights {} and indices {} must have one shape", per_sample_weights.sizes(),
                      index.sizes());
    check<TypeError>(per_sample_weights.dtype() == weight.dtype(), "embedding_bag: dtypes {} and {} differ", weight.dtype(),
                     per_sample_weights.dtype());
  }
  if (max_norm) {
    Tensor table = weight;
    embedding_renorm_(table, index, *max_norm, norm_type);
  }

  // The indices that count, the bag of each, and how many each bag has.
  const auto bags = static_cast<std::int64_t>(bounds.size()) - 1;
  const auto all = index.to_vector<std::int64_t>();
  std::vector<std::int64_t> kept;
  std::vector<std::int64_t> places;
  std::vector<std::int64_t> bag_of;
  std::vector<std::int64_t> counts(static_cast<std::size_t>(bags), 0);
  for (std::int64_t bag = 0; bag < bags; ++bag) {
    const auto at = static_cast<std::size_t>(bag);
    for (std::int64_t i = bounds[at]; i < bounds[at + 1]; ++i) {
      const std::int64_t row = all[static_cast<std::size_t>(i)];
      if (padding_idx >= 0 && row == padding_idx) continue;
      kept.push_back(row);
      places.push_back(i);
      bag_of.push_back(bag);
      ++counts[at];
    }
  }
  const auto divided = [&](const Tensor& sums) {
    if (mode == BagMode::Sum) return sums;
    const Tensor divisors = empty({bags, 1}, kFloat64);
    std::transform(counts.begin(), counts.end(), divisors.data_ptr<double>(),
                   [](std::int64_t count) { return static_cast<double>(std::max<std::int64_t>(count, 1)); });
    return sums / to(divisors, weight.dtype());
  };
  if (mode != BagMode::Max && !per_sample_weights.defined() && !sparse && !scale_grad_by_freq) {
    const Tensor from = detail::checked_index("embedding_bag", copied(kept), weight.size(0));
    return divided(summed_rows(weight, from, copied(bag_of), bags));
  }
  Tensor rows = embedding(weight, copied(kept), -1, scale_grad_by_freq, sparse);
  if (per_sample_weights.defined()) {
    rows = rows * unsqueeze(index_select(reshape(per_sample_weights, {-1}), 0, copied(places)), 1);
  }
  if (mode == BagMode::Max) {
    if (bags == 0) return narrow(rows, 0, 0, 0);
    TensorList largest;
    std::int64_t first = 0;
    for (const std::int64_t count : counts) {
      const Tensor bag = narrow(rows, 0, first, count);
      largest.push_back(count == 0 ? sum(bag, 0) : std::get<0>(max(bag, 0)));  // zeros, in the graph
      first += count;
    }
    return stack(largest);
  }
  return divided(index_add(zeros({bags, weight.size(1)}, weight.dtype()), 0, copied(bag_of), rows));
}

}  // namespace xgrad
