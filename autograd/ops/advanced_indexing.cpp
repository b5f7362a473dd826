#include "autograd/ops/advanced_indexing.h"

#include <array>
#include <limits>
#include <ostream>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/in_memory.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/scatter.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace indexing {

std::ostream& operator<<(std::ostream& stream, const Slice& slice) {
  const std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  const bool forward = slice.step() > 0;
  return stream << slice.start().value_or(forward ? 0 : largest) << ':'
                << slice.stop().value_or(forward ? largest : -largest - 1) << ':' << slice.step();
}

std::ostream& operator<<(std::ostream& stream, const TensorIndex& index) {
  switch (index.kind()) {
    case TensorIndex::Kind::kNone: return stream << "None";
    case TensorIndex::Kind::kEllipsis: return stream << "...";
    case TensorIndex::Kind::kInteger: return stream << index.integer();
    case TensorIndex::Kind::kBoolean: return stream << (index.boolean() ? "true" : "false");
    case TensorIndex::Kind::kSlice: return stream << index.slice();
    default: return stream << index.tensor();
  }
}

TensorIndex::TensorIndex(const char* text) : kind_(Kind::kEllipsis) {
  check<ValueError>(std::string_view(text) == "...", "index: expected \"...\", got \"{}\"", text);
}

TensorIndex::TensorIndex(const std::vector<std::int64_t>& positions)
    : kind_(Kind::kTensor), tensor_(xgrad::tensor(positions)) {}

}  // namespace indexing

namespace {

using indexing::TensorIndex;
using Kind = TensorIndex::Kind;

/// A mask without dimensions: like a bool, it takes all or nothing.
bool is_boolean(const TensorIndex& item) {
  return item.kind() == Kind::kBoolean ||
         (item.kind() == Kind::kTensor && item.tensor().dim() == 0 && item.tensor().dtype() == kBool);
}

std::int64_t dimensions_taken(const char* operation, const TensorIndex& item) {
  if (is_boolean(item) || item.kind() == Kind::kNone || item.kind() == Kind::kEllipsis) return 0;
  if (item.kind() != Kind::kTensor) return 1;
  const Dtype dtype = item.tensor().dtype();
  check<TypeError>(dtype == kInt64 || dtype == kBool, "{}: a tensor as an index is int64 or bool, got {}", operation, dtype);
  return dtype == kBool ? item.tensor().dim() : 1;
}

/// What remains after integers, slices and new dimensions: a view, and the index tensors of its dimensions.
struct Remaining {
  Remaining(const char* operation, const Tensor& x, const std::vector<TensorIndex>& indices);

  bool has_tensors() const { return !tensors.empty(); }

  Tensor view;
  TensorList tensors;  ///< undefined where a dimension is kept whole; ends with the last index

