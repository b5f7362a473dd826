#include "autograd/ops/attention.h"

#include <array>
#include <cmath>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/attention.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

constexpr const char* attention_name = "scaled_dot_product_attention";

IntArrayRef batch_of(const Tensor& x) { return x.sizes().slice(0, x.sizes().size() - 2); }

/// The offsets of all matrices of a batch.
std::vector<std::int64_t> matrix_offsets(const Tensor& x) {
  std::vector<std::int64_t> offsets{0};
  for (std::size_t d = 0; d + 2 < x.sizes().size(); ++d) {
    std::vector<std::int64_t> finer;
    for (const std::int64_t offset : offsets) {
      for (std::int64_t i = 0; i < x.sizes()[d]; ++i) finer.push_back(offset + i * x.strides()[d]);
    }
    offsets = std::move(finer);
  }
  return offsets;
}

/// Matrices whose rows lie without gaps, wherever the rows do. Keeps what it copies.
template <class T>
struct Matrices {
  explicit Matrices(const Tensor& x) : tensor(x.detach()) {
    const NoGradGuard no_grad;
    if (tensor.stride(-1) != 1 && tensor.size(-1) > 1) tensor = contiguous(tensor);
    rows = {tensor.data_ptr<T>(), matrix_offsets(tensor), tensor.stride(-2)};
  }
  Tensor tensor;
  kernels::AttentionRows<T> rows;
};

template <class T>
kernels::AttentionMask<T> mask_of(const Tensor& mask) {
  if (!mask.defined()) return {};
  const Tensor seen = mask.detach();
  kernels::AttentionMask<T> result{nullptr, nullptr, matrix_offsets(seen), seen.stride(-2), seen.stride(-1)};
  if (seen.dtype() == kBool) result.counts = seen.data_ptr<bool>();
  else result.added = seen.data_ptr<T>();
  return result;
}

/// All factors of the dropout, (..., target, source), outside the graph.
Tensor dropout_factors(const kernels::AttentionShape& shape, IntArrayRef sizes, Dtype dtype) {
  Tensor factors = empty(sizes, dtype);
  visit_floating(dtype, attention_name, [&]<class T>() {
    T* row = factors.data_ptr<T>();
    for (std::int64_t b = 0; b < shape.batch; ++b) {
      for (std::int64_t i = 0; i < shape.queries; ++i, row += shape.keys) {
        kernels::attention_dropout(shape, b, i, 0, shape.keys, row);
      }
    }
  });
  return factors;
}

/// The gradients of q, k, v and the mask in operations, which can be differentiated again.
std::array<Tensor, 4> composed_gradients(const kernels::AttentionShape& shape, const Tensor& q, const Tensor& k,
                                         const Tensor& v, const Tensor& mask, const Tensor& logsumexp, const Tensor& grad,
                                         const Node& node) {
  constexpr double nothing = -std::numeric_limits<double>::infinity();
  Tensor scores = matmul(q, transpose(k, -2, -1)) * shape.scale;
  if (mask.defined()) scores = mask.dtype() == kBool ? masked_fill(scores, logical_not(mask), nothing) : scores + mask;
  if (shape.causal) {
    const Tensor source = arange(shape.keys);
    scores = masked_fill(scores, gt(source, unsqueeze(arange(shape.queries), 1)), nothing);
  }
  // Targets that see nothing have weights of 0, and no gradient.
  const Tensor alone = unsqueeze(isinf(logsumexp), -1);
  const Tensor weights = masked_fill(softmax(masked_fill(scores, alone, 0), -1), alone, 0);
  const Tensor factors = shape.dropout > 0 ? dropout_factors(shape, scores.sizes(), scores.dtype()) : Tensor();
  Tensor of_weights = matmul(grad, transpose(v, -2, -1));
  if (factors.defined()) of_weights = of_weights * factors;
  const Tensor of_scores = weights * (of_weights - sum(of_weights * weights, IntArrayRef({-1}), true));
  std::array<Tensor, 4> gradients;
  if (node.needs_gradient(0)) gradients[0] = matmul(of_scores, k) * shape.scale;
  if (node.needs_gradient(1)) gradients[1] = matmul(transpose(of_scores, -2, -1), q) * shape.scale;
  if (node.needs_gradient(2)) {
    gradients[2] = matmul(transpose(factors.defined() ? weights * factors : weights, -2, -1), grad);
  }
  if (node.needs_gradient(3)) gradients[3] = of_scores;
  return gradients;
}

