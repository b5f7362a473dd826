#include "autograd/graph/gradient_rows.h"

// What is done with gradients of which few rows count: the declarations are graph/gradient_rows.h, since operations that add
// to gradients call them.

#include <cstddef>
#include <cstring>
#include <iterator>
#include <utility>

#include "autograd/graph/ownership.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

using Rows = std::vector<std::int64_t>;

std::int64_t row_width(const Tensor& gradient) { return gradient.size(0) == 0 ? 0 : gradient.numel() / gradient.size(0); }

std::byte* memory_at(const Tensor& x, std::int64_t element) {
  return x.impl()->data + static_cast<std::size_t>(element) * x.element_size();
}

/// After rows of a gradient were written: a new version, and the rows that may now be other than zero.
void rows_written(const Tensor& gradient, Rows rows) {
  gradient.impl()->storage->bump_version();
  set_nonzero_rows(gradient, std::move(rows));
}

}  // namespace

void for_each_row(const Rows& rows, std::int64_t width, kernels::FunctionRef<void(std::int64_t, std::int64_t)> body) {
  const std::int64_t grain = kernels::runs_in_part(kernels::elementwise_grain, width);
  kernels::parallel_for(0, static_cast<std::int64_t>(rows.size()), grain, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) body(i, rows[static_cast<std::size_t>(i)] * width);
  });
}

Tensor gather_nonzero_rows(const Tensor& gradient) {
  const Rows* rows = nonzero_rows(gradient);
  if (rows == nullptr) return gradient;
  DimVector sizes = to_dims(gradient.sizes());
  sizes[0] = static_cast<std::int64_t>(rows->size());
  Tensor gathered = empty(sizes, gradient.dtype());
  const std::int64_t width = row_width(gradient);
  const std::size_t bytes = static_cast<std::size_t>(width) * gradient.element_size();
  for_each_row(*rows, width, [&](std::int64_t i, std::int64_t first) {
    std::memcpy(memory_at(gathered, i * width), memory_at(gradient, first), bytes);
  });
  return gathered;
}

void change_nonzero_rows(Tensor gradient, const std::function<void(Tensor&)>& change) {
  const Rows* rows = nonzero_rows(gradient);
  if (rows == nullptr) {
    change(gradient);
    return;
  }
  Tensor changed = gather_nonzero_rows(gradient);
  change(changed);
  const std::int64_t width = row_width(gradient);
  const std::size_t bytes = static_cast<std::size_t>(width) * gradient.element_size();
  for_each_row(*rows, width, [&](std::int64_t i, std::int64_t first) {
    std::memcpy(memory_at(gradient, first), memory_at(changed, i * width), bytes);
  });
  rows_written(gradient, *rows);
}

void add_gradient(Tensor& sum, Tensor& gradient) {
  if (sum.dtype() != gradient.dtype()) {
    sum = sum + gradient;
    return;
  }
  const auto same_layout = [&] {
    return sum.is_contiguous() && gradient.is_contiguous() && sum.sizes() == gradient.sizes();
  };
  // Adding rows to a dense gradient is less work than the other way round; but a sum that is a view could not be detached.
  if (nonzero_rows(sum) != nullptr && nonzero_rows(gradient) == nullptr && same_layout() && owned_alone(sum) &&
      owned_alone(gradient) && !gradient.is_view()) {
    std::swap(sum, gradient);
  }
  const Rows* added = nonzero_rows(gradient);
  if (added == nullptr || !same_layout()) {
    sum.add_(gradient);
    return;
  }
  const std::int64_t width = row_width(sum);
  visit_floating(sum.dtype(), "backward", [&]<class T>() {
    T* to = sum.data_ptr<T>();
    const T* from = gradient.data_ptr<T>();
    for_each_row(*added, width, [=](std::int64_t /*i*/, std::int64_t first) {
      for (std::int64_t j = first; j < first + width; ++j) to[j] += from[j];
    });
  });
  const Rows* before = nonzero_rows(sum);
  if (before == nullptr) {
    sum.impl()->storage->bump_version();
    return;
  }
  Rows rows;
  rows.reserve(before->size() + added->size());
  std::set_union(before->begin(), before->end(), added->begin(), added->end(), std::back_inserter(rows));
  rows_written(sum, std::move(rows));
}

void zero_gradient(Tensor& gradient) {
  const Rows* rows = nonzero_rows(gradient);
  if (rows == nullptr) {
    gradient.zero_();
    return;
  }
  const std::int64_t width = row_width(gradient);
  const std::size_t bytes = static_cast<std::size_t>(width) * gradient.element_size();
  for_each_row(*rows, width,
               [&](std::int64_t /*i*/, std::int64_t first) { std::memset(memory_at(gradient, first), 0, bytes); });
  rows_written(gradient, {});
}

}  // namespace xgrad
