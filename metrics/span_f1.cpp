#include "metrics/span_f1.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "autograd/base/check.h"

namespace xgrad::metrics {

namespace {

struct Tag {
  char prefix = 'O';
  std::string_view type;
};

/// Nothing for what is no tag of a span.
std::optional<Tag> parse_tag(std::string_view tag) {
  if (tag == "O") return Tag();
  constexpr std::string_view prefixes = "BIES";
  if (tag.empty() || prefixes.find(tag[0]) == std::string_view::npos || (tag.size() > 1 && tag[1] != '-'))
    return std::nullopt;
  return Tag{tag[0], tag.size() > 2 ? tag.substr(2) : std::string_view("_")};
}

/// The tags of a sentence, and the O behind it.
std::vector<Tag> parse_tags(const std::vector<std::string>& tags, std::string_view prefixes) {
  std::vector<Tag> parsed;
  parsed.reserve(tags.size() + 1);
  for (const std::string& text : tags) {
    const auto tag = parse_tag(text);
    check<ValueError>(tag && prefixes.find(tag->prefix) != std::string_view::npos,
                      "SpanF1: expected tags that begin with one of {}, such as B-PER, got \"{}\"", prefixes, text);
    parsed.push_back(*tag);
  }
  parsed.emplace_back();
  return parsed;
}

std::string_view prefixes_of(TagScheme scheme) { return scheme == TagScheme::Bioes ? "OBIES" : "OBI"; }

bool begins(const Tag& before, const Tag& tag, TagScheme scheme) {
  if (scheme != TagScheme::Iob1) return tag.prefix == 'B' || tag.prefix == 'S';
  if (tag.prefix == 'B') return before.prefix != 'O' && before.type == tag.type;
  return tag.prefix == 'I' && (before.prefix != 'I' || before.type != tag.type);
}

bool goes_on(const Tag& before, const Tag& tag) {
  return (before.prefix == 'B' || before.prefix == 'I') && (tag.prefix == 'I' || tag.prefix == 'E') &&
         before.type == tag.type;
}

/// Whether a span may end between two tags.
bool ends(const Tag& last, const Tag& next, TagScheme scheme) {
  if (scheme == TagScheme::Bioes) return last.prefix == 'E' || last.prefix == 'S';
  // In IOB1, a B marks a span behind one of the same type only.
  return scheme != TagScheme::Iob1 || last.prefix != 'B' || next.prefix != 'B' || last.type == next.type;
}

}  // namespace

bool detect_tag_scheme(const std::vector<std::vector<std::string>>& sentences, TagScheme& scheme) {
  bool any = false;
  bool bioes = false;
  bool iob2 = true;
  for (const auto& sentence : sentences) {
    Tag before;
    for (const std::string& text : sentence) {
      const auto tag = parse_tag(text);
      if (!tag) return false;
      any = any || tag->prefix != 'O';
      bioes = bioes || tag->prefix == 'E' || tag->prefix == 'S';
      if (tag->prefix == 'I' && (before.prefix == 'O' || before.type != tag->type)) iob2 = false;
      before = *tag;
    }
  }
  if (!any) return false;
  scheme = bioes ? TagScheme::Bioes : iob2 ? TagScheme::Iob2 : TagScheme::Iob1;
  return true;
}

std::vector<Span> find_spans(const std::vector<std::string>& tags) {
  const std::vector<Tag> parsed = parse_tags(tags, "OBIES");
  std::vector<Span> spans;
  Tag before;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    const Tag& tag = parsed[i];
    const bool border = before.prefix == 'E' || before.prefix == 'S' || before.prefix == 'O' || tag.prefix == 'B' ||
                        tag.prefix == 'S' || tag.prefix == 'O' || before.type != tag.type;
    if (border && before.prefix != 'O') spans.push_back({std::string(before.type), begin, i});
    if (border) begin = i;
    before = tag;
  }
  return spans;
}

