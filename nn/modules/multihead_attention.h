/// MultiheadAttention, as torch.nn has it.
#pragma once

#include <optional>
#include <tuple>

#include "autograd/base/arg.h"
#include "nn/layer.h"
#include "nn/modules/key_value_cache.h"
#include "nn/modules/linear.h"

namespace xgrad::nn {

struct MultiheadAttentionOptions {
  MultiheadAttentionOptions(OnlyInt embed_dim, OnlyInt num_heads) : embed_dim_(embed_dim), num_heads_(num_heads) {}
  XGRAD_ARG(std::int64_t, embed_dim);      ///< features of queries and outputs
  XGRAD_ARG(std::int64_t, num_heads);      ///< parts that the features are split into; each attends by itself
  XGRAD_ARG(double, dropout) = 0;          ///< the probability with which a weight is dropped while training
  XGRAD_ARG(bool, bias) = true;            ///< whether the projections add a bias
  XGRAD_ARG(bool, add_bias_kv) = false;    ///< whether a learned key and value are put behind the others
  XGRAD_ARG(bool, add_zero_attn) = false;  ///< whether a key and value of zeros are put behind the others
  /// Features of keys; embed_dim where left out.
  XGRAD_ARG(std::optional<std::int64_t>, kdim) = std::nullopt;
  /// Features of values; embed_dim where left out.
  XGRAD_ARG(std::optional<std::int64_t>, vdim) = std::nullopt;
  /// Whether tensors are (batch, time, features) rather than (time, batch, features).
  XGRAD_ARG(bool, batch_first) = false;
  XGRAD_FIELDS(kept(embed_dim), kept(num_heads), kept(dropout), kept(bias), kept(add_bias_kv), kept(add_zero_attn),
               kept(kdim), kept(vdim), kept(batch_first));
};

/// softmax(Q K^T / sqrt(d)) V in each head, over projected queries, keys and values; the heads' results, side by side, go
/// through `out_proj`. Vaswani et al., 2017, https://arxiv.org/abs/1706.03762;
/// https://pytorch.org/docs/1.13/generated/torch.nn.MultiheadAttention.html
///
/// Parameters: in_proj_weight (3 embed_dim, embed_dim), or q_proj_weight, k_proj_weight and v_proj_weight where kdim or vdim
/// differ; in_proj_bias (3 embed_dim); bias_k and bias_v (1, 1, embed_dim); out_proj.weight and out_proj.bias.
struct MultiheadAttentionImpl : Layer<MultiheadAttentionImpl, MultiheadAttentionOptions> {
  /// Features, and the number of heads.
  MultiheadAttentionImpl(std::int64_t embed_dim, std::int64_t num_heads);
  /// Throws ValueError where num_heads does not divide embed_dim, for sizes that are not positive, and a dropout outside
  /// [0, 1].
  explicit MultiheadAttentionImpl(const MultiheadAttentionOptions& options_);

  void reset() override;

  /// Draws the parameters anew, as PyTorch does.
  void reset_parameters();

  /// query (target, batch, embed_dim), key (source, batch, kdim), value (source, batch, vdim), with batch_first the batch
  /// first; or all three without a batch. `key_padding_mask` (batch, source) and `attn_mask` (target, source) or
  /// (batch * num_heads, target, source) leave out what is true, or are added to the scores where they are floating-point.
  /// Returns the output (target, batch, embed_dim), and with `need_weights` the weights (batch, target, source), averaged
  /// over the heads, or (batch, num_heads, target, source). A query without any key to look at attends to nothing. With
  /// `is_causal` target i sees sources 0 to i alone, beside what the masks leave out. Without `need_weights` memory grows
  /// with target + source, and dropout draws other numbers than PyTorch's. Throws ShapeError, TypeError.
  std::tuple<Tensor, Tensor> forward(const Tensor& query, const Tensor& key, const Tensor& value,
                                     const Tensor& key_padding_mask = {}, OnlyBool need_weights = true,
                                     const Tensor& attn_mask = {}, OnlyBool average_attn_weights = true,
                                     OnlyBool is_causal = false);

  /// Self-attention of the next steps, which are added to those of the cache: each sees itself and all before it. What
  /// forward with `is_causal` gives for them. Without gradients and dropout; ValueError with add_bias_kv, add_zero_attn,
  /// kdim or vdim.
  Tensor forward_next(const Tensor& steps, KeyValueCache& cache);
  /// Attention over a source whose keys and values the first call projects, and later ones take from the cache. What forward
  /// gives; without gradients and dropout, and with the same restrictions.
  Tensor forward_kept(const Tensor& query, const Tensor& source, KeyValueCache& cache, const Tensor& key_padding_mask = {});

  Tensor in_proj_weight;     ///< (3 embed_dim, embed_dim); undefined where kdim or vdim differ
  Tensor q_proj_weight;      ///< (embed_dim, embed_dim), where kdim or vdim differ
  Tensor k_proj_weight;      ///< (embed_dim, kdim), where kdim or vdim differ
  Tensor v_proj_weight;      ///< (embed_dim, vdim), where kdim or vdim differ
  Tensor in_proj_bias;       ///< (3 embed_dim), with bias
  Tensor bias_k;             ///< (1, 1, embed_dim), with add_bias_kv
  Tensor bias_v;             ///< (1, 1, embed_dim), with add_bias_kv
  Linear out_proj{nullptr};  ///< (embed_dim) -> (embed_dim)

 private:
  Tensor project(const Tensor& x, std::int64_t first, std::int64_t count) const;
  Tensor finish(const Tensor& heads) const;
  void check_cached(const char* function, const Tensor& x) const;
};
XGRAD_MODULE(MultiheadAttention);

}  // namespace xgrad::nn
