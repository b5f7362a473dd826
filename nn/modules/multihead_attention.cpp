#include "nn/modules/multihead_attention.h"

#include <cmath>
#include <limits>
#include <ostream>

#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/split.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/check.h"
#include "autograd/tensor/creation.h"
#include "nn/init/init.h"

namespace xgrad::nn {

namespace {

/// A mask as numbers to add to the scores: -infinity for what a bool one leaves out.
Tensor additive(const char* which, const Tensor& mask, Dtype dtype) {
  check<TypeError>(mask.dtype() == kBool || mask.is_floating_point(),
                   "MultiheadAttention: {} must be bool or floating-point, got {}", which, mask.dtype());
  if (mask.is_floating_point()) return to(mask, dtype);
  return masked_fill(zeros(mask.sizes(), dtype), mask, -std::numeric_limits<double>::infinity());
}

/// `columns` more columns of zeros: what stands behind the keys is never left out.
Tensor widen(const Tensor& mask, std::int64_t columns) {
  DimVector sizes = to_dims(mask.sizes());
  sizes.back() = columns;
  return cat({mask, zeros(sizes, mask.dtype())}, -1);
}

}  // namespace

MultiheadAttentionImpl::MultiheadAttentionImpl(const MultiheadAttentionOptions& options_) : options(options_) {
  const std::int64_t size = options.embed_dim();
  check<ValueError>(size > 0 && options.num_heads() > 0 && size % options.num_heads() == 0,
                    "MultiheadAttention: embed_dim {} must be a positive multiple of num_heads {}", size,
                    options.num_heads());
  check<ValueError>(options.dropout() >= 0 && options.dropout() <= 1,
                    "MultiheadAttention: dropout must lie in [0, 1], got {}", options.dropout());
  const std::int64_t key_size = options.kdim().value_or(size);
  const std::int64_t value_size = options.vdim().value_or(size);
  check<ValueError>(key_size > 0 && value_size > 0, "MultiheadAttention: kdim and vdim must be positive, got {} and {}",
                    key_size, value_size);
  reset();
}

void MultiheadAttentionImpl::reset() {
  const std::int64_t size = options.embed_dim();
  const std::int64_t key_size = options.kdim().value_or(size);
  const std::int64_t value_size = options.vdim().value_or(size);
  if (key_size == size && value_size == size) {
    in_proj_weight = register_parameter("in_proj_weight", empty({3 * size, size}));
  } else {
    q_proj_weight = register_parameter("q_proj_weight", empty({size, size}));
    k_proj_weight = register_parameter("k_proj_weight", empty({size, key_size}));
    v_proj_weight = register_parameter("v_proj_weight", empty({size, value_size}));
  }
  if (options.bias()) in_proj_bias = register_parameter("in_proj_bias", empty({3 * size}));
  out_proj = register_module("out_proj", Linear(LinearOptions(size, size).bias(options.bias())));
  if (options.add_bias_kv()) {
    bias_k = register_parameter("bias_k", empty({1, 1, size}));
    bias_v = register_parameter("bias_v", empty({1, 1, size}));
  }
  reset_parameters();
}

void MultiheadAttentionImpl::reset_parameters() {
  for (const Tensor& weight : {in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight}) {
    if (weight.defined()) init::xavier_uniform_(weight);
  }
  if (in_proj_bias.defined()) {
    init::zeros_(in_proj_bias);
    init::zeros_(out_proj->bias);
  }
  for (const Tensor& bias : {bias_k, bias_v}) {
    if (bias.defined()) init::xavier_normal_(bias);
  }
}

std::tuple<Tensor, Tensor, Tensor> MultiheadAttentionImpl::project(const Tensor& query, const Tensor& key,
                                                                   const Tensor& value) const {
  if (in_proj_weight.defined() && query.is_same(key) && key.is_same(value)) {
    const TensorList all = chunk(linear(query, in_proj_weight, in_proj_bias), 3, -1);
    return {all[0], all[1], all[2]};
  }
  const TensorList weights =
      in_proj_weight.defined() ? chunk(in_proj_weight, 3) : TensorList{q_proj_weight, k_proj_weight, v_proj_weight};
  const TensorList biases = in_proj_bias.defined() ? chunk(in_proj_bias, 3) : TensorList(3);
  return {linear(query, weights[0], biases[0]), linear(key, weights[1], biases[1]), linear(value, weights[2], biases[2])};
}

std::tuple<Tensor, Tensor> MultiheadAttentionImpl::forward(const Tensor& query_, const Tensor& key_, const Tensor& value_,
                                                           const Tensor& key_padding_mask, bool need_weights,
                                                           const Tensor& attn_mask, bool average_attn_weights) {
  const bool batched = query_.dim() == 3;
  check<ShapeError>((batched || query_.dim() == 2) && key_.dim() == query_.dim() && value_.dim() == query_.dim(),
                    "MultiheadAttention: query {}, key {} and value {} must all have 3 dimensions, or 2 without a batch",
                    query_.sizes(), key_.sizes(), value_.sizes());
  // Inside: (time, batch, features). Tensors that are the same stay so, for one product to project all of them.
  const auto arrange = [&](const Tensor& x) {
    return !batched ? unsqueeze(x, 1) : options.batch_first() ? transpose(x, 0, 1) : x;
  };
  const Tensor query = arrange(query_);
  const Tensor key = key_.is_same(query_) ? query : arrange(key_);
  const Tensor value = value_.is_same(key_) ? key : arrange(value_);
  const std::int64_t target = query.size(0);
  const std::int64_t batch = query.size(1);
  const std::int64_t heads = options.num_heads();
  const std::int64_t size = options.embed_dim();
  std::int64_t source = key.size(0);
  check<ShapeError>(query.size(2) == size && key.size(2) == options.kdim().value_or(size) &&
                        value.size(2) == options.vdim().value_or(size),
                    "MultiheadAttention: query {}, key {} and value {} must have {}, {} and {} features", query_.sizes(),
                    key_.sizes(), value_.sizes(), size, options.kdim().value_or(size), options.vdim().value_or(size));
  check<ShapeError>(key.size(1) == batch && value.size(1) == batch && value.size(0) == source,
                    "MultiheadAttention: query {}, key {} and value {} differ in their batch or time", query_.sizes(),
                    key_.sizes(), value_.sizes());

  Tensor mask;
  if (attn_mask.defined()) {
    mask = additive("attn_mask", attn_mask, query.dtype());
    if (mask.dim() == 2) mask = unsqueeze(mask, 0);
    check<ShapeError>(mask.dim() == 3 && (mask.size(0) == 1 || mask.size(0) == batch * heads) && mask.size(1) == target &&
                          mask.size(2) == source,
                      "MultiheadAttention: attn_mask {} must be [{}, {}] or [{}, {}, {}]", attn_mask.sizes(), target, source,
                      batch * heads, target, source);
  }
  Tensor padding;
  if (key_padding_mask.defined()) {
    padding = additive("key_padding_mask", key_padding_mask, query.dtype());
    if (!batched) padding = unsqueeze(padding, 0);
    check<ShapeError>(padding.sizes() == IntArrayRef({batch, source}),
                      "MultiheadAttention: key_padding_mask {} must be [{}, {}]", key_padding_mask.sizes(), batch, source);
  }

  auto [q, k, v] = project(query, key, value);
  std::int64_t behind = 0;
  if (bias_k.defined()) {
    k = cat({k, expand(bias_k, {1, batch, size})}, 0);
    v = cat({v, expand(bias_v, {1, batch, size})}, 0);
    ++behind;
  }
  const auto split_heads = [&](const Tensor& x) {
    return transpose(reshape(x, {x.size(0), batch * heads, size / heads}), 0, 1);
  };
  q = split_heads(q) * (1 / std::sqrt(static_cast<double>(size / heads)));
  k = split_heads(k);
  v = split_heads(v);
  if (options.add_zero_attn()) {
    const Tensor nothing = zeros({batch * heads, 1, size / heads}, k.dtype());
    k = cat({k, nothing}, 1);
    v = cat({v, nothing}, 1);
    ++behind;
  }
  source += behind;

  Tensor scores = bmm(q, transpose(k, 1, 2));  // (batch * heads, target, source)
  if (mask.defined()) scores = scores + (behind > 0 ? widen(mask, behind) : mask);
  if (padding.defined()) {
    if (behind > 0) padding = widen(padding, behind);
    scores = view(view(scores, {batch, heads, target, source}) + view(padding, {batch, 1, 1, source}),
                  {batch * heads, target, source});
  }
  const Tensor weights = dropout(softmax(scores, -1), options.dropout(), is_training());
  const Tensor rows = reshape(transpose(bmm(weights, v), 0, 1), {target * batch, size});
  Tensor output = view(out_proj(rows), {target, batch, size});
  output = !batched ? squeeze(output, 1) : options.batch_first() ? transpose(output, 0, 1) : output;
  if (!need_weights) return {output, Tensor()};
  Tensor shown = view(weights, {batch, heads, target, source});
  if (average_attn_weights) shown = mean(shown, 1);
  return {output, batched ? shown : squeeze(shown, 0)};
}

void MultiheadAttentionImpl::pretty_print(std::ostream& stream) const {
  stream << "MultiheadAttention(embed_dim=" << options.embed_dim() << ", num_heads=" << options.num_heads()
         << ", dropout=" << options.dropout() << ", batch_first=" << (options.batch_first() ? "true" : "false") << ')';
}

}  // namespace xgrad::nn
