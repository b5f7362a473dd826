#include "metrics/edit_distance.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"

namespace xgrad::metrics {

namespace {

/// One row of the table of distances between beginnings at a time.
template <class Sequence>
std::int64_t distance(const Sequence& from, const Sequence& to) {
  std::vector<std::int64_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (const auto& item : from) {
    std::int64_t diagonal = row[0]++;
    for (std::size_t k = 0; k < to.size(); ++k) {
      const std::int64_t substituted = diagonal + (item == to[k] ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({substituted, diagonal + 1, row[k] + 1});
    }
  }
  return row.back();
}

/// Each byte that is no UTF-8 is a number of its own.
std::vector<std::int64_t> code_points(std::string_view text) {
  std::vector<std::int64_t> points;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    const char32_t c = xgrad::detail::next_code_point(text, i);
    const bool invalid = c == xgrad::detail::replacement_character && i - begin == 1;
    points.push_back(invalid ? -1 - static_cast<std::int64_t>(static_cast<unsigned char>(text[begin]))
                             : static_cast<std::int64_t>(c));
  }
  return points;
}

std::vector<std::string> words(std::string_view text) {
  const auto pieces = xgrad::detail::split_at_spaces(text);
  return {pieces.begin(), pieces.end()};
}

}  // namespace

std::int64_t edit_distance(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  return distance(from, to);
}
std::int64_t edit_distance(const std::vector<std::int64_t>& from, const std::vector<std::int64_t>& to) {
  return distance(from, to);
}
std::int64_t edit_distance(std::string_view from, std::string_view to) {
  return distance(code_points(from), code_points(to));
}

void detail::check_references(const char* metric, std::int64_t length) {
  check<ValueError>(length > 0, "{}: expected references before compute()", metric);
}

void WordErrorRate::update(std::string_view prediction, std::string_view reference) {
  update(words(prediction), words(reference));
}

void WordErrorRate::update(const std::vector<std::string>& prediction, const std::vector<std::string>& reference) {
  add(edit_distance(prediction, reference), static_cast<std::int64_t>(reference.size()));
}

void CharacterErrorRate::update(std::string_view prediction, std::string_view reference) {
  add(edit_distance(prediction, reference), static_cast<std::int64_t>(xgrad::detail::count_code_points(reference)));
}

}  // namespace xgrad::metrics
