#include "nn/modules/multihead_attention.h"

#include "autograd/base/check.h"
#include "autograd/ops/attention.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/split.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "nn/functional/attention.h"
#include "nn/init/init.h"

namespace xgrad::nn {

MultiheadAttentionImpl::MultiheadAttentionImpl(std::int64_t embed_dim, std::int64_t num_heads)
    : MultiheadAttentionImpl(MultiheadAttentionOptions(embed_dim, num_heads)) {}

MultiheadAttentionImpl::MultiheadAttentionImpl(const MultiheadAttentionOptions& options_) : Layer(options_) {
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

std::tuple<Tensor, Tensor> MultiheadAttentionImpl::forward(const Tensor& query_, const Tensor& key_, const Tensor& value_,
                                                           const Tensor& key_padding_mask, OnlyBool need_weights,
                                                           const Tensor& attn_mask, OnlyBool average_attn_weights,
                                                           OnlyBool is_causal) {
  const bool batched = query_.dim() == 3;
  check<ShapeError>((batched || query_.dim() == 2) && key_.dim() == query_.dim() && value_.dim() == query_.dim(),
                    "MultiheadAttention: query {}, key {} and value {} must all have 3 dimensions, or 2 without a batch",
                    query_.sizes(), key_.sizes(), value_.sizes());
  // The function takes (time, batch, features). Tensors that are the same stay so, for one product to project all of them.
  const auto arrange = [&](const Tensor& x) {
    return !batched ? unsqueeze(x, 1) : options.batch_first() ? transpose(x, 0, 1) : x;
  };
  const Tensor query = arrange(query_);
  const Tensor key = key_.is_same(query_) ? query : arrange(key_);
  const Tensor value = value_.is_same(key_) ? key : arrange(value_);
  auto [output, weights] = functional::multi_head_attention_forward(
      query, key, value,
      functional::MultiheadAttentionForwardFuncOptions(options.embed_dim(), options.num_heads(), in_proj_weight,
                                                       in_proj_bias, bias_k, bias_v, options.add_zero_attn(),
                                                       options.dropout(), out_proj->weight, out_proj->bias)
          .training(is_training())
          .key_padding_mask(key_padding_mask.defined() && !batched ? unsqueeze(key_padding_mask, 0) : key_padding_mask)
          .need_weights(need_weights)
          .attn_mask(attn_mask)
          .use_separate_proj_weight(!in_proj_weight.defined())
          .q_proj_weight(q_proj_weight)
          .k_proj_weight(k_proj_weight)
          .v_proj_weight(v_proj_weight)
          .average_attn_weights(average_attn_weights)
          .is_causal(is_causal));
  output = !batched ? squeeze(output, 1) : options.batch_first() ? transpose(output, 0, 1) : output;
  return {output, batched || !need_weights ? weights : squeeze(weights, 0)};
}

void MultiheadAttentionImpl::check_cached(const char* function, const Tensor& x) const {
  check<ValueError>(in_proj_weight.defined() && !options.add_bias_kv() && !options.add_zero_attn(),
                    "MultiheadAttention::{}: there is no cache beside kdim, vdim, add_bias_kv and add_zero_attn", function);
  check<ShapeError>(x.dim() == 3 && x.size(2) == options.embed_dim(),
                    "MultiheadAttention::{}: expected three dimensions with {} features, got {}", function,
                    options.embed_dim(), x.sizes());
}

/// Parts of the projection (0 queries, 1 keys, 2 values), as (batch, parts * heads, time, size).
Tensor MultiheadAttentionImpl::project(const Tensor& x, std::int64_t first, std::int64_t count) const {
  const std::int64_t size = options.embed_dim();
  const Tensor weight = narrow(in_proj_weight, 0, first * size, count * size);
  const Tensor bias = in_proj_bias.defined() ? narrow(in_proj_bias, 0, first * size, count * size) : Tensor();
  const Tensor projected = linear(options.batch_first() ? x : transpose(x, 0, 1), weight, bias);
  const std::int64_t heads = options.num_heads();
  return transpose(view(projected, {projected.size(0), projected.size(1), count * heads, size / heads}), 1, 2);
}

/// The heads' results (batch, heads, time, size) side by side, projected.
Tensor MultiheadAttentionImpl::finish(const Tensor& heads) const {
  const Tensor rows = permute(heads, options.batch_first() ? IntArrayRef({0, 2, 1, 3}) : IntArrayRef({2, 0, 1, 3}));
  return out_proj(reshape(rows, {rows.size(0), rows.size(1), options.embed_dim()}));
}

Tensor MultiheadAttentionImpl::forward_next(const Tensor& steps, KeyValueCache& cache) {
  check_cached("forward_next", steps);
  const NoGradGuard no_grad;
  const TensorList parts = chunk(project(steps, 0, 3), 3, 1);
  const std::int64_t before = cache.length();
  const detail::CacheUndo undo(cache);
  cache.append(parts[1], parts[2]);
  const std::int64_t count = parts[0].size(2);
  Tensor seen;  // a single step sees all, and the first ones are a matter of is_causal
  if (before > 0 && count > 1) seen = le(arange(before + count), unsqueeze(arange(before, before + count), 1));
  return finish(scaled_dot_product_attention(parts[0], cache.keys(), cache.values(), seen, 0, before == 0));
}

Tensor MultiheadAttentionImpl::forward_kept(const Tensor& query, const Tensor& source, KeyValueCache& cache,
                                            const Tensor& key_padding_mask) {
  check_cached("forward_kept", query);
  const NoGradGuard no_grad;
  const detail::CacheUndo undo(cache);
  if (cache.empty()) {
    check_cached("forward_kept", source);
    const TensorList parts = chunk(project(source, 1, 2), 2, 1);
    cache.append(parts[0], parts[1]);
  }
  const Tensor queries = project(query, 0, 1);
  const std::int64_t batch = cache.keys().size(0);
  check<ShapeError>(queries.size(0) == batch, "MultiheadAttention::forward_kept: {} sequences of queries for {} of keys",
                    queries.size(0), batch);
  Tensor counts;
  if (key_padding_mask.defined()) {
    check<ShapeError>(key_padding_mask.sizes() == IntArrayRef({batch, cache.length()}),
                      "MultiheadAttention::forward_kept: a mask {} for {} keys of {} sequences", key_padding_mask.sizes(),
                      cache.length(), batch);
    counts = key_padding_mask.dtype() == kBool ? logical_not(key_padding_mask) : key_padding_mask;
    counts = view(counts, {counts.size(0), 1, 1, counts.size(1)});
  }
  return finish(scaled_dot_product_attention(queries, cache.keys(), cache.values(), counts));
}

}  // namespace xgrad::nn
