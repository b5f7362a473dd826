#include "nn/functional/attention.h"

#include <cmath>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/attention.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/split.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::nn::functional {

namespace {

using Options = MultiheadAttentionForwardFuncOptions;

constexpr const char* operation = "multi_head_attention_forward";

/// How many there are of what the inputs hold.
struct Counts {
  std::int64_t target;
  std::int64_t source;
  std::int64_t batch;
  std::int64_t heads;
  std::int64_t size;  ///< features of all heads together
};

Counts count(const Tensor& query, const Tensor& key, const Tensor& value, const Options& options) {
  const std::int64_t size = options.embed_dim_to_check();
  const std::int64_t heads = options.num_heads();
  check<ValueError>(size > 0 && heads > 0 && size % heads == 0,
                    "{}: embed_dim {} must be a positive multiple of num_heads {}", operation, size, heads);
  check<ShapeError>(query.dim() == 3 && key.dim() == 3 && value.dim() == 3,
                    "{}: query {}, key {} and value {} must be (time, batch, features)", operation, query.sizes(),
                    key.sizes(), value.sizes());
  check<ShapeError>(query.size(2) == size, "{}: query {} must have {} features", operation, query.sizes(), size);
  check<ShapeError>(
      key.size(1) == query.size(1) && value.size(1) == query.size(1) && value.size(0) == key.size(0),
      "{}: query {}, key {} and value {}, all (time, batch, features), differ in their batch, or key and value in their time",
      operation, query.sizes(), key.sizes(), value.sizes());
  return {query.size(0), key.size(0), query.size(1), heads, size};
}

/// A parameter that must be there, or, with `optional`, may be undefined.
void check_parameter(const char* name, const Tensor& tensor, IntArrayRef sizes, bool optional = false) {
  if (optional && !tensor.defined()) return;
  check<ValueError>(tensor.defined(), "{}: {} {} is undefined", operation, name, sizes);
  check<ShapeError>(tensor.sizes() == sizes, "{}: {} is {}, expected {}", operation, name, tensor.sizes(), sizes);
}

void check_parameters(const Counts& counts, const Tensor& key, const Tensor& value, const Options& options) {
  const std::int64_t size = counts.size;
  if (options.use_separate_proj_weight()) {
    check_parameter("q_proj_weight", options.q_proj_weight(), {size, size});
    check_parameter("k_proj_weight", options.k_proj_weight(), {size, key.size(2)});
    check_parameter("v_proj_weight", options.v_proj_weight(), {size, value.size(2)});
  } else {
    check<ShapeError>(key.size(2) == size && value.size(2) == size, "{}: key {} and value {} must have {} features",
                      operation, key.sizes(), value.sizes(), size);
    check_parameter("in_proj_weight", options.in_proj_weight(), {3 * size, size});
  }
  check_parameter("in_proj_bias", options.in_proj_bias(), {3 * size}, true);
  check<ValueError>(options.bias_k().defined() == options.bias_v().defined(),
                    "{}: there must be both bias_k and bias_v, or neither", operation);
  check_parameter("bias_k", options.bias_k(), {1, 1, size}, true);
  check_parameter("bias_v", options.bias_v(), {1, 1, size}, true);
  check<ValueError>(!options.bias_k().defined() || (!options.static_k().defined() && !options.static_v().defined()),
                    "{}: bias_k and bias_v cannot be put behind static_k and static_v", operation);
  const IntArrayRef weight = options.out_proj_weight().defined() ? options.out_proj_weight().sizes() : IntArrayRef();
  check<ShapeError>(weight.size() == 2 && weight[1] == size, "{}: out_proj_weight is {}, expected (out_features, {})",
                    operation, weight, size);
  check_parameter("out_proj_bias", options.out_proj_bias(), {weight[0]}, true);
  check<ValueError>(options.dropout_p() >= 0 && options.dropout_p() <= 1, "{}: dropout_p must lie in [0, 1], got {}",
                    operation, options.dropout_p());
}

void check_mask(const char* which, const Tensor& mask) {
  check<TypeError>(mask.dtype() == kBool || mask.is_floating_point(), "{}: {} must be bool or floating-point, got {}",
                   operation, which, mask.dtype());
}

void check_masks(const Options& options, const Counts& counts) {
  if (const Tensor& mask = options.attn_mask(); mask.defined()) {
    check_mask("attn_mask", mask);
    const std::int64_t rows = counts.batch * counts.heads;
    const bool whole = mask.dim() == 3 && (mask.size(0) == 1 || mask.size(0) == rows);
    check<ShapeError>((mask.dim() == 2 || whole) && mask.size(-2) == counts.target && mask.size(-1) == counts.source,
                      "{}: attn_mask {} must be [{}, {}] or [{}, {}, {}]", operation, mask.sizes(), counts.target,
                      counts.source, rows, counts.target, counts.source);
  }
  if (const Tensor& padding = options.key_padding_mask(); padding.defined()) {
    check_mask("key_padding_mask", padding);
    check<ShapeError>(padding.sizes() == IntArrayRef({counts.batch, counts.source}),
                      "{}: key_padding_mask {} must be [{}, {}]", operation, padding.sizes(), counts.batch, counts.source);
  }
}

/// A mask of flags that say which keys count, or of numbers, as numbers to add to the scores.
Tensor additive(const Tensor& mask, Dtype dtype) {
  if (mask.is_floating_point()) return to(mask, dtype);
  return masked_fill(zeros(mask.sizes(), dtype), logical_not(mask), -std::numeric_limits<double>::infinity());
}

/// `columns` more columns of zeros, or false: what stands behind the keys is never left out.
Tensor widen(const Tensor& mask, std::int64_t columns) {
  DimVector sizes = to_dims(mask.sizes());
  sizes.back() = columns;
  return cat({mask, zeros(sizes, mask.dtype())}, -1);
}

/// Both masks as one that broadcasts to (batch, heads, target, source and what is behind): flags that say which keys count
/// where both are flags, else numbers to add. Undefined where there is none.
Tensor joint_mask(const Options& options, const Counts& counts, Dtype dtype, std::int64_t behind) {
  TensorList masks;
  if (Tensor mask = options.attn_mask(); mask.defined()) {
    if (mask.dim() == 3 && mask.size(0) > 1)
      mask = reshape(mask, {counts.batch, counts.heads, counts.target, counts.source});
    masks.push_back(mask);
  }
  if (const Tensor padding = options.key_padding_mask(); padding.defined()) {
    masks.push_back(reshape(padding, {counts.batch, 1, 1, counts.source}));
  }
  for (Tensor& mask : masks) {
    if (behind > 0) mask = widen(mask, behind);
    if (mask.dtype() == kBool) mask = logical_not(mask);
  }
  if (masks.empty()) return {};
  if (masks.size() == 1) return masks[0].dtype() == kBool ? masks[0] : to(masks[0], dtype);
  if (masks[0].dtype() == kBool && masks[1].dtype() == kBool) return logical_and(masks[0], masks[1]);
  return additive(masks[0], dtype) + additive(masks[1], dtype);
}

/// softmax over the keys; a query whose keys are all left out attends to nothing: weights and gradients of 0.
Tensor softmax_or_zeros(const Tensor& scores, bool masked) {
  if (!masked || scores.numel() == 0) return xgrad::softmax(scores, -1);
  const Tensor alone = eq(amax(scores.detach(), {-1}, true), -std::numeric_limits<double>::infinity());
  if (!any(alone).item<bool>()) return xgrad::softmax(scores, -1);
  return masked_fill(xgrad::softmax(masked_fill(scores, alone, 0), -1), alone, 0);
}

std::tuple<Tensor, Tensor, Tensor> project(const Tensor& query, const Tensor& key, const Tensor& value,
                                           const Options& options) {
  const bool separate = options.use_separate_proj_weight();
  if (!separate && query.is_same(key) && key.is_same(value)) {
    const TensorList all = chunk(linear(query, options.in_proj_weight(), options.in_proj_bias()), 3, -1);
    return {all[0], all[1], all[2]};
  }
  const TensorList weights = separate ? TensorList{options.q_proj_weight(), options.k_proj_weight(), options.v_proj_weight()}
                                      : chunk(options.in_proj_weight(), 3);
  const TensorList biases = options.in_proj_bias().defined() ? chunk(options.in_proj_bias(), 3) : TensorList(3);
  return {linear(query, weights[0], biases[0]), linear(key, weights[1], biases[1]), linear(value, weights[2], biases[2])};
}

}  // namespace

