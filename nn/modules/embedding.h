/// Embedding and EmbeddingBag.
#pragma once

#include <optional>
#include <variant>

#include "autograd/base/arg.h"
#include "autograd/ops/loss.h"
#include "nn/choices.h"
#include "nn/layer.h"

namespace xgrad::nn {

struct EmbeddingOptions {
  EmbeddingOptions(OnlyInt num_embeddings, OnlyInt embedding_dim)
      : num_embeddings_(num_embeddings), embedding_dim_(embedding_dim) {}
  XGRAD_ARG(std::int64_t, num_embeddings);  ///< rows of the table
  XGRAD_ARG(std::int64_t, embedding_dim);   ///< features of a row
  /// This row starts at zero and gathers no gradient; negative values count from the end.
  XGRAD_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;
  /// Rows that are looked up are first scaled down to this norm, in place.
  XGRAD_ARG(std::optional<double>, max_norm) = std::nullopt;
  XGRAD_ARG(double, norm_type) = 2;
  /// Whether the gradient of a row is divided by how often it was looked up.
  XGRAD_ARG(bool, scale_grad_by_freq) = false;
  /// Whether the weight's gradient names its rows, for what then leaves out the others: zero_grad, clip_grad_norm_,
  /// SparseAdam, SGD and Adagrad.
  XGRAD_ARG(bool, sparse) = false;
  XGRAD_FIELDS(shown(num_embeddings), shown(embedding_dim), unless(padding_idx, std::nullopt),
               unless(max_norm, std::nullopt), unless(norm_type, 2), unless(scale_grad_by_freq, false),
               unless(sparse, false));
};

/// Options of Embedding::from_pretrained.
struct EmbeddingFromPretrainedOptions {
  XGRAD_ARG(bool, freeze) = true;                                      ///< whether the table stays as it is
  XGRAD_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;  ///< a row that gathers no gradient
  /// Rows that are looked up are first scaled down to this norm, in place.
  XGRAD_ARG(std::optional<double>, max_norm) = std::nullopt;
  XGRAD_ARG(double, norm_type) = 2;
  /// Whether the gradient of a row is divided by how often it was looked up.
  XGRAD_ARG(bool, scale_grad_by_freq) = false;
  XGRAD_ARG(bool, sparse) = false;  ///< as in EmbeddingOptions
};

/// Rows of `weight` (num_embeddings, embedding_dim) by int64 index: (...) -> (..., embedding_dim). Starts standard normal.
/// Throws IndexError for an index outside the table. https://pytorch.org/docs/1.13/generated/torch.nn.Embedding.html
struct EmbeddingImpl : Layer<EmbeddingImpl, EmbeddingOptions> {
  EmbeddingImpl(std::int64_t num_embeddings, std::int64_t embedding_dim);
  /// With a weight given, that is the table; its memory is shared. Throws ValueError for a padding_idx outside the table,
  /// and for sparse with scale_grad_by_freq.
  explicit EmbeddingImpl(const EmbeddingOptions& options_, const Tensor& weight_ = {});

  void reset() override;
  /// Draws the table anew.
  void reset_parameters();
  /// The rows that the index names.
  Tensor forward(const Tensor& index) const;