 private:
  void take(std::int64_t dim, Tensor positions) {
    tensors.resize(static_cast<std::size_t>(dim) + 1);
    tensors.back() = std::move(positions);
  }
};

Remaining::Remaining(const char* operation, const Tensor& x, const std::vector<TensorIndex>& indices) : view(x) {
  std::int64_t taken = 0;
  int ellipses = 0;
  for (const TensorIndex& item : indices) {
    taken += dimensions_taken(operation, item);
    ellipses += item.kind() == Kind::kEllipsis ? 1 : 0;
  }
  check<IndexError>(ellipses <= 1, "{}: more than one ellipsis", operation);
  check<IndexError>(taken <= x.dim(), "{}: the indices take {} dimensions, shape {} has {}", operation, taken, x.sizes(),
                    x.dim());
  std::int64_t dim = 0;
  for (const TensorIndex& item : indices) {
    if (is_boolean(item)) {
      const bool all = item.kind() == Kind::kBoolean ? item.boolean() : item.tensor().item<bool>();
      view = unsqueeze(view, dim);
      take(dim++, zeros({all ? 1 : 0}, kInt64));
      continue;
    }
    switch (item.kind()) {
      case Kind::kNone: view = unsqueeze(view, dim++); break;
      case Kind::kEllipsis: dim += x.dim() - taken; break;
      case Kind::kInteger: view = select(view, dim, item.integer()); break;
      case Kind::kSlice: view = slice(view, dim++, item.slice().start(), item.slice().stop(), item.slice().step()); break;
      default:
        const Tensor& tensor = item.tensor();
        if (tensor.dim() == 0) {
          view = select(view, dim, tensor.item<std::int64_t>());
        } else if (tensor.dtype() == kInt64) {
          take(dim, detail::checked_index(operation, tensor, view.size(dim), true));
          ++dim;
        } else {
          const IntArrayRef covered = view.sizes().slice(static_cast<std::size_t>(dim), tensor.sizes().size());
          check<ShapeError>(tensor.sizes() == covered, "{}: a mask of shape {} does not fit dimensions {}", operation,
                            tensor.sizes(), covered);
          const Tensor rows = nonzero(tensor);
          for (std::int64_t i = 0; i < tensor.dim(); ++i) take(dim++, select(rows, 1, i));
        }
    }
  }
}

/// Tensors as indices, as one index of rows: the dimensions that they take go to the front and become one.
class RowIndex {
 public:
  RowIndex(const char* operation, const Remaining& remaining) : sizes_(to_dims(remaining.view.sizes())) {
    std::size_t runs = 0;
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      const bool taken = is_taken(remaining, i);
      if (!taken) kept_.push_back(sizes_[i]);
      if (!taken) continue;
      order_.push_back(static_cast<std::int64_t>(i));
      shape_ = broadcast_shapes(operation, shape_, remaining.tensors[i].sizes());
      if (i > 0 && is_taken(remaining, i - 1)) continue;
      if (runs++ == 0) position_ = i;
    }
    if (runs > 1) position_ = 0;
    rows_ = zeros(shape_, kInt64);
    for (const std::int64_t dim : order_) {
      const auto i = static_cast<std::size_t>(dim);
      row_count_ *= sizes_[i];
      rows_ = rows_ * sizes_[i] + remaining.tensors[i];
    }
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      if (!is_taken(remaining, i)) order_.push_back(static_cast<std::int64_t>(i));
    }
    rows_ = reshape(rows_, {rows_.numel()});
  }

  /// The shape of the elements that are named.
  DimVector shape() const {
    DimVector result;
    for (std::size_t i = 0; i < position_; ++i) result.push_back(kept_[i]);
    for (const std::int64_t size : shape_) result.push_back(size);
    for (std::size_t i = position_; i < kept_.size(); ++i) result.push_back(kept_[i]);
    return result;
  }

  Tensor take_rows(const Tensor& x) const {
    DimVector sizes = shape_;
    for (const std::int64_t size : kept_) sizes.push_back(size);
    const Tensor taken = reshape(index_select(as_rows(x), 0, rows_), sizes);
    return position_ == 0 ? taken : permute(taken, inverse(rows_first()));
  }

  Tensor replace_rows(const Tensor& x, const Tensor& value, bool accumulate) const {
    const Tensor values =
        reshape(permute(detail::expanded(value, shape()), rows_first()), {rows_.numel(), number_of_elements(kept_)});
    const Tensor rows = accumulate ? index_add(as_rows(x), 0, rows_, values) : index_copy(as_rows(x), 0, rows_, values);
    DimVector permuted;
    for (const std::int64_t dim : order_) permuted.push_back(sizes_[static_cast<std::size_t>(dim)]);
    return permute(reshape(rows, permuted), inverse(order_));
  }

  /// Whether the tensors index the first dimensions: then the rows are those of the tensor's memory.
  bool is_leading() const {
    bool in_order = position_ == 0;
    for (std::size_t i = 0; in_order && i < order_.size(); ++i) in_order = order_[i] == static_cast<std::int64_t>(i);
    return in_order;
  }

  /// Adds the value in x's own memory, where is_leading() and x is contiguous; the result, for x's history, in that memory.
  Tensor add_in_place(const Tensor& x, const Tensor& value) const {
    const DimVector as_matrix{row_count_, number_of_elements(kept_)};
    const Tensor values = reshape(detail::expanded(value, shape()), {rows_.numel(), as_matrix[1]});
    detail::add_rows(view(x.detach(), as_matrix), 0, rows_, values.detach().contiguous());
    Tensor y = detail::alias(x, sizes_, to_dims(x.strides()), x.storage_offset());
    record_all("index_add", {&y, 1}, {x, values},
               [rows = SavedTensor(rows_), as_matrix](std::span<Tensor> grads, const Node& node) {
                 std::array<Tensor, 2> gradients;
                 if (node.needs_gradient(0)) gradients[0] = grads[0];
                 if (node.needs_gradient(1)) gradients[1] = index_select(reshape(grads[0], as_matrix), 0, rows.unpack());
                 return gradients;
               });
    x.impl()->storage->bump_version();
    return y;
  }

 private:
  static bool is_taken(const Remaining& remaining, std::size_t dim) {
    return dim < remaining.tensors.size() && remaining.tensors[dim].defined();
  }

  static DimVector inverse(const DimVector& order) {
    DimVector result(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) result[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
    return result;
  }

  /// The order that moves the tensors' dimensions of a result to the front.
  DimVector rows_first() const {
    DimVector order;
    for (std::size_t i = 0; i < shape_.size(); ++i) order.push_back(static_cast<std::int64_t>(position_ + i));
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      order.push_back(static_cast<std::int64_t>(i < position_ ? i : i + shape_.size()));
    }
    return order;
  }

  Tensor as_rows(const Tensor& x) const { return reshape(permute(x, order_), {row_count_, number_of_elements(kept_)}); }

  DimVector sizes_;           ///< of the tensor that is indexed
  DimVector kept_;            ///< sizes of the dimensions without a tensor
  DimVector order_;           ///< of dimensions: those with tensors, then those without
  DimVector shape_;           ///< of the tensors, broadcast
  std::size_t position_ = 0;  ///< of the tensors' dimensions among those kept
  Tensor rows_;
  std::int64_t row_count_ = 1;
};

