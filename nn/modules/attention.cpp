#include "nn/modules/attention.h"

#include <cmath>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/view.h"

namespace xgrad::nn {

namespace {

/// Queries as (batch, steps, features), checked against the keys, the values and the mask.
struct Attended {
  Attended(const char* operation, const Tensor& query, const Tensor& keys, const Tensor& values_, Tensor mask_)
      : single(query.dim() == 2),
        queries(single ? unsqueeze(query, 1) : query),
        values(values_.defined() ? values_ : keys),
        mask(std::move(mask_)) {
    check<ShapeError>(queries.dim() == 3, "{}: expected a query (batch, features) or (batch, steps, features), got {}",
                      operation, query.sizes());
    check<ShapeError>(keys.dim() == 3 && keys.size(0) == queries.size(0),
                      "{}: expected keys (batch, time, features) for a query {}, got {}", operation, query.sizes(),
                      keys.sizes());
    check<ShapeError>(values.dim() == 3 && values.size(0) == keys.size(0) && values.size(1) == keys.size(1),
                      "{}: values {} do not fit keys {}: expected (batch, time, features)", operation, values.sizes(),
                      keys.sizes());
    if (!mask.defined()) return;
    check<TypeError>(mask.dtype() == kBool, "{}: the mask must be bool, true for keys to leave out, got {}", operation,
                     mask.dtype());
    check<ShapeError>(mask.sizes() == IntArrayRef({keys.size(0), keys.size(1)}),
                      "{}: the mask {} does not fit keys {}: expected (batch, time)", operation, mask.sizes(), keys.sizes());
  }

  /// Context and weights from scores (batch, steps, time).
  std::tuple<Tensor, Tensor> attend(const Tensor& scores, double drop = 0, bool training = false) const {
    Tensor weights;
    if (mask.defined()) {
      // Finite, so that a row without keys has weights and gradients that are numbers.
      const double lowest = -xgrad::detail::float_limits(scores.dtype()).largest;
      const Tensor left_out = unsqueeze(mask, 1);
      weights = masked_fill(softmax(masked_fill(scores, left_out, lowest), -1), left_out, 0);
    } else {
      weights = softmax(scores, -1);
    }
    weights = dropout(weights, drop, training);
    const Tensor context = bmm(weights, values);
    return single ? std::tuple(squeeze(context, 1), squeeze(weights, 1)) : std::tuple(context, weights);
  }

  bool single;
  Tensor queries;
  Tensor values;
  Tensor mask;
};

void check_positive(const char* operation, std::initializer_list<std::int64_t> sizes) {
  for (const std::int64_t size : sizes) check<ValueError>(size > 0, "{}: sizes must be positive, got {}", operation, size);
}

}  // namespace

AdditiveAttentionImpl::AdditiveAttentionImpl(std::int64_t query_size, std::int64_t key_size, std::int64_t hidden_size)
    : AdditiveAttentionImpl(AdditiveAttentionOptions(query_size, key_size, hidden_size)) {}

AdditiveAttentionImpl::AdditiveAttentionImpl(const AdditiveAttentionOptions& options_) : Layer(options_) {
  check_positive("AdditiveAttention", {options.query_size(), options.key_size(), options.hidden_size()});
  reset();
}

void AdditiveAttentionImpl::reset() {
  query = register_module("query", Linear(LinearOptions(options.query_size(), options.hidden_size()).bias(false)));
  key = register_module("key", Linear(options.key_size(), options.hidden_size()));
  score = register_module("score", Linear(LinearOptions(options.hidden_size(), 1).bias(false)));
}

Tensor AdditiveAttentionImpl::project_keys(const Tensor& keys) { return key(keys); }

std::tuple<Tensor, Tensor> AdditiveAttentionImpl::forward(const Tensor& query_, const Tensor& keys, const Tensor& values,
                                                          const Tensor& mask) {
  return forward_projected(query_, project_keys(keys), values.defined() ? values : keys, mask);
}

std::tuple<Tensor, Tensor> AdditiveAttentionImpl::forward_projected(const Tensor& query_, const Tensor& projected_keys,
                                                                    const Tensor& values, const Tensor& mask) {
  check<ShapeError>(values.defined() && projected_keys.dim() == 3 && projected_keys.size(2) == options.hidden_size(),
                    "AdditiveAttention: expected values and projected keys (batch, time, {})", options.hidden_size());
  const Attended of("AdditiveAttention", query_, projected_keys, values, mask);
  const Tensor sums = unsqueeze(query(of.queries), 2) + unsqueeze(projected_keys, 1);  // (batch, steps, time, hidden)
  return of.attend(squeeze(score(tanh(sums)), -1));
}

void DotProductAttentionOptions::validate(const std::string& module) const {
  check<ValueError>(dropout_ >= 0 && dropout_ <= 1, "{}: dropout must lie in [0, 1], got {}", module, dropout_);
}

std::tuple<Tensor, Tensor> DotProductAttentionImpl::forward(const Tensor& query, const Tensor& keys, const Tensor& values,
                                                            const Tensor& mask) {
  const Attended of("DotProductAttention", query, keys, values, mask);
  check<ShapeError>(query.size(-1) == keys.size(-1), "DotProductAttention: a query {} and keys {} differ in their features",
                    query.sizes(), keys.sizes());
  const double size = static_cast<double>(std::max<std::int64_t>(1, keys.size(-1)));
  const double scale = options.scale().value_or(1 / std::sqrt(size));
  return of.attend(bmm(of.queries * scale, transpose(keys, 1, 2)), options.dropout(), is_training());
}

GeneralAttentionImpl::GeneralAttentionImpl(std::int64_t query_size, std::int64_t key_size)
    : GeneralAttentionImpl(GeneralAttentionOptions(query_size, key_size)) {}

GeneralAttentionImpl::GeneralAttentionImpl(const GeneralAttentionOptions& options_) : Layer(options_) {
  check_positive("GeneralAttention", {options.query_size(), options.key_size()});
  reset();
}

void GeneralAttentionImpl::reset() {
  query = register_module("query", Linear(LinearOptions(options.query_size(), options.key_size()).bias(false)));
}

std::tuple<Tensor, Tensor> GeneralAttentionImpl::forward(const Tensor& query_, const Tensor& keys, const Tensor& values,
                                                         const Tensor& mask) {
  const Attended of("GeneralAttention", query_, keys, values, mask);
  check<ShapeError>(keys.size(-1) == options.key_size(), "GeneralAttention: keys {} have {} features, expected {}",
                    keys.sizes(), keys.size(-1), options.key_size());
  return of.attend(bmm(query(of.queries), transpose(keys, 1, 2)));
}

}  // namespace xgrad::nn