std::tuple<Tensor, Tensor> multi_head_attention_forward(const Tensor& query, const Tensor& key, const Tensor& value,
                                                        const MultiheadAttentionForwardFuncOptions& options) {
  Counts counts = count(query, key, value, options);
  check_parameters(counts, key, value, options);
  const auto [target, given_source, batch, heads, size] = counts;
  for (const auto& [name, given] : {std::pair("static_k", options.static_k()), std::pair("static_v", options.static_v())}) {
    if (!given.defined()) continue;
    check<ShapeError>(given.dim() == 3 && given.size(0) == batch * heads && given.size(2) == size / heads,
                      "{}: {} {} must be [{}, source, {}]", operation, name, given.sizes(), batch * heads, size / heads);
  }
  if (options.static_k().defined()) counts.source = options.static_k().size(1);
  const std::int64_t values = options.static_v().defined() ? options.static_v().size(1) : given_source;
  check<ShapeError>(values == counts.source, "{}: there are {} keys and {} values", operation, counts.source, values);
  check_masks(options, counts);

  auto [q, k, v] = project(query, key, value, options);
  std::int64_t behind = 0;
  if (options.bias_k().defined()) {
    k = cat({k, expand(options.bias_k(), {1, batch, size})}, 0);
    v = cat({v, expand(options.bias_v(), {1, batch, size})}, 0);
    ++behind;
  }
  const auto split_heads = [batch = batch, heads = heads, size = size](const Tensor& x) {
    return transpose(reshape(x, {x.size(0), batch * heads, size / heads}), 0, 1);
  };
  q = split_heads(q);
  k = options.static_k().defined() ? options.static_k() : split_heads(k);
  v = options.static_v().defined() ? options.static_v() : split_heads(v);
  if (options.add_zero_attn()) {
    const Tensor nothing = zeros({batch * heads, 1, size / heads}, k.dtype());
    k = cat({k, nothing}, 1);
    v = cat({v, nothing}, 1);
    ++behind;
  }
  const auto apart = [batch = batch, heads = heads](const Tensor& x) {
    return view(x, {batch, heads, x.size(1), x.size(2)});
  };
  const Tensor seen = joint_mask(options, counts, query.dtype(), behind);
  Tensor result;  // (batch, heads, target, size / heads)
  Tensor weights;
  if (options.need_weights()) {
    Tensor scores = matmul(apart(q) * (1 / std::sqrt(static_cast<double>(size / heads))), transpose(apart(k), 2, 3));
    if (seen.defined()) scores = scores + additive(seen, query.dtype());
    if (options.is_causal()) {
      const Tensor later = gt(arange(counts.source), unsqueeze(arange(target), 1));
      scores = masked_fill(scores, behind > 0 ? widen(later, behind) : later, -std::numeric_limits<double>::infinity());
    }
    weights = xgrad::dropout(softmax_or_zeros(scores, seen.defined()), options.dropout_p(), options.training());
    result = matmul(weights, apart(v));
  } else {
    check<ValueError>(!options.is_causal() || behind == 0,
                      "{}: is_causal goes with no keys behind the others unless the weights are needed", operation);
    result = scaled_dot_product_attention(apart(q), apart(k), apart(v), seen, options.training() ? options.dropout_p() : 0,
                                          options.is_causal());
  }
  const Tensor rows = reshape(permute(result, {2, 0, 1, 3}), {target * batch, size});
  const Tensor output = view(linear(rows, options.out_proj_weight(), options.out_proj_bias()),
                             {target, batch, options.out_proj_weight().size(0)});
  if (!options.need_weights()) return {output, Tensor()};
  return {output, options.average_attn_weights() ? mean(weights, 1) : weights};
}

}  // namespace xgrad::nn::functional