/// A value without the leading dimensions of size 1 that the place it goes to does not have.
Tensor without_leading_ones(const Tensor& value, std::size_t dims) {
  std::size_t extra = 0;
  while (value.sizes().size() - extra > dims && value.sizes()[extra] == 1) ++extra;
  return extra == 0 ? value : reshape(value, value.sizes().slice(extra, value.sizes().size() - extra));
}

}  // namespace

Tensor index(const Tensor& x, const std::vector<TensorIndex>& indices) {
  const autograd::profiler::RecordFunction profiled("index");
  const Remaining remaining("index", x, indices);
  if (remaining.has_tensors()) return RowIndex("index", remaining).take_rows(remaining.view);
  return remaining.view.is_same(x) ? detail::whole_view(x) : remaining.view;
}

Tensor& index_put_(const Tensor& x, const std::vector<TensorIndex>& indices, const Tensor& value, OnlyBool accumulate) {
  require_writable("index_put_", x);
  Remaining remaining("index_put_", x, indices);
  Tensor result;
  if (remaining.has_tensors()) {
    check<TypeError>(value.dtype() == x.dtype(), "index_put_: dtypes {} and {} differ", x.dtype(), value.dtype());
    const RowIndex rows("index_put_", remaining);
    const DimVector shape = rows.shape();
    const Tensor fitting = without_leading_ones(value, shape.size());
    check<ShapeError>(is_expandable_to(fitting.sizes(), shape), "index_put_: a value of shape {} does not fit into {}",
                      value.sizes(), shape);
    const Tensor& target = remaining.view;
    if (accumulate && rows.is_leading() && target.is_contiguous() && target.impl()->storage != value.impl()->storage) {
      require_writable("index_put_", target);
      rebase_history(target, rows.add_in_place(target, fitting));
      return itself(x);
    }
    result = rows.replace_rows(target, fitting, accumulate);
  } else {
    result = without_leading_ones(value, remaining.view.sizes().size());
    if (accumulate) result = remaining.view + result;
  }
  write_in_place("index_put_", remaining.view, result);
  return itself(x);
}

Tensor& index_put_(const Tensor& x, const std::vector<TensorIndex>& indices, Scalar value, OnlyBool accumulate) {
  return index_put_(x, indices, full({}, value, x.dtype()), accumulate);
}

Tensor index_put(const Tensor& x, const std::vector<TensorIndex>& indices, const Tensor& value, OnlyBool accumulate) {
  const autograd::profiler::RecordFunction profiled("index_put");
  Tensor y = x.clone();
  index_put_(y, indices, value, accumulate);
  return y;
}

Tensor index_put(const Tensor& x, const std::vector<TensorIndex>& indices, Scalar value, OnlyBool accumulate) {
  return index_put(x, indices, full({}, value, x.dtype()), accumulate);
}

Tensor Tensor::operator[](Scalar index) const {
  check<TypeError>(!index.is_floating_point() && !index.is_bool(), "operator[]: expected an integer, got a number of {}",
                   index.dtype());
  return select(0, index.to<std::int64_t>());
}

Tensor Tensor::operator[](const Tensor& index) const {
  const bool integer = index.dim() == 0 && !index.is_floating_point() && index.dtype() != kBool;
  return integer ? select(0, index.item<std::int64_t>()) : xgrad::index(*this, {index});
}

}  // namespace xgrad
