#include "nn/modules/transformer.h"

#include <cstddef>
#include <deque>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/ops/indexing.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "nn/init/init.h"

namespace xgrad::nn {

namespace {

template <class LayerHolder>
void check_stack(const char* module, const LayerHolder& layer, std::int64_t count) {
  constexpr std::int64_t most_layers = 1 << 16;
  check<ValueError>(count <= most_layers, "{}: at most {} layers, got {}", module, most_layers, count);
  check<ValueError>(!layer.is_empty(), "{}: there is no layer to copy", module);
  check<ValueError>(count >= 0, "{}: the number of layers must not be negative, got {}", module, count);
}

/// `count` copies of a layer.
template <class LayerHolder>
ModuleList copies(const LayerHolder& layer, std::int64_t count) {
  ModuleList list;
  for (std::int64_t i = 0; i < count; ++i) list->push_back(layer->clone());
  return list;
}

/// A module that the options give: as it is for the first module that is made of them, a copy for that module's clones.
AnyModule given(const AnyModule& module, bool cloning) { return module.is_empty() || !cloning ? module : module.clone(); }

}  // namespace

TransformerEncoderOptions::TransformerEncoderOptions(const TransformerEncoderLayerOptions& encoder_layer_options,
                                                     OnlyInt num_layers)
    : TransformerEncoderOptions(TransformerEncoderLayer(encoder_layer_options), num_layers) {}

TransformerEncoderImpl::TransformerEncoderImpl(TransformerEncoderLayer encoder_layer, std::int64_t num_layers)
    : TransformerEncoderImpl(TransformerEncoderOptions(std::move(encoder_layer), num_layers)) {}

TransformerEncoderImpl::TransformerEncoderImpl(const TransformerEncoderOptions& options_) : Layer(options_) {
  check_stack("TransformerEncoder", options.encoder_layer(), options.num_layers());
  reset();
}

void TransformerEncoderImpl::reset() {
  norm = given(options.norm(), !layers.is_empty());
  layers = register_module("layers", copies(options.encoder_layer(), options.num_layers()));
  if (!norm.is_empty()) register_module("norm", norm.ptr());
}

void TransformerEncoderImpl::reset_parameters() {
  for (std::size_t i = 0; i < layers->size(); ++i) layers->at<TransformerEncoderLayerImpl>(i).reset_parameters();
}

Tensor TransformerEncoderImpl::forward(const Tensor& src, const Tensor& src_mask, const Tensor& src_key_padding_mask,
                                       OnlyBool is_causal) {
  Tensor x = src;
  for (std::size_t i = 0; i < layers->size(); ++i) {
    const TransformerEncoderLayer layer(layers->ptr<TransformerEncoderLayerImpl>(i));
    x = layer(x, src_mask, src_key_padding_mask, is_causal);
  }
  return norm.is_empty() ? x : norm.forward(x);
}

TransformerDecoderOptions::TransformerDecoderOptions(const TransformerDecoderLayerOptions& decoder_layer_options,
                                                     OnlyInt num_layers)
    : TransformerDecoderOptions(TransformerDecoderLayer(decoder_layer_options), num_layers) {}

TransformerDecoderImpl::TransformerDecoderImpl(TransformerDecoderLayer decoder_layer, std::int64_t num_layers)
    : TransformerDecoderImpl(TransformerDecoderOptions(std::move(decoder_layer), num_layers)) {}

TransformerDecoderImpl::TransformerDecoderImpl(const TransformerDecoderOptions& options_) : Layer(options_) {
  check_stack("TransformerDecoder", options.decoder_layer(), options.num_layers());
  reset();
}

void TransformerDecoderImpl::reset() {
  norm = given(options.norm(), !layers.is_empty());
  layers = register_module("layers", copies(options.decoder_layer(), options.num_layers()));
  if (!norm.is_empty()) register_module("norm", norm.ptr());
}

void TransformerDecoderImpl::reset_parameters() {
  for (std::size_t i = 0; i < layers->size(); ++i) layers->at<TransformerDecoderLayerImpl>(i).reset_parameters();
}

Tensor TransformerDecoderImpl::forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask,
                                       const Tensor& memory_mask, const Tensor& tgt_key_padding_mask,
                                       const Tensor& memory_key_padding_mask, OnlyBool tgt_is_causal) {
  Tensor x = tgt;
  for (std::size_t i = 0; i < layers->size(); ++i) {
    const TransformerDecoderLayer layer(layers->ptr<TransformerDecoderLayerImpl>(i));
    x = layer(x, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal);
  }
  return norm.is_empty() ? x : norm.forward(x);
}

