/// Sums, means and maxima of rows of a table.
#pragma once

#include <optional>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// What becomes of the rows of one bag.
enum class BagMode { Sum, Mean, Max };

/// One row for each bag of indices: the sum, mean or maximum of these rows of `weight` (n, d), zeros for an empty bag.
/// `index` (bags, length) holds a bag in each row; or it is a vector, and `offsets` says where in it each bag starts, and
/// with `include_last_offset` at last where the last one ends. `per_sample_weights`, of the index's shape, scale the rows of
/// a sum. Indices equal to `padding_idx` are left out. `sparse` and `scale_grad_by_freq` are embedding()'s, and so is
/// `max_norm`, with `norm_type`, nn::Embedding's: all rows that the index names are first scaled down to it, in place.
/// Throws TypeError unless indices and offsets are int64, ShapeError, IndexError for an index outside the table, ValueError
/// for offsets that do not start at 0, decrease, or lead outside the index, for weights with another mode, for `sparse` or
/// `scale_grad_by_freq` with maxima, and for both of them together.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.embedding_bag.html
Tensor embedding_bag(const Tensor& weight, const Tensor& index, const Tensor& offsets = {}, BagMode mode = BagMode::Mean,
                     const Tensor& per_sample_weights = {}, OnlyBool include_last_offset = false,
                     std::int64_t padding_idx = -1, OnlyBool sparse = false, OnlyBool scale_grad_by_freq = false,
                     std::optional<double> max_norm = std::nullopt, double norm_type = 2);

}  // namespace xgrad
