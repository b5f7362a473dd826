#include "nn/modules/transformer_layer.h"

#include "autograd/base/check.h"
#include "autograd/ops/activation.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/pointwise.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn {

namespace {

/// As PyTorch: MultiheadAttention checks the rest.
void check_layer(const char* module, const TransformerEncoderLayerOptions& options) {
  check<ValueError>(options.dim_feedforward() > 0, "{}: dim_feedforward must be positive, got {}", module,
                    options.dim_feedforward());
  const auto* function = std::get_if<std::function<Tensor(const Tensor&)>>(&options.activation());
  check<ValueError>(function == nullptr || *function != nullptr, "{}: the activation is an empty function", module);
}

Tensor activate(const activation_t& activation, const Tensor& x) {
  if (std::holds_alternative<kReLUType>(activation)) return relu(x);
  if (std::holds_alternative<kGELUType>(activation)) return gelu(x);
  return std::get<std::function<Tensor(const Tensor&)>>(activation)(x);
}

MultiheadAttention make_attention(const TransformerEncoderLayerOptions& options) {
  return MultiheadAttention(MultiheadAttentionOptions(options.d_model(), options.nhead())
                                .dropout(options.dropout())
                                .batch_first(options.batch_first()));
}

LayerNorm make_norm(const TransformerEncoderLayerOptions& options) {
  return LayerNorm(LayerNormOptions({options.d_model()}).eps(options.layer_norm_eps()));
}

/// x + part(x), normalised before the part or behind the sum.
template <class Part>
Tensor residual(const Tensor& x, const LayerNorm& norm, bool norm_first, const Part& part) {
  return norm_first ? x + part(norm(x)) : norm(x + part(x));
}

}  // namespace

TransformerEncoderLayerImpl::TransformerEncoderLayerImpl(std::int64_t d_model, std::int64_t nhead)
    : TransformerEncoderLayerImpl(TransformerEncoderLayerOptions(d_model, nhead)) {}

TransformerEncoderLayerImpl::TransformerEncoderLayerImpl(const TransformerEncoderLayerOptions& options_) : Layer(options_) {
  check_layer("TransformerEncoderLayer", options);
  reset();
}

void TransformerEncoderLayerImpl::reset() {
  self_attn = register_module("self_attn", make_attention(options));
  linear1 = register_module("linear1", Linear(options.d_model(), options.dim_feedforward()));
  dropout = register_module("dropout", Dropout(options.dropout()));
  linear2 = register_module("linear2", Linear(options.dim_feedforward(), options.d_model()));
  norm1 = register_module("norm1", make_norm(options));
  norm2 = register_module("norm2", make_norm(options));
  dropout1 = register_module("dropout1", Dropout(options.dropout()));
  dropout2 = register_module("dropout2", Dropout(options.dropout()));
}

void TransformerEncoderLayerImpl::reset_parameters() {
  self_attn->reset_parameters();
  linear1->reset_parameters();
  linear2->reset_parameters();
  norm1->reset_parameters();
  norm2->reset_parameters();
}

Tensor TransformerEncoderLayerImpl::forward(const Tensor& src, const Tensor& src_mask, const Tensor& src_key_padding_mask,
                                            OnlyBool is_causal) {
  const Tensor x = residual(src, norm1, options.norm_first(), [&](const Tensor& in) {
    return dropout1(std::get<0>(self_attn(in, in, in, src_key_padding_mask, false, src_mask, true, is_causal)));
  });
  return residual(x, norm2, options.norm_first(),
                  [&](const Tensor& in) { return dropout2(linear2(dropout(activate(options.activation(), linear1(in))))); });
}

TransformerDecoderLayerImpl::TransformerDecoderLayerImpl(std::int64_t d_model, std::int64_t nhead)
    : TransformerDecoderLayerImpl(TransformerDecoderLayerOptions(d_model, nhead)) {}

TransformerDecoderLayerImpl::TransformerDecoderLayerImpl(const TransformerDecoderLayerOptions& options_) : Layer(options_) {
  check_layer("TransformerDecoderLayer", options);
  reset();
}

void TransformerDecoderLayerImpl::reset() {
  self_attn = register_module("self_attn", make_attention(options));
  multihead_attn = register_module("multihead_attn", make_attention(options));
  linear1 = register_module("linear1", Linear(options.d_model(), options.dim_feedforward()));
  dropout = register_module("dropout", Dropout(options.dropout()));
  linear2 = register_module("linear2", Linear(options.dim_feedforward(), options.d_model()));
  norm1 = register_module("norm1", make_norm(options));
  norm2 = register_module("norm2", make_norm(options));
  norm3 = register_module("norm3", make_norm(options));
  dropout1 = register_module("dropout1", Dropout(options.dropout()));
  dropout2 = register_module("dropout2", Dropout(options.dropout()));
  dropout3 = register_module("dropout3", Dropout(options.dropout()));
}

void TransformerDecoderLayerImpl::reset_parameters() {
  self_attn->reset_parameters();
  multihead_attn->reset_parameters();
  linear1->reset_parameters();
  linear2->reset_parameters();
  for (const LayerNorm& norm : {norm1, norm2, norm3}) norm->reset_parameters();
}

template <class SelfAttention, class CrossAttention>
Tensor TransformerDecoderLayerImpl::run(Tensor x, const SelfAttention& attend_self, const CrossAttention& attend_memory) {
  const bool first = options.norm_first();
  x = residual(x, norm1, first, [&](const Tensor& in) { return dropout1(attend_self(in)); });
  x = residual(x, norm2, first, [&](const Tensor& in) { return dropout2(attend_memory(in)); });
  return residual(x, norm3, first,
                  [&](const Tensor& in) { return dropout3(linear2(dropout(activate(options.activation(), linear1(in))))); });
}

Tensor TransformerDecoderLayerImpl::forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask,
                                            const Tensor& memory_mask, const Tensor& tgt_key_padding_mask,
                                            const Tensor& memory_key_padding_mask, OnlyBool tgt_is_causal) {
  return run(
      tgt,
      [&](const Tensor& in) {
        return std::get<0>(self_attn(in, in, in, tgt_key_padding_mask, false, tgt_mask, true, tgt_is_causal));
      },
      [&](const Tensor& in) {
        return std::get<0>(multihead_attn(in, memory, memory, memory_key_padding_mask, false, memory_mask));
      });
}

Tensor TransformerDecoderLayerImpl::step(const Tensor& tgt, const Tensor& memory, TransformerDecoderLayerCache& cache,
                                         const Tensor& memory_key_padding_mask) {
  const NoGradGuard no_grad;
  const detail::CacheUndo undo_steps(cache.steps);
  const detail::CacheUndo undo_memory(cache.memory);
  return run(
      tgt, [&](const Tensor& in) { return self_attn->forward_next(in, cache.steps); },
      [&](const Tensor& in) { return multihead_attn->forward_kept(in, memory, cache.memory, memory_key_padding_mask); });
}

}  // namespace xgrad::nn
