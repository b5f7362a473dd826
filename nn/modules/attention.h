/// Attention over the steps of a sequence, for decoders that look back at what an encoder read. Each module scores every key
/// for every query; the weights are the softmax of the scores over time, and the context is the sum of the values by weight.
///
/// Shapes, batch first: a query is (batch, query_size), or (batch, steps, query_size) for several at once; keys are
/// (batch, time, key_size), values (batch, time, value_size), the keys themselves where left undefined. The mask is bool
/// (batch, time), true for keys to leave out (padding); a query all of whose keys are masked has weights and a context of
/// zeros. forward returns the context (batch, [steps,] value_size) and the weights (batch, [steps,] time). All throw
/// ShapeError, and TypeError for a mask that is not bool.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "autograd/base/arg.h"
#include "nn/layer.h"
#include "nn/modules/linear.h"

namespace xgrad::nn {

/// Options of AdditiveAttention: the sizes of queries and keys, and of the space in which they are compared.
struct AdditiveAttentionOptions {
  AdditiveAttentionOptions(OnlyInt query_size, OnlyInt key_size, OnlyInt hidden_size)
      : query_size_(query_size), key_size_(key_size), hidden_size_(hidden_size) {}
  XGRAD_ARG(std::int64_t, query_size);   ///< features of a query
  XGRAD_ARG(std::int64_t, key_size);     ///< features of a key
  XGRAD_ARG(std::int64_t, hidden_size);  ///< features of the space in which both are added
  XGRAD_FIELDS(kept(query_size), kept(key_size), kept(hidden_size));
};

/// score = v^T tanh(W_query q + W_key k + b). Bahdanau et al., 2015, https://arxiv.org/abs/1409.0473
///
/// Submodules `query` (Linear without bias), `key` (Linear) and `score` (Linear(hidden, 1) without bias).
struct AdditiveAttentionImpl : Layer<AdditiveAttentionImpl, AdditiveAttentionOptions> {
  /// The sizes of queries, keys and the space in which they are compared.
  AdditiveAttentionImpl(std::int64_t query_size, std::int64_t key_size, std::int64_t hidden_size);
  /// Throws ValueError for sizes that are not positive.
  explicit AdditiveAttentionImpl(const AdditiveAttentionOptions& options_);
  void reset() override;

  /// Context and weights.
  std::tuple<Tensor, Tensor> forward(const Tensor& query, const Tensor& keys, const Tensor& values = {},
                                     const Tensor& mask = {});
  /// W_key k + b, (batch, time, hidden): the same for all steps of a decoder, which need it only once.
  Tensor project_keys(const Tensor& keys);
  std::tuple<Tensor, Tensor> forward_projected(const Tensor& query, const Tensor& projected_keys, const Tensor& values,
                                               const Tensor& mask = {});

  Linear query{nullptr};  ///< W_query
  Linear key{nullptr};    ///< W_key, b
  Linear score{nullptr};  ///< v
};
XGRAD_MODULE(AdditiveAttention);

struct DotProductAttentionOptions {
  DotProductAttentionOptions() = default;
  /// What the dot product is multiplied by; left out, 1 / sqrt(size of a key). 1 gives Luong's plain "dot".
  XGRAD_ARG(std::optional<double>, scale) = std::nullopt;
  XGRAD_ARG(double, dropout) = 0;  ///< the probability with which a weight is dropped while training
  XGRAD_FIELDS(unless(scale, std::nullopt), shown(dropout));
  void validate(const std::string& module) const;
};

/// score = scale * q . k, of queries and keys of one size. No parameters. Luong et al., 2015,
/// https://arxiv.org/abs/1508.04025 ("dot"); scaled: Vaswani et al., 2017, https://arxiv.org/abs/1706.03762. Throws
/// ValueError for a dropout outside [0, 1].
struct DotProductAttentionImpl : Layer<DotProductAttentionImpl, DotProductAttentionOptions> {
  using Layer::Layer;

  /// Context and weights; the weights returned are those applied, after dropout.
  std::tuple<Tensor, Tensor> forward(const Tensor& query, const Tensor& keys, const Tensor& values = {},
                                     const Tensor& mask = {});
};
XGRAD_MODULE(DotProductAttention);

struct GeneralAttentionOptions {
  GeneralAttentionOptions(OnlyInt query_size, OnlyInt key_size) : query_size_(query_size), key_size_(key_size) {}
  XGRAD_ARG(std::int64_t, query_size);  ///< features of a query
  XGRAD_ARG(std::int64_t, key_size);    ///< features of a key
  XGRAD_FIELDS(kept(query_size), kept(key_size));
};

/// score = q^T W k, for queries and keys of different sizes. Luong et al., 2015, https://arxiv.org/abs/1508.04025
/// ("general")
///
/// Submodule `query`: Linear(query_size, key_size) without bias.
struct GeneralAttentionImpl : Layer<GeneralAttentionImpl, GeneralAttentionOptions> {
  /// The sizes of queries and keys.
  GeneralAttentionImpl(std::int64_t query_size, std::int64_t key_size);
  /// Throws ValueError for sizes that are not positive.
  explicit GeneralAttentionImpl(const GeneralAttentionOptions& options_);
  void reset() override;

  /// Context and weights.
  std::tuple<Tensor, Tensor> forward(const Tensor& query, const Tensor& keys, const Tensor& values = {},
                                     const Tensor& mask = {});

  Linear query{nullptr};  ///< W^T
};
XGRAD_MODULE(GeneralAttention);

}  // namespace xgrad::nn