/// The same, in blocks; not for the mask.
std::array<Tensor, 4> fused_gradients(const kernels::AttentionShape& shape, const Tensor& q, const Tensor& k,
                                      const Tensor& v, const Tensor& mask, const Tensor& out, const Tensor& logsumexp,
                                      const Tensor& grad) {
  std::array<Tensor, 4> gradients{empty(q.sizes(), q.dtype()), empty(k.sizes(), q.dtype()), empty(v.sizes(), q.dtype()),
                                  Tensor()};
  visit_floating(q.dtype(), attention_name, [&]<class T>() {
    const Matrices<T> queries(q);
    const Matrices<T> keys(k);
    const Matrices<T> values(v);
    const Matrices<T> of_result(grad);
    kernels::attention_backward(shape, queries.rows, keys.rows, values.rows, mask_of<T>(mask), out.data_ptr<T>(),
                                logsumexp.data_ptr<T>(), of_result.rows, gradients[0].data_ptr<T>(),
                                gradients[1].data_ptr<T>(), gradients[2].data_ptr<T>());
  });
  return gradients;
}

/// With all batches of one shape, and the mask's too.
Tensor attend(const kernels::AttentionShape& shape, const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask) {
  DimVector sizes = to_dims(batch_of(q));
  sizes.push_back(shape.queries);
  const Tensor logsumexp = empty(sizes, q.dtype());
  sizes.push_back(shape.value_size);
  Tensor out = empty(sizes, q.dtype());
  visit_floating(q.dtype(), attention_name, [&]<class T>() {
    kernels::attention(shape, Matrices<T>(q).rows, Matrices<T>(k).rows, Matrices<T>(v).rows, mask_of<T>(mask),
                       out.data_ptr<T>(), logsumexp.data_ptr<T>());
  });
  return record(
      "ScaledDotProductAttention", out, {q, k, v, mask},
      [shape, q = SavedTensor(q), k = SavedTensor(k), v = SavedTensor(v), mask = SavedTensor(mask),
       out = SavedTensor::result(out), logsumexp = SavedTensor(logsumexp)](const Tensor& grad, const Node& node) {
        const Tensor given = mask.defined() ? mask.unpack() : Tensor();
        if (GradMode::is_enabled() || node.needs_gradient(3)) {
          return composed_gradients(shape, q.unpack(), k.unpack(), v.unpack(), given, logsumexp.unpack(), grad, node);
        }
        return fused_gradients(shape, q.unpack(), k.unpack(), v.unpack(), given, out.unpack(), logsumexp.unpack(), grad);
      });
}

}  // namespace

Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& attn_mask,
                                    double dropout_p, OnlyBool is_causal, std::optional<double> scale, Generator generator) {
  const autograd::profiler::RecordFunction profiled(attention_name);
  check<TypeError>((q.dtype() == kFloat32 || q.dtype() == kFloat64) && k.dtype() == q.dtype() && v.dtype() == q.dtype(),
                   "{}: expected three tensors of float32 or float64, got {}, {} and {}", attention_name, q.dtype(),
                   k.dtype(), v.dtype());
  check<ShapeError>(
      q.dim() >= 2 && k.dim() >= 2 && v.dim() >= 2 && q.size(-1) == k.size(-1) && q.size(-1) > 0 && k.size(-2) == v.size(-2),
      "{}: q {}, k {} and v {} do not fit: expected (..., target, size), (..., source, size) and (..., source, "
      "value size)",
      attention_name, q.sizes(), k.sizes(), v.sizes());
  check<ValueError>(dropout_p >= 0 && dropout_p <= 1, "{}: the dropout must lie in [0, 1], got {}", attention_name,
                    dropout_p);
  check<TypeError>(!attn_mask.defined() || attn_mask.dtype() == kBool || attn_mask.is_floating_point(),
                   "{}: the mask must be bool or floating-point", attention_name);
  const DimVector batch =
      broadcast_shapes(attention_name, broadcast_shapes(attention_name, batch_of(q), batch_of(k)), batch_of(v));
  const auto with_batch = [&](const Tensor& x, std::int64_t rows, std::int64_t columns) {
    DimVector sizes = batch;
    sizes.push_back(rows);
    sizes.push_back(columns);
    check<ShapeError>(is_expandable_to(x.sizes(), sizes), "{}: a mask {} does not broadcast to {}", attention_name,
                      x.sizes(), IntArrayRef(sizes));
    return detail::expanded(x, sizes);
  };
  kernels::AttentionShape shape{number_of_elements(batch),
                                q.size(-2),
                                k.size(-2),
                                q.size(-1),
                                v.size(-1),
                                scale.value_or(1 / std::sqrt(static_cast<double>(q.size(-1)))),
                                is_causal,
                                dropout_p,
                                0};
  if (dropout_p > 0) {
    const auto lock = generator.lock();
    shape.seed = generator.random64();
  }
  Tensor mask;
  if (attn_mask.defined()) {
    mask = attn_mask.dtype() == kBool ? attn_mask : to(attn_mask, q.dtype());
    mask = with_batch(mask, shape.queries, shape.keys);
  }
  return attend(shape, with_batch(q, shape.queries, shape.size), with_batch(k, shape.keys, shape.size),
                with_batch(v, shape.keys, shape.value_size), mask);
}

}  // namespace xgrad
