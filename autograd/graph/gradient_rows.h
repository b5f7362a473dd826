/// Gradients of which few rows are other than zero, such as those of large tables of vectors. Such a gradient is an
/// ordinary, dense tensor; beside it stands which rows count, so that what clears, adds or applies it can leave out the
/// others.
///
/// The list holds for one version of the gradient's memory: any change in place but those below makes it void, and the
/// gradient counts as dense. So do results computed from it, and a gradient that Tensor::mutable_grad() gave away: what
/// writes through data_ptr() must take it from there, since such a change shows nowhere.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The rows (indices into the first dimension), ascending, outside of which a gradient is zero; null where that is not
/// known.
const std::vector<std::int64_t>* nonzero_rows(const Tensor& gradient);
/// Says that a contiguous gradient, as it is now, is zero outside of these rows: ascending, each at most once.
void set_nonzero_rows(const Tensor& gradient, std::vector<std::int64_t> rows);
/// From now on, the gradient counts as dense.
void forget_nonzero_rows(const Tensor& gradient);

/// Calls body(i, first) for each row of a list: its number in the list, and the number of its first element where rows have
/// `width` elements. On several threads where that pays.
void for_each_row(const std::vector<std::int64_t>& rows, std::int64_t width,
                  kernels::FunctionRef<void(std::int64_t, std::int64_t)> body);
/// The rows that may be other than zero as a tensor (rows, ...) of its own; the gradient itself where that is not known.
Tensor gather_nonzero_rows(const Tensor& gradient);
/// Applies `change`, an operation in place that leaves zeros as they are, to the rows that may be other than zero.
void change_nonzero_rows(Tensor gradient, const std::function<void(Tensor&)>& change);
/// sum += gradient in place, row by row where the gradient's rows are known; a sum in another dtype becomes one in the dtype
/// of both.
void add_gradient(Tensor& sum, Tensor& gradient);
/// Fills a gradient with zeros.
void zero_gradient(Tensor& gradient);

/// Zeros for the gradient that goes to `accumulator`: those that keep_table() left there, else new ones.
Tensor take_table(Node& accumulator, IntArrayRef sizes, Dtype dtype);
/// Leaves a gradient that nobody else holds, and whose rows are known, to the next take_table(): filling a few rows with
/// zeros is cheaper than filling a table. Other gradients, and those that go to other nodes, are dropped.
void keep_table(Node& accumulator, Tensor gradient);

}  // namespace xgrad
