#include "metrics/perplexity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "autograd/base/check.h"

namespace xgrad::metrics {

void Perplexity::update(const Tensor& scores, const Tensor& targets) {
  check<ValueError>(scores.defined() && targets.defined(), "Perplexity: expected tensors, got an undefined one");
  check<TypeError>(scores.is_floating_point(), "Perplexity: expected scores of a floating-point dtype, got {}",
                   scores.dtype());
  check<TypeError>(targets.dtype() == kInt64, "Perplexity: expected targets of dtype int64, got {}", targets.dtype());
  const bool fits = scores.dim() == targets.dim() + 1 &&
                    scores.sizes().slice(0, static_cast<std::size_t>(targets.dim())) == targets.sizes();
  check<ShapeError>(
      fits, "Perplexity: expected scores of the targets' shape {} with a dimension for the vocabulary behind it, got {}",
      targets.sizes(), scores.sizes());
  const std::int64_t vocabulary = scores.size(-1);
  const std::vector<std::int64_t> tokens = targets.to_vector<std::int64_t>();
  for (const std::int64_t token : tokens) {
    check<IndexError>(token == ignore_index_ || (token >= 0 && token < vocabulary),
                      "Perplexity: expected tokens below {}, got {}", vocabulary, token);
  }
  const Tensor plain = scores.detach();
  const Tensor rows =
      (is_floating_point(plain.dtype()) && plain.dtype() < kFloat32 ? plain.to(kFloat32) : plain).contiguous();
  visit_floating(rows.dtype(), "Perplexity", [&]<class T>() {
    const T* row = rows.data_ptr<T>();
    for (const std::int64_t token : tokens) {
      if (token != ignore_index_) {
        const auto greatest = static_cast<double>(*std::max_element(row, row + vocabulary));
        double sum = 0;
        for (std::int64_t i = 0; i < vocabulary; ++i) sum += std::exp(static_cast<double>(row[i]) - greatest);
        negative_log_likelihood_ += greatest + std::log(sum) - static_cast<double>(row[token]);
        ++tokens_;
      }
      row += vocabulary;
    }
  });
}

void Perplexity::update(double mean_negative_log_likelihood, std::int64_t tokens) {
  check<ValueError>(tokens >= 0, "Perplexity: expected a number of tokens, got {}", tokens);
  if (tokens == 0) return;  // the mean of nothing is NaN
  check<ValueError>(!(mean_negative_log_likelihood < 0),
                    "Perplexity: expected a negative log-likelihood of at least 0, got {}", mean_negative_log_likelihood);
  negative_log_likelihood_ += mean_negative_log_likelihood * static_cast<double>(tokens);
  tokens_ += tokens;
}

double Perplexity::compute() const { return std::exp(mean_negative_log_likelihood()); }

void Perplexity::reset() {
  negative_log_likelihood_ = 0;
  tokens_ = 0;
}

void Perplexity::merge(const Perplexity& other) {
  negative_log_likelihood_ += other.negative_log_likelihood_;
  tokens_ += other.tokens_;
}

double Perplexity::mean_negative_log_likelihood() const {
  check<ValueError>(tokens_ > 0, "Perplexity: expected tokens before compute()");
  return negative_log_likelihood_ / static_cast<double>(tokens_);
}

double Perplexity::bits_per_token() const { return mean_negative_log_likelihood() / std::log(2.0); }

double Perplexity::bits_per_character(std::int64_t characters) const {
  check<ValueError>(characters > 0, "Perplexity: expected a number of characters, got {}", characters);
  return bits_per_token() * static_cast<double>(tokens_) / static_cast<double>(characters);
}

}  // namespace xgrad::metrics
