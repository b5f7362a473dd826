#pragma once

#include <optional>

#include "autograd/tensor/arg.h"
#include "nn/module.h"

namespace xgrad::nn {

struct EmbeddingOptions {
  EmbeddingOptions(std::int64_t num_embeddings, std::int64_t embedding_dim)
      : num_embeddings_(num_embeddings), embedding_dim_(embedding_dim) {}
  XGRAD_ARG(std::int64_t, num_embeddings);
  XGRAD_ARG(std::int64_t, embedding_dim);
  /// This row starts at zero and gathers no gradient; negative values count from the end.
  XGRAD_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;
};

struct EmbeddingFromPretrainedOptions {
  XGRAD_ARG(bool, freeze) = true;
  XGRAD_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;
};

/// Rows of `weight` (num_embeddings, embedding_dim) by int64 index: (...) -> (..., embedding_dim). Starts standard normal.
/// Throws IndexError for an index outside the table. https://pytorch.org/docs/1.13/generated/torch.nn.Embedding.html
class EmbeddingImpl : public Module {
 public:
  EmbeddingImpl(std::int64_t num_embeddings, std::int64_t embedding_dim)
      : EmbeddingImpl(EmbeddingOptions(num_embeddings, embedding_dim)) {}
  explicit EmbeddingImpl(const EmbeddingOptions& options, const Tensor& weight = {});

  void reset_parameters();
  Tensor forward(const Tensor& index) const;
  void pretty_print(std::ostream& stream) const override;

  EmbeddingOptions options;
  Tensor weight;
};

class Embedding : public ModuleHolder<EmbeddingImpl> {
 public:
  using ModuleHolder<EmbeddingImpl>::ModuleHolder;
  /// A table from a matrix of vectors, which it shares. Frozen, its weight requires no gradient.
  static Embedding from_pretrained(const Tensor& embeddings, const EmbeddingFromPretrainedOptions& options = {});
};

}  // namespace xgrad::nn
