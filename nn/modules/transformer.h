/// TransformerEncoder, TransformerDecoder and Transformer. Vaswani et al., 2017, https://arxiv.org/abs/1706.03762
#pragma once

#include <utility>
#include <vector>

#include "nn/modules/container/any_module.h"
#include "nn/modules/container/module_list.h"
#include "nn/modules/transformer_layer.h"

namespace xgrad::nn {

struct TransformerEncoderOptions {
  /// Copies of a layer.
  TransformerEncoderOptions(TransformerEncoderLayer encoder_layer, OnlyInt num_layers)
      : encoder_layer_(std::move(encoder_layer)), num_layers_(num_layers) {}
  /// Copies of one new layer.
  TransformerEncoderOptions(const TransformerEncoderLayerOptions& encoder_layer_options, OnlyInt num_layers);
  XGRAD_ARG(TransformerEncoderLayer, encoder_layer) = nullptr;  ///< that the layers are copies of
  XGRAD_ARG(std::int64_t, num_layers);
  XGRAD_ARG(AnyModule, norm);  ///< for the result of the last layer; empty for none
  XGRAD_FIELDS(kept(num_layers));
};

/// Layers one after the other. https://pytorch.org/docs/1.13/generated/torch.nn.TransformerEncoder.html
struct TransformerEncoderImpl : Layer<TransformerEncoderImpl, TransformerEncoderOptions> {
  TransformerEncoderImpl(TransformerEncoderLayer encoder_layer, std::int64_t num_layers);
  /// Throws ValueError without a layer, and for a negative number of layers.
  explicit TransformerEncoderImpl(const TransformerEncoderOptions& options_);

  void reset() override;
  /// Draws the parameters of all layers anew.
  void reset_parameters();
  /// As TransformerEncoderLayer.
  Tensor forward(const Tensor& src, const Tensor& src_mask = {}, const Tensor& src_key_padding_mask = {},
                 OnlyBool is_causal = false);

  ModuleList layers{nullptr};
  AnyModule norm;
};
XGRAD_MODULE(TransformerEncoder);

struct TransformerDecoderOptions {
  /// Copies of a layer.
  TransformerDecoderOptions(TransformerDecoderLayer decoder_layer, OnlyInt num_layers)
      : decoder_layer_(std::move(decoder_layer)), num_layers_(num_layers) {}
  /// Copies of one new layer.
  TransformerDecoderOptions(const TransformerDecoderLayerOptions& decoder_layer_options, OnlyInt num_layers);
  XGRAD_ARG(TransformerDecoderLayer, decoder_layer) = nullptr;  ///< that the layers are copies of
  XGRAD_ARG(std::int64_t, num_layers);
  XGRAD_ARG(AnyModule, norm);  ///< for the result of the last layer; empty for none
  XGRAD_FIELDS(kept(num_layers));
};

/// What a decoder keeps of the steps that it has seen, and of the memory: one cache for each sequence that is decoded.
struct TransformerDecoderCache {
  std::vector<TransformerDecoderLayerCache> layers;

  /// Steps seen.
  std::int64_t length() const { return layers.empty() ? 0 : layers.front().steps.length(); }
  /// The batch as these rows (int64) of it, in this order: what beam search does to its hypotheses.
  void select(const Tensor& rows);
};

/// Layers one after the other. https://pytorch.org/docs/1.13/generated/torch.nn.TransformerDecoder.html
struct TransformerDecoderImpl : Layer<TransformerDecoderImpl, TransformerDecoderOptions> {
  TransformerDecoderImpl(TransformerDecoderLayer decoder_layer, std::int64_t num_layers);
  /// Throws ValueError without a layer, and for a negative number of layers.
  explicit TransformerDecoderImpl(const TransformerDecoderOptions& options_);