  Tensor weight;  ///< (num_embeddings, embedding_dim)
};

/// See EmbeddingImpl.
class Embedding : public ModuleHolder<EmbeddingImpl> {
 public:
  using ModuleHolder<EmbeddingImpl>::ModuleHolder;
  /// A table from a matrix of vectors, which it shares. Frozen, its weight requires no gradient.
  static Embedding from_pretrained(const Tensor& embeddings, const EmbeddingFromPretrainedOptions& options = {});
};

/// What becomes of the rows of a bag: kSum, kMean or kMax.
using EmbeddingBagMode = std::variant<Reduction, kMaxType>;

struct EmbeddingBagOptions {
  EmbeddingBagOptions(OnlyInt num_embeddings, OnlyInt embedding_dim)
      : num_embeddings_(num_embeddings), embedding_dim_(embedding_dim) {}
  XGRAD_ARG(std::int64_t, num_embeddings);  ///< rows of the table
  XGRAD_ARG(std::int64_t, embedding_dim);   ///< features of a row
  /// Rows that are looked up are first scaled down to this norm, in place.
  XGRAD_ARG(std::optional<double>, max_norm) = std::nullopt;
  XGRAD_ARG(double, norm_type) = 2;
  /// Whether the gradient of a row is divided by how often it was looked up; not with kMax.
  XGRAD_ARG(bool, scale_grad_by_freq) = false;
  XGRAD_ARG(EmbeddingBagMode, mode) = kMean;     ///< what becomes of the rows of a bag
  XGRAD_ARG(bool, sparse) = false;               ///< as in EmbeddingOptions; not with kMax
  XGRAD_ARG(bool, include_last_offset) = false;  ///< whether the last offset says where the last bag ends
  /// Indices that are left out; this row starts at zero. Negative values count from the end.
  XGRAD_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;
  XGRAD_FIELDS(shown(num_embeddings), shown(embedding_dim), unless(max_norm, std::nullopt), unless(norm_type, 2),
               unless(scale_grad_by_freq, false), unless(sparse, false), unless(mode, EmbeddingBagMode(kMean)),
               unless(include_last_offset, false), unless(padding_idx, std::nullopt));
};

/// Options of EmbeddingBag::from_pretrained.
struct EmbeddingBagFromPretrainedOptions {
  XGRAD_ARG(bool, freeze) = true;  ///< whether the table stays as it is
  /// Rows that are looked up are first scaled down to this norm, in place.
  XGRAD_ARG(std::optional<double>, max_norm) = std::nullopt;
  XGRAD_ARG(double, norm_type) = 2;
  /// Whether the gradient of a row is divided by how often it was looked up; not with kMax.
  XGRAD_ARG(bool, scale_grad_by_freq) = false;
  XGRAD_ARG(EmbeddingBagMode, mode) = kMean;     ///< what becomes of the rows of a bag
  XGRAD_ARG(bool, sparse) = false;               ///< as in EmbeddingOptions; not with kMax
  XGRAD_ARG(bool, include_last_offset) = false;  ///< whether the last offset says where the last bag ends
  /// Indices that are left out. Negative values count from the end.
  XGRAD_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;
};

/// The sum, mean or maximum of rows of `weight` for each bag of indices, as in xgrad::embedding_bag
/// (autograd/ops/embedding_bag.h). Starts standard normal.
/// https://pytorch.org/docs/1.13/generated/torch.nn.EmbeddingBag.html
struct EmbeddingBagImpl : Layer<EmbeddingBagImpl, EmbeddingBagOptions> {
  EmbeddingBagImpl(std::int64_t num_embeddings, std::int64_t embedding_dim);
  /// Throws ValueError for negative sizes, a padding_idx outside the table, the mode kNone, kMax with sparse or
  /// scale_grad_by_freq, and these two together. With a weight given, that is the table; its memory is shared.
  explicit EmbeddingBagImpl(const EmbeddingBagOptions& options_, const Tensor& weight_ = {});

  void reset() override;
  /// Draws the table anew.
  void reset_parameters();
  /// One row for each bag.
  Tensor forward(const Tensor& index, const Tensor& offsets = {}, const Tensor& per_sample_weights = {}) const;

  Tensor weight;  ///< (num_embeddings, embedding_dim)
};

/// See EmbeddingBagImpl.
class EmbeddingBag : public ModuleHolder<EmbeddingBagImpl> {
 public:
  using ModuleHolder<EmbeddingBagImpl>::ModuleHolder;
  /// Bags of a matrix of vectors, which it shares. Frozen, its weight requires no gradient.
  static EmbeddingBag from_pretrained(const Tensor& embeddings, const EmbeddingBagFromPretrainedOptions& options = {});
};

}  // namespace xgrad::nn
