#include "nn/modules/embedding.h"

#include "autograd/base/check.h"
#include "autograd/ops/indexing.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "nn/functional/layers.h"
#include "nn/init/init.h"

namespace xgrad::nn {

namespace {

/// Checks sizes and padding; a negative padding_idx is counted from the end.
template <class Options>
void check_table(const char* module, Options& options) {
  check<ValueError>(options.num_embeddings() >= 0 && options.embedding_dim() >= 0,
                    "{}: sizes must not be negative, got {} and {}", module, options.num_embeddings(),
                    options.embedding_dim());
  if (auto& padding = options.padding_idx()) {
    check<ValueError>(*padding >= -options.num_embeddings() && *padding < options.num_embeddings(),
                      "{}: padding_idx {} is outside a table of {} rows", module, *padding, options.num_embeddings());
    if (*padding < 0) *padding += options.num_embeddings();
  }
}

/// The weight that was given, once its shape is checked.
template <class Options>
Tensor given_table(const char* module, const Options& options, const Tensor& weight) {
  check<ShapeError>(weight.sizes() == IntArrayRef({options.num_embeddings(), options.embedding_dim()}),
                    "{}: weight {} does not have the shape [{}, {}]", module, weight.sizes(), options.num_embeddings(),
                    options.embedding_dim());
  return weight;
}

void draw_table(const Tensor& weight, std::optional<std::int64_t> padding_idx) {
  init::normal_(weight);
  if (!padding_idx) return;
  const NoGradGuard no_grad;
  weight[*padding_idx].zero_();
}

}  // namespace

EmbeddingImpl::EmbeddingImpl(std::int64_t num_embeddings, std::int64_t embedding_dim)
    : EmbeddingImpl(EmbeddingOptions(num_embeddings, embedding_dim)) {}

EmbeddingImpl::EmbeddingImpl(const EmbeddingOptions& options_, const Tensor& weight_) : Layer(options_) {
  check_table("Embedding", options);
  check<ValueError>(!(options.sparse() && options.scale_grad_by_freq()),
                    "Embedding: scale_grad_by_freq and sparse exclude one another");
  if (weight_.defined()) {
    weight = register_parameter("weight", given_table("Embedding", options, weight_));
  } else {
    reset();
  }
}

void EmbeddingImpl::reset() {
  weight = register_parameter("weight", empty({options.num_embeddings(), options.embedding_dim()}));
  reset_parameters();
}

void EmbeddingImpl::reset_parameters() { draw_table(weight, options.padding_idx()); }

Tensor EmbeddingImpl::forward(const Tensor& index) const {
  return functional::embedding(index, weight,
                               functional::EmbeddingFuncOptions()
                                   .padding_idx(options.padding_idx())
                                   .max_norm(options.max_norm())
                                   .norm_type(options.norm_type())
                                   .scale_grad_by_freq(options.scale_grad_by_freq())
                                   .sparse(options.sparse()));
}

Embedding Embedding::from_pretrained(const Tensor& embeddings, const EmbeddingFromPretrainedOptions& options) {
  check<ShapeError>(embeddings.dim() == 2, "from_pretrained: expected a matrix of vectors, got {}", embeddings.sizes());
  Embedding table(EmbeddingOptions(embeddings.size(0), embeddings.size(1))
                      .padding_idx(options.padding_idx())
                      .max_norm(options.max_norm())
                      .norm_type(options.norm_type())
                      .scale_grad_by_freq(options.scale_grad_by_freq())
                      .sparse(options.sparse()),
                  embeddings);
  table->weight.requires_grad_(!options.freeze());
  return table;
}

EmbeddingBagImpl::EmbeddingBagImpl(std::int64_t num_embeddings, std::int64_t embedding_dim)
    : EmbeddingBagImpl(EmbeddingBagOptions(num_embeddings, embedding_dim)) {}

EmbeddingBagImpl::EmbeddingBagImpl(const EmbeddingBagOptions& options_, const Tensor& weight_) : Layer(options_) {
  check_table("EmbeddingBag", options);
  const auto* reduction = std::get_if<Reduction>(&options.mode());
  check<ValueError>(reduction == nullptr || *reduction != Reduction::None,
                    "EmbeddingBag: the mode must be kSum, kMean or kMax");
  check<ValueError>(reduction != nullptr || !(options.sparse() || options.scale_grad_by_freq()),
                    "EmbeddingBag: the mode kMax takes neither sparse gradients nor gradients scaled by frequency");
  check<ValueError>(!(options.sparse() && options.scale_grad_by_freq()),
                    "EmbeddingBag: scale_grad_by_freq and sparse exclude one another");
  if (weight_.defined()) {
    weight = register_parameter("weight", given_table("EmbeddingBag", options, weight_));
  } else {
    reset();
  }
}

EmbeddingBag EmbeddingBag::from_pretrained(const Tensor& embeddings, const EmbeddingBagFromPretrainedOptions& options) {
  check<ShapeError>(embeddings.dim() == 2, "from_pretrained: expected a matrix of vectors, got {}", embeddings.sizes());
  EmbeddingBag table(EmbeddingBagOptions(embeddings.size(0), embeddings.size(1))
                         .max_norm(options.max_norm())
                         .norm_type(options.norm_type())
                         .scale_grad_by_freq(options.scale_grad_by_freq())
                         .mode(options.mode())
                         .sparse(options.sparse())
                         .include_last_offset(options.include_last_offset())
                         .padding_idx(options.padding_idx()),
                     embeddings);
  table->weight.requires_grad_(!options.freeze());
  return table;
}

void EmbeddingBagImpl::reset() {
  weight = register_parameter("weight", empty({options.num_embeddings(), options.embedding_dim()}));
  reset_parameters();
}

void EmbeddingBagImpl::reset_parameters() { draw_table(weight, options.padding_idx()); }

Tensor EmbeddingBagImpl::forward(const Tensor& index, const Tensor& offsets, const Tensor& per_sample_weights) const {
  return functional::embedding_bag(index, weight,
                                   functional::EmbeddingBagFuncOptions()
                                       .offsets(offsets)
                                       .max_norm(options.max_norm())
                                       .norm_type(options.norm_type())
                                       .scale_grad_by_freq(options.scale_grad_by_freq())
                                       .mode(options.mode())
                                       .per_sample_weights(per_sample_weights)
                                       .include_last_offset(options.include_last_offset())
                                       .padding_idx(options.padding_idx())
                                       .sparse(options.sparse()));
}

}  // namespace xgrad::nn