Tensor TransformerDecoderImpl::step(const Tensor& tgt, const Tensor& memory, TransformerDecoderCache& cache,
                                    const Tensor& memory_key_padding_mask) {
  const NoGradGuard no_grad;
  cache.layers.resize(layers->size());
  std::deque<detail::CacheUndo> undo;
  for (TransformerDecoderLayerCache& layer : cache.layers) {
    undo.emplace_back(layer.steps);
    undo.emplace_back(layer.memory);
  }
  Tensor x = tgt;
  for (std::size_t i = 0; i < layers->size(); ++i) {
    x = layers->at<TransformerDecoderLayerImpl>(i).step(x, memory, cache.layers[i], memory_key_padding_mask);
  }
  return norm.is_empty() ? x : norm.forward(x);
}

void TransformerDecoderCache::select(const Tensor& rows) {
  for (TransformerDecoderLayerCache& layer : layers) {
    layer.steps.select(rows);
    layer.memory.select(rows);
  }
}

TransformerImpl::TransformerImpl(const TransformerOptions& options_) : Layer(options_) { reset(); }

void TransformerImpl::reset() {
  const bool cloning = !encoder.is_empty();
  const auto layer_options = TransformerEncoderLayerOptions(options.d_model(), options.nhead())
                                 .dim_feedforward(options.dim_feedforward())
                                 .dropout(options.dropout())
                                 .activation(options.activation())
                                 .layer_norm_eps(options.layer_norm_eps())
                                 .batch_first(options.batch_first())
                                 .norm_first(options.norm_first());
  const auto make_norm = [&] {
    return AnyModule(LayerNorm(LayerNormOptions({options.d_model()}).eps(options.layer_norm_eps())));
  };
  encoder = given(options.custom_encoder(), cloning);
  if (encoder.is_empty()) {
    encoder = AnyModule(
        TransformerEncoder(TransformerEncoderOptions(layer_options, options.num_encoder_layers()).norm(make_norm())));
  }
  register_module("encoder", encoder.ptr());
  decoder = given(options.custom_decoder(), cloning);
  if (decoder.is_empty()) {
    decoder = AnyModule(
        TransformerDecoder(TransformerDecoderOptions(layer_options, options.num_decoder_layers()).norm(make_norm())));
  }
  register_module("decoder", decoder.ptr());
  reset_parameters();
}

void TransformerImpl::reset_parameters() {
  for (const Tensor& parameter : parameters()) {
    if (parameter.dim() > 1) init::xavier_uniform_(parameter);
  }
}

Tensor TransformerImpl::forward(const Tensor& src, const Tensor& tgt, const Tensor& src_mask, const Tensor& tgt_mask,
                                const Tensor& memory_mask, const Tensor& src_key_padding_mask,
                                const Tensor& tgt_key_padding_mask, const Tensor& memory_key_padding_mask,
                                OnlyBool tgt_is_causal) {
  const std::int64_t batch = options.batch_first() ? 0 : 1;
  check<ShapeError>(src.dim() == 3 && tgt.dim() == 3 && src.size(batch) == tgt.size(batch) &&
                        src.size(2) == options.d_model() && tgt.size(2) == options.d_model(),
                    "Transformer: src {} and tgt {} must have three dimensions, one batch, and {} features", src.sizes(),
                    tgt.sizes(), options.d_model());
  const Tensor memory = encoder.forward(src, src_mask, src_key_padding_mask);
  // A decoder of one's own knows nothing of the last argument.
  if (!tgt_is_causal) {
    return decoder.forward(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
  }
  return decoder.forward(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, true);
}

Tensor TransformerImpl::generate_square_subsequent_mask(std::int64_t size) {
  check<ValueError>(size >= 0, "Transformer::generate_square_subsequent_mask: a negative size {}", size);
  return triu(full({size, size}, -std::numeric_limits<double>::infinity(), kFloat32), 1);
}

}  // namespace xgrad::nn
