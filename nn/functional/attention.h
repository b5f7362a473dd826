/// Attention in several heads as a function, with libtorch's options.
#pragma once

#include <tuple>
#include <utility>

#include "autograd/base/arg.h"
#include "autograd/ops/attention.h"

namespace xgrad::nn::functional {

using xgrad::scaled_dot_product_attention;

/// Options of multi_head_attention_forward: what MultiheadAttention keeps, and what its forward takes.
struct MultiheadAttentionForwardFuncOptions {
  /// With the other options at their defaults. Tensors that there are not are undefined.
  MultiheadAttentionForwardFuncOptions(std::int64_t embed_dim_to_check, std::int64_t num_heads, Tensor in_proj_weight,
                                       Tensor in_proj_bias, Tensor bias_k, Tensor bias_v, bool add_zero_attn,
                                       double dropout_p, Tensor out_proj_weight, Tensor out_proj_bias)
      : embed_dim_to_check_(embed_dim_to_check),
        num_heads_(num_heads),
        in_proj_weight_(std::move(in_proj_weight)),
        in_proj_bias_(std::move(in_proj_bias)),
        bias_k_(std::move(bias_k)),
        bias_v_(std::move(bias_v)),
        add_zero_attn_(add_zero_attn),
        dropout_p_(dropout_p),
        out_proj_weight_(std::move(out_proj_weight)),
        out_proj_bias_(std::move(out_proj_bias)) {}
  /// Features that queries must have.
  XGRAD_ARG(std::int64_t, embed_dim_to_check);
  /// Parts that the features are split into; each attends by itself.
  XGRAD_ARG(std::int64_t, num_heads);
  /// (3 embed_dim, embed_dim): projects queries, keys and values, unless use_separate_proj_weight.
  XGRAD_ARG(Tensor, in_proj_weight);
  /// (3 embed_dim), or undefined.
  XGRAD_ARG(Tensor, in_proj_bias);
  /// (1, 1, embed_dim): a key that is put behind the others; undefined where there is none.
  XGRAD_ARG(Tensor, bias_k);
  /// (1, 1, embed_dim): its value; undefined where there is none.
  XGRAD_ARG(Tensor, bias_v);
  /// Whether a key and value of zeros are put behind the others.
  XGRAD_ARG(bool, add_zero_attn);
  /// The probability with which a weight is dropped while training.
  XGRAD_ARG(double, dropout_p);
  /// (out_features, embed_dim)
  XGRAD_ARG(Tensor, out_proj_weight);
  /// (out_features), or undefined.
  XGRAD_ARG(Tensor, out_proj_bias);
  /// Whether weights are dropped.
  XGRAD_ARG(bool, training) = true;
  /// (batch, source): keys that are left out where it is true, or what is added to their scores; undefined for none.
  XGRAD_ARG(Tensor, key_padding_mask);
  /// Whether the weights are returned.
  XGRAD_ARG(bool, need_weights) = true;
  /// (target, source) or (batch * num_heads, target, source), as key_padding_mask; undefined for none.
  XGRAD_ARG(Tensor, attn_mask);
  /// Whether q_proj_weight, k_proj_weight and v_proj_weight project, instead of in_proj_weight.
  XGRAD_ARG(bool, use_separate_proj_weight) = false;
  /// (embed_dim, embed_dim)
  XGRAD_ARG(Tensor, q_proj_weight);
  /// (embed_dim, features of keys)
  XGRAD_ARG(Tensor, k_proj_weight);
  /// (embed_dim, features of values)
  XGRAD_ARG(Tensor, v_proj_weight);
  /// (batch * num_heads, source, embed_dim / num_heads): stands for the projected keys; undefined for none.
  XGRAD_ARG(Tensor, static_k);
  /// (batch * num_heads, source, embed_dim / num_heads): stands for the projected values; undefined for none.
  XGRAD_ARG(Tensor, static_v);
  /// Whether the weights that are returned are averaged over the heads.
  XGRAD_ARG(bool, average_attn_weights) = true;
  /// Whether target i sees sources 0 to i alone, beside the masks: without need_weights there is no matrix of target by
  /// source then. Of PyTorch 2.
  XGRAD_ARG(bool, is_causal) = false;
};

/// What MultiheadAttention computes, from given parameters: query (target, batch, embed_dim), key (source, batch, features)
/// and value (source, batch, features). Where all three are the same tensor, one product projects them. Returns the output
/// (target, batch, out_features), and with `need_weights` the weights (batch, target, source), or (batch, num_heads, target,
/// source) where they are not averaged. Bool masks leave out what is true, as in Python; libtorch adds a bool attn_mask as
/// numbers.
///
/// Throws ShapeError for what does not fit, TypeError for masks of integers, ValueError where num_heads does not divide the
/// features, for a dropout outside [0, 1], for one of bias_k and bias_v, and for both beside static keys or values. Vaswani
/// et al., 2017, https://arxiv.org/abs/1706.03762
std::tuple<Tensor, Tensor> multi_head_attention_forward(const Tensor& query, const Tensor& key, const Tensor& value,
                                                        const MultiheadAttentionForwardFuncOptions& options);

}  // namespace xgrad::nn::functional
