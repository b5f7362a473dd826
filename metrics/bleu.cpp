#include "metrics/bleu.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdlib>
#include <unordered_map>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"

namespace xgrad::metrics {

namespace {

using NgramCounts = std::unordered_map<std::string, std::int64_t>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_point(char c) { return c == '.' || c == ','; }

/// Punctuation that stands alone everywhere: all of ASCII's but ' , - .
bool stands_alone(char c) {
  return (c >= ' ' && c <= '&') || (c >= '(' && c <= '+') || c == '/' || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t place = text.find(from); place != std::string::npos; place = text.find(from, place + to.size())) {
    text.replace(place, from.size(), to);
  }
}

/// Calls `pair(first, second)` for neighbours, which says what stands for both, or nothing; then they are passed over
/// together, as a regular expression passes over what it matched.
template <class Pair>
std::string map_pairs(const std::string& text, Pair pair) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 1 < text.size() && pair(text[i], text[i + 1], result)) ++i;
    else result += text[i];
  }
  return result;
}

std::vector<std::string> split(std::string_view text) {
  const auto pieces = xgrad::detail::split_at_spaces(text);
  return {pieces.begin(), pieces.end()};
}

NgramCounts count_ngrams(const std::vector<std::string>& tokens, std::size_t order) {
  NgramCounts counts;
  for (std::size_t i = 0; i + order <= tokens.size(); ++i) {
    std::string key = tokens[i];
    for (std::size_t k = 1; k < order; ++k) (key += ' ') += tokens[i + k];
    ++counts[std::move(key)];
  }
  return counts;
}

}  // namespace

std::vector<std::string> tokenize_13a(std::string_view line) {
  std::string text(line);
  replace_all(text, "<skipped>", "");
  replace_all(text, "-\n", "");
  replace_all(text, "\n", " ");
  replace_all(text, "&quot;", "\"");
  replace_all(text, "&amp;", "&");
  replace_all(text, "&lt;", "<");
  replace_all(text, "&gt;", ">");
  std::string spaced = " ";
  for (const char c : text + ' ') {
    if (stands_alone(c)) ((spaced += ' ') += c) += ' ';
    else spaced += c;
  }
  spaced = map_pairs(spaced, [](char a, char b, std::string& to) {
    if (is_digit(a) || !is_point(b)) return false;
    (((to += a) += ' ') += b) += ' ';
    return true;
  });
  spaced = map_pairs(spaced, [](char a, char b, std::string& to) {
    if (!is_point(a) || is_digit(b)) return false;
    (((to += ' ') += a) += ' ') += b;
    return true;
  });
  spaced = map_pairs(spaced, [](char a, char b, std::string& to) {
    if (!is_digit(a) || b != '-') return false;
    (((to += a) += ' ') += b) += ' ';
    return true;
  });
  return split(spaced);
}

std::vector<std::string> Bleu::tokens(std::string_view line) const {
  const std::string text = options_.lowercase ? xgrad::detail::lower_text(line) : std::string(line);
  if (options_.tokens == BleuTokens::Mteval13a) {
    return tokenize_13a(std::string_view(text).substr(0, text.find_last_not_of(" \t\r\n\v\f") + 1));
  }
  if (options_.tokens == BleuTokens::Spaces) return split(text);
  std::vector<std::string> characters;
  for (const std::string_view word : xgrad::detail::split_at_spaces(text)) {
    for (std::size_t i = 0; i < word.size();) {
      xgrad::detail::append_code_point(characters.emplace_back(), xgrad::detail::next_code_point(word, i));
    }
  }
  return characters;
}

void Bleu::update(std::string_view prediction, const std::vector<std::string>& references) {
  check<ValueError>(!references.empty(), "Bleu: expected a reference or more");
  const std::vector<std::string> predicted = tokens(prediction);
  std::vector<std::vector<std::string>> right;
  for (const std::string& reference : references) right.push_back(tokens(reference));
  const auto distance = [&](std::size_t length) {
    return std::pair(std::abs(static_cast<std::int64_t>(length) - static_cast<std::int64_t>(predicted.size())), length);
  };
  std::size_t nearest = right.front().size();
  for (const auto& reference : right) nearest = distance(reference.size()) < distance(nearest) ? reference.size() : nearest;
  prediction_length_ += static_cast<std::int64_t>(predicted.size());
  reference_length_ += static_cast<std::int64_t>(nearest);
  for (std::size_t order = 1; order <= matches_.size(); ++order) {
    NgramCounts most;
    for (const auto& reference : right) {
      for (const auto& [ngram, count] : count_ngrams(reference, order)) {
        std::int64_t& greatest = most[ngram];
        greatest = std::max(greatest, count);
      }
    }
    for (const auto& [ngram, count] : count_ngrams(predicted, order)) {
      totals_[order - 1] += count;
      const auto found = most.find(ngram);
      if (found != most.end()) matches_[order - 1] += std::min(count, found->second);
    }
  }
}

std::array<double, 4> Bleu::precisions() const {
  std::array<double, 4> result{};
  double smoothing = 1;
  for (std::size_t i = 0; i < result.size() && totals_[i] > 0 && matches_[0] > 0; ++i) {
    const auto total = static_cast<double>(totals_[i]);
    if (matches_[i] == 0) smoothing *= 2;
    result[i] = 100 * (matches_[i] == 0 ? 1 / smoothing : static_cast<double>(matches_[i])) / total;
  }
  return result;
}

double Bleu::brevity_penalty() const {
  if (prediction_length_ >= reference_length_) return 1;
  if (prediction_length_ == 0) return 0;
  return std::exp(1 - static_cast<double>(reference_length_) / static_cast<double>(prediction_length_));
}

double Bleu::compute() const {
  double logarithms = 0;
  for (const double precision : precisions()) {
    if (precision == 0) return 0;
    logarithms += std::log(precision);
  }
  return brevity_penalty() * std::exp(logarithms / static_cast<double>(matches_.size()));
}

void Bleu::reset() { *this = Bleu(options_); }

void Bleu::merge(const Bleu& other) {
  check<ValueError>(other.options_.tokens == options_.tokens && other.options_.lowercase == options_.lowercase,
                    "Bleu: expected one with the same options");
  for (std::size_t i = 0; i < matches_.size(); ++i) {
    matches_[i] += other.matches_[i];
    totals_[i] += other.totals_[i];
  }
  prediction_length_ += other.prediction_length_;
  reference_length_ += other.reference_length_;
}

std::string Bleu::to_string() const {
  const auto p = precisions();
  const double ratio =
      reference_length_ == 0 ? 0 : static_cast<double>(prediction_length_) / static_cast<double>(reference_length_);
  return fmt::format("BLEU = {:.2f} {:.1f}/{:.1f}/{:.1f}/{:.1f} (BP = {:.3f} ratio = {:.3f} hyp_len = {} ref_len = {})",
                     compute(), p[0], p[1], p[2], p[3], brevity_penalty(), ratio, prediction_length_, reference_length_);
}

}  // namespace xgrad::metrics
