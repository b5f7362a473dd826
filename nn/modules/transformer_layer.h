/// TransformerEncoderLayer and TransformerDecoderLayer. Vaswani et al., 2017, https://arxiv.org/abs/1706.03762
#pragma once

#include <functional>
#include <variant>

#include "autograd/base/arg.h"
#include "nn/choices.h"
#include "nn/layer.h"
#include "nn/modules/dropout.h"
#include "nn/modules/key_value_cache.h"
#include "nn/modules/linear.h"
#include "nn/modules/multihead_attention.h"
#include "nn/modules/normalization.h"

namespace xgrad::nn {

/// The activation between the two linear maps of a layer: kReLU, kGELU, or a function.
using activation_t = std::variant<kReLUType, kGELUType, std::function<Tensor(const Tensor&)>>;

/// Options of both layers. The activation, which may be a function, is not saved among them.
struct TransformerEncoderLayerOptions {
  TransformerEncoderLayerOptions(OnlyInt d_model, OnlyInt nhead) : d_model_(d_model), nhead_(nhead) {}
  XGRAD_ARG(std::int64_t, d_model);                 ///< features of inputs and outputs
  XGRAD_ARG(std::int64_t, nhead);                   ///< heads of the attention
  XGRAD_ARG(std::int64_t, dim_feedforward) = 2048;  ///< features between the two linear maps
  XGRAD_ARG(double, dropout) = 0.1;  ///< of attention weights, of activations and of what is added to the input
  XGRAD_ARG(activation_t, activation) = kReLU;
  XGRAD_ARG(double, layer_norm_eps) = 1e-5;
  XGRAD_ARG(bool, batch_first) = false;  ///< whether tensors are (batch, time, features)
  XGRAD_ARG(bool, norm_first) = false;   ///< whether the input of each part is normalised, rather than its output
  XGRAD_FIELDS(kept(d_model), kept(nhead), kept(dim_feedforward), kept(dropout), kept(layer_norm_eps), kept(batch_first),
               kept(norm_first));
};
using TransformerDecoderLayerOptions = TransformerEncoderLayerOptions;

/// Self-attention, then two linear maps with an activation between them; each is added to its input and normalised. Throws
/// ValueError where nhead does not divide d_model, and for sizes that are not positive; ShapeError.
/// https://pytorch.org/docs/1.13/generated/torch.nn.TransformerEncoderLayer.html
struct TransformerEncoderLayerImpl : Layer<TransformerEncoderLayerImpl, TransformerEncoderLayerOptions> {
  TransformerEncoderLayerImpl(std::int64_t d_model, std::int64_t nhead);
  explicit TransformerEncoderLayerImpl(const TransformerEncoderLayerOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  /// src (time, batch, d_model); masks as in MultiheadAttention. With `is_causal` a step sees itself and those before it,
  /// without a mask of time by time.
  Tensor forward(const Tensor& src, const Tensor& src_mask = {}, const Tensor& src_key_padding_mask = {},
                 OnlyBool is_causal = false);

  MultiheadAttention self_attn{nullptr};
  Linear linear1{nullptr};
  Dropout dropout{nullptr};
  Linear linear2{nullptr};
  LayerNorm norm1{nullptr};
  LayerNorm norm2{nullptr};
  Dropout dropout1{nullptr};
  Dropout dropout2{nullptr};
};
XGRAD_MODULE(TransformerEncoderLayer);

/// What a decoder layer keeps of the steps that it has seen, and of the memory.
struct TransformerDecoderLayerCache {
  KeyValueCache steps;
  KeyValueCache memory;
};

/// Self-attention, attention over an encoder's result, then two linear maps; each is added to its input and normalised.
/// https://pytorch.org/docs/1.13/generated/torch.nn.TransformerDecoderLayer.html
struct TransformerDecoderLayerImpl : Layer<TransformerDecoderLayerImpl, TransformerDecoderLayerOptions> {
  TransformerDecoderLayerImpl(std::int64_t d_model, std::int64_t nhead);
  explicit TransformerDecoderLayerImpl(const TransformerDecoderLayerOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  /// tgt (target, batch, d_model), memory (source, batch, d_model); masks as in MultiheadAttention. With `tgt_is_causal` a
  /// step of the target sees itself and those before it, without a mask of target by target.
  Tensor forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask = {}, const Tensor& memory_mask = {},
                 const Tensor& tgt_key_padding_mask = {}, const Tensor& memory_key_padding_mask = {},
                 OnlyBool tgt_is_causal = false);
  /// The next steps of a target of which the cache holds those before: what forward with `tgt_is_causal` gives for them. The
  /// memory is projected by the first call, and taken from the cache by later ones. Without gradients.
  Tensor step(const Tensor& tgt, const Tensor& memory, TransformerDecoderLayerCache& cache,
              const Tensor& memory_key_padding_mask = {});

  MultiheadAttention self_attn{nullptr};
  MultiheadAttention multihead_attn{nullptr};
  Linear linear1{nullptr};
  Dropout dropout{nullptr};
  Linear linear2{nullptr};
  LayerNorm norm1{nullptr};
  LayerNorm norm2{nullptr};
  LayerNorm norm3{nullptr};
  Dropout dropout1{nullptr};
  Dropout dropout2{nullptr};
  Dropout dropout3{nullptr};

 private:
  template <class SelfAttention, class CrossAttention>
  Tensor run(Tensor x, const SelfAttention& attend_self, const CrossAttention& attend_memory);
};
XGRAD_MODULE(TransformerDecoderLayer);

}  // namespace xgrad::nn