  void reset() override;
  /// Draws the parameters of all layers anew.
  void reset_parameters();
  /// As TransformerDecoderLayer.
  Tensor forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask = {}, const Tensor& memory_mask = {},
                 const Tensor& tgt_key_padding_mask = {}, const Tensor& memory_key_padding_mask = {},
                 OnlyBool tgt_is_causal = false);
  /// The next steps of a target, as TransformerDecoderLayer::step; an empty cache begins one.
  Tensor step(const Tensor& tgt, const Tensor& memory, TransformerDecoderCache& cache,
              const Tensor& memory_key_padding_mask = {});

  ModuleList layers{nullptr};
  AnyModule norm;
};
XGRAD_MODULE(TransformerDecoder);

/// The options of the layers, and how many there are; or an encoder and a decoder of one's own, which take what
/// TransformerEncoder and TransformerDecoder take.
struct TransformerOptions {
  TransformerOptions() = default;
  TransformerOptions(OnlyInt d_model, OnlyInt nhead) : d_model_(d_model), nhead_(nhead) {}
  TransformerOptions(std::int64_t d_model, std::int64_t nhead, std::int64_t num_encoder_layers,
                     std::int64_t num_decoder_layers)
      : d_model_(d_model), nhead_(nhead), num_encoder_layers_(num_encoder_layers), num_decoder_layers_(num_decoder_layers) {}
  XGRAD_ARG(std::int64_t, d_model) = 512;  ///< features of inputs and outputs
  XGRAD_ARG(std::int64_t, nhead) = 8;      ///< heads of the attention
  XGRAD_ARG(std::int64_t, num_encoder_layers) = 6;
  XGRAD_ARG(std::int64_t, num_decoder_layers) = 6;
  XGRAD_ARG(std::int64_t, dim_feedforward) = 2048;  ///< features between the two linear maps of a layer
  XGRAD_ARG(double, dropout) = 0.1;
  XGRAD_ARG(activation_t, activation) = kReLU;
  XGRAD_ARG(AnyModule, custom_encoder);  ///< in place of a TransformerEncoder
  XGRAD_ARG(AnyModule, custom_decoder);  ///< in place of a TransformerDecoder
  XGRAD_ARG(double, layer_norm_eps) = 1e-5;
  XGRAD_ARG(bool, batch_first) = false;  ///< whether tensors are (batch, time, features)
  XGRAD_ARG(bool, norm_first) = false;   ///< whether the input of each part is normalised, rather than its output
  XGRAD_FIELDS(kept(d_model), kept(nhead), kept(num_encoder_layers), kept(num_decoder_layers), kept(dim_feedforward),
               kept(dropout), kept(layer_norm_eps), kept(batch_first), kept(norm_first));
};

/// An encoder, and a decoder that attends over its result. Weights start Xavier uniform.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Transformer.html
struct TransformerImpl : Layer<TransformerImpl, TransformerOptions> {
  explicit TransformerImpl(const TransformerOptions& options_ = {});

  void reset() override;
  /// Draws all matrices anew.
  void reset_parameters();
  /// src (source, batch, d_model) and tgt (target, batch, d_model) give (target, batch, d_model); masks as in
  /// MultiheadAttention. With `tgt_is_causal` a step of the target sees itself and those before it. Throws ShapeError.
  Tensor forward(const Tensor& src, const Tensor& tgt, const Tensor& src_mask = {}, const Tensor& tgt_mask = {},
                 const Tensor& memory_mask = {}, const Tensor& src_key_padding_mask = {},
                 const Tensor& tgt_key_padding_mask = {}, const Tensor& memory_key_padding_mask = {},
                 OnlyBool tgt_is_causal = false);

  /// (size, size): 0 on the diagonal and below, -infinity above. Throws ValueError for a negative size.
  static Tensor generate_square_subsequent_mask(std::int64_t size);

  AnyModule encoder;
  AnyModule decoder;
};
XGRAD_MODULE(Transformer);

}  // namespace xgrad::nn
