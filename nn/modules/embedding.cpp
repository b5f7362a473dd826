#include "nn/modules/embedding.h"

#include <ostream>

#include "autograd/graph/grad_mode.h"
#include "autograd/ops/indexing.h"
#include "autograd/tensor/check.h"
#include "autograd/tensor/creation.h"
#include "nn/init/init.h"

namespace xgrad::nn {

EmbeddingImpl::EmbeddingImpl(const EmbeddingOptions& options_, const Tensor& weight_) : options(options_) {
  check<ValueError>(options.num_embeddings() >= 0 && options.embedding_dim() >= 0,
                    "Embedding: sizes must not be negative, got {} and {}", options.num_embeddings(),
                    options.embedding_dim());
  if (auto& padding = options.padding_idx()) {
    check<ValueError>(*padding >= -options.num_embeddings() && *padding < options.num_embeddings(),
                      "Embedding: padding_idx {} is outside a table of {} rows", *padding, options.num_embeddings());
    if (*padding < 0) *padding += options.num_embeddings();
  }
  if (weight_.defined()) {
    check<ShapeError>(weight_.sizes() == IntArrayRef({options.num_embeddings(), options.embedding_dim()}),
                      "Embedding: weight {} does not have the shape [{}, {}]", weight_.sizes(), options.num_embeddings(),
                      options.embedding_dim());
    weight = register_parameter("weight", weight_);
  } else {
    weight = register_parameter("weight", empty({options.num_embeddings(), options.embedding_dim()}));
    reset_parameters();
  }
}

void EmbeddingImpl::reset_parameters() {
  init::normal_(weight);
  if (options.padding_idx()) {
    const NoGradGuard no_grad;
    weight[*options.padding_idx()].zero_();
  }
}

Tensor EmbeddingImpl::forward(const Tensor& index) const {
  return embedding(weight, index, options.padding_idx().value_or(-1));
}

void EmbeddingImpl::pretty_print(std::ostream& stream) const {
  stream << "Embedding(num_embeddings=" << options.num_embeddings() << ", embedding_dim=" << options.embedding_dim();
  if (options.padding_idx()) stream << ", padding_idx=" << *options.padding_idx();
  stream << ')';
}

Embedding Embedding::from_pretrained(const Tensor& embeddings, const EmbeddingFromPretrainedOptions& options) {
  check<ShapeError>(embeddings.dim() == 2, "from_pretrained: expected a matrix of vectors, got {}", embeddings.sizes());
  Embedding table(EmbeddingOptions(embeddings.size(0), embeddings.size(1)).padding_idx(options.padding_idx()), embeddings);
  table->weight.requires_grad_(!options.freeze());
  return table;
}

}  // namespace xgrad::nn
