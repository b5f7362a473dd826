#include "autograd/ops/contraction.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"

namespace xgrad {

namespace {

/// How many multiplications the best order takes for matrices i to j, and before which one it cuts.
struct ChainOrder {
  double cost = 0;
  std::size_t cut = 0;
};

Tensor multiply_chain(const TensorList& matrices, const std::vector<std::vector<ChainOrder>>& orders, std::size_t first,
                      std::size_t last) {
  if (first == last) return matrices[first];
  const std::size_t cut = orders[first][last].cut;
  return mm(multiply_chain(matrices, orders, first, cut - 1), multiply_chain(matrices, orders, cut, last));
}

}  // namespace

Tensor tensordot(const Tensor& a, const Tensor& b, IntArrayRef a_dims, IntArrayRef b_dims) {
  const autograd::profiler::RecordFunction profiled("tensordot");
  check<ShapeError>(a_dims.size() == b_dims.size(), "tensordot: dimensions {} and {} are not as many", a_dims, b_dims);
  std::vector<bool> a_summed(a.sizes().size());
  std::vector<bool> b_summed(b.sizes().size());
  DimVector a_order;
  DimVector b_order;
  Tensor left = a;
  Tensor right = b;
  std::int64_t length = 1;
  for (std::size_t i = 0; i < a_dims.size(); ++i) {
    const std::int64_t from_a = wrap_dim("tensordot", a_dims[i], a.dim());
    const std::int64_t from_b = wrap_dim("tensordot", b_dims[i], b.dim());
    check<ShapeError>(a.dim() > 0 && b.dim() > 0, "tensordot: a number has no dimensions to sum over");
    check<ShapeError>(!a_summed[static_cast<std::size_t>(from_a)] && !b_summed[static_cast<std::size_t>(from_b)],
                      "tensordot: a dimension comes twice in {} or {}", a_dims, b_dims);
    a_summed[static_cast<std::size_t>(from_a)] = b_summed[static_cast<std::size_t>(from_b)] = true;
    // What is multiplied by one repeated number can be added up first.
    if (a.size(from_a) == 1) right = sum(right, {from_b}, true);
    else if (b.size(from_b) == 1) left = sum(left, {from_a}, true);
    else
      check<ShapeError>(a.size(from_a) == b.size(from_b), "tensordot: sizes of {} and {} differ along dimensions {} and {}",
                        a.sizes(), b.sizes(), from_a, from_b);
    length *= left.size(from_a);
    b_order.push_back(from_b);
  }
  DimVector sizes;
  for (std::int64_t dim = 0; dim < a.dim(); ++dim) {
    if (a_summed[static_cast<std::size_t>(dim)]) continue;
    a_order.push_back(dim);
    sizes.push_back(a.size(dim));
  }
  const std::int64_t rows = number_of_elements(sizes);
  for (const std::int64_t dim : a_dims) a_order.push_back(wrap_dim("tensordot", dim, a.dim()));
  std::int64_t columns = 1;
  for (std::int64_t dim = 0; dim < b.dim(); ++dim) {
    if (b_summed[static_cast<std::size_t>(dim)]) continue;
    b_order.push_back(dim);
    sizes.push_back(b.size(dim));
    columns *= b.size(dim);
  }
  return reshape(mm(reshape(permute(left, a_order), {rows, length}), reshape(permute(right, b_order), {length, columns})),
                 sizes);
}

Tensor chain_matmul(const TensorList& matrices) {
  const autograd::profiler::RecordFunction profiled("chain_matmul");
  check<ValueError>(!matrices.empty(), "chain_matmul: expected at least one matrix");
  const std::size_t n = matrices.size();
  for (std::size_t i = 0; i < n; ++i) {
    check<ShapeError>(matrices[i].dim() == 2, "chain_matmul: expected matrices, got shape {}", matrices[i].sizes());
    check<ShapeError>(i == 0 || matrices[i - 1].size(1) == matrices[i].size(0), "chain_matmul: {} does not fit {}",
                      matrices[i == 0 ? 0 : i - 1].sizes(), matrices[i].sizes());
  }
  if (n == 1) return clone(matrices[0]);
  std::vector<std::vector<ChainOrder>> orders(n, std::vector<ChainOrder>(n));
  for (std::size_t length = 1; length < n; ++length) {
    for (std::size_t first = 0; first + length < n; ++first) {
      const std::size_t last = first + length;
      ChainOrder& best = orders[first][last];
      for (std::size_t cut = first + 1; cut <= last; ++cut) {
        const double cost = orders[first][cut - 1].cost + orders[cut][last].cost +
                            static_cast<double>(matrices[first].size(0)) * static_cast<double>(matrices[cut].size(0)) *
                                static_cast<double>(matrices[last].size(1));
        if (best.cut == 0 || cost < best.cost) best = {cost, cut};
      }
    }
  }
  return multiply_chain(matrices, orders, 0, n - 1);
}

}  // namespace xgrad