std::vector<Span> find_spans(const std::vector<std::string>& tags, TagScheme scheme) {
  const std::vector<Tag> parsed = parse_tags(tags, prefixes_of(scheme));
  std::vector<Span> spans;
  Tag before;
  for (std::size_t i = 0; i < parsed.size();) {
    std::size_t end = i + 1;
    if (begins(before, parsed[i], scheme)) {
      while (end < parsed.size() && goes_on(parsed[end - 1], parsed[end])) ++end;
      if (ends(parsed[end - 1], parsed[end], scheme)) spans.push_back({std::string(parsed[i].type), i, end});
    }
    before = parsed[end - 1];
    i = end;
  }
  return spans;
}

SpanF1::SpanF1(TagScheme scheme) : strict_(true), scheme_(scheme) {}

double SpanF1::compute() const { return overall().f1; }

void SpanF1::reset() { counts_.clear(); }

std::vector<Span> SpanF1::spans(const std::vector<std::string>& tags) const {
  return strict_ ? find_spans(tags, scheme_) : find_spans(tags);
}

void SpanF1::update(const std::vector<std::string>& predictions, const std::vector<std::string>& targets) {
  check<ShapeError>(predictions.size() == targets.size(), "SpanF1: expected {} predicted tags, got {}", targets.size(),
                    predictions.size());
  const std::vector<Span> predicted = spans(predictions);
  const std::vector<Span> right = spans(targets);
  for (const Span& span : right) ++counts_[span.type].support;
  auto next = right.begin();  // both are in the order of their words
  for (const Span& span : predicted) {
    Counts& counts = counts_[span.type];
    ++counts.predicted;
    while (next != right.end() && next->begin < span.begin) ++next;
    if (next != right.end() && *next == span) ++counts.correct;
  }
}

void SpanF1::merge(const SpanF1& other) {
  check<ValueError>(other.strict_ == strict_ && (!strict_ || other.scheme_ == scheme_),
                    "SpanF1: expected one that counts in the same way");
  for (const auto& [type, counts] : std::map<std::string, Counts>(other.counts_)) {
    Counts& sum = counts_[type];
    sum.correct += counts.correct;
    sum.predicted += counts.predicted;
    sum.support += counts.support;
  }
}

SpanScores SpanF1::scores(const Counts& counts) {
  const auto ratio = [](std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  return {counts.correct,
          counts.predicted,
          counts.support,
          ratio(counts.correct, counts.predicted),
          ratio(counts.correct, counts.support),
          ratio(2 * counts.correct, counts.predicted + counts.support)};
}

SpanScores SpanF1::overall() const {
  Counts sum;
  for (const auto& [type, counts] : counts_) {
    sum.correct += counts.correct;
    sum.predicted += counts.predicted;
    sum.support += counts.support;
  }
  return scores(sum);
}

std::map<std::string, SpanScores> SpanF1::per_type() const {
  std::map<std::string, SpanScores> result;
  for (const auto& [type, counts] : counts_) result.emplace(type, scores(counts));
  return result;
}

double SpanF1::macro_f1() const {
  double sum = 0;
  for (const auto& [type, counts] : counts_) sum += scores(counts).f1;
  return counts_.empty() ? 0 : sum / static_cast<double>(counts_.size());
}

std::string SpanF1::report() const {
  std::size_t width = 8;
  for (const auto& [type, counts] : counts_) width = std::max(width, type.size());
  const auto line = [width](const std::string& name, const SpanScores& scores) {
    return fmt::format("{:>{}}  {:>9.3f}  {:>6.3f}  {:>5.3f}  {:>8}\n", name, width, scores.precision, scores.recall,
                       scores.f1, scores.support);
  };
  std::string table = fmt::format("{:>{}}  precision  recall     F1     spans\n", "", width);
  for (const auto& [type, counts] : counts_) table += line(type, scores(counts));
  return table + line("together", overall());
}

}  // namespace xgrad::metrics
