#include "figures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace translate {

using namespace xgrad;

std::vector<std::string> nearest_translations(const Language& language, const Pairs& train,
                                              const std::vector<std::string>& texts) {
  std::vector<std::vector<std::int64_t>> known;
  for (const data::TextPair& pair : train) known.push_back(language.encode(pair.source));
  std::vector<std::string> result;
  for (const std::string& text : texts) {
    const std::vector<std::int64_t> own = language.encode(text);
    std::size_t nearest = 0;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < known.size(); ++i) {
      const auto difference = static_cast<std::int64_t>(own.size()) - static_cast<std::int64_t>(known[i].size());
      if (std::abs(difference) >= least) continue;
      const std::int64_t distance = metrics::edit_distance(own, known[i]);
      if (distance >= least) continue;
      least = distance;
      nearest = i;
    }
    result.push_back(train[nearest].target);
  }
  return result;
}

TranslationFigures compare(const std::vector<std::string>& found, const Pairs& pairs, bool characters) {
  std::map<std::string, std::vector<std::string>> references;
  for (const data::TextPair& pair : pairs) references[pair.source].push_back(pair.target);
  metrics::Accuracy exact;
  metrics::Bleu bleu({.tokens = characters ? metrics::BleuTokens::Characters : metrics::BleuTokens::Mteval13a});
  std::set<std::string> seen;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!seen.insert(pairs[i].source).second) continue;
    const std::vector<std::string>& right = references[pairs[i].source];
    exact.update(std::find(right.begin(), right.end(), found[i]) != right.end());
    bleu.update(found[i], right);
  }
  return {exact.compute(), bleu.compute()};
}

support::Heatmap attention_map(const SentenceTranslator& translator, const std::string& text) {
  const NoGradGuard no_grad;
  translator.model->eval();
  const Batch batch = translator.batch({{text, ""}});
  const auto [found, attention] =
      greedy_search(translator.model, translator.model->encode(batch.source, batch.lengths), translator.longest);
  const std::string translation = translator.target.decode(found[0].to_vector<std::int64_t>());
  support::Heatmap map{.title = "attention: " + text + " -> " + translation,
                       .x_label = "read",
                       .y_label = "written",
                       .columns = translator.source.split(text),
                       .rows = translator.target.split(translation),
                       .cells = {}};
  for (std::size_t i = 0; i < map.rows.size() && static_cast<std::int64_t>(i) < attention.size(1); ++i) {
    map.cells.push_back(attention[0][static_cast<std::int64_t>(i)].to_vector<double>());
  }
  map.rows.resize(map.cells.size());
  return map;
}

}  // namespace translate
