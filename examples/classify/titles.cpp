#include "titles.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <filesystem>

#include "../support/text.h"

namespace classify {

using namespace xgrad;

namespace {

support::Labelled read_part(const std::string& path, std::int64_t classes, const std::string& encoding) {
  support::Labelled titles;
  for (const support::Line& line : support::read_lines(path, encoding)) {
    const std::size_t tab = line.text.rfind('\t');
    const auto fail = [&](const std::string& got) {
      throw FileError(fmt::format("{}, line {}: expected a title, a tab, and a class from 0 to {}, got {}", path,
                                  line.number, classes - 1, got));
    };
    if (tab == std::string::npos) fail("no tab");
    const std::string number = line.text.substr(tab + 1);
    std::int64_t label = -1;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), label);
    if (error != std::errc() || end != number.data() + number.size() || label < 0 || label >= classes) {
      fail("'" + number + "'");
    }
    titles.texts.push_back(line.text.substr(0, tab));
    titles.labels.push_back(label);
  }
  if (titles.texts.empty()) throw FileError(path + ": expected titles, got none");
  return titles;
}

}  // namespace

bool is_titles(const std::string& folder) {
  return std::filesystem::exists(folder + "/class.txt") && std::filesystem::exists(folder + "/char_vectors.bin");
}

Titles read_titles(const std::string& folder, const std::string& encoding) {
  std::vector<std::string> classes;
  for (const support::Line& line : support::read_lines(folder + "/class.txt", encoding)) classes.push_back(line.text);
  const auto count = static_cast<std::int64_t>(classes.size());
  data::WordVectors vectors = data::WordVectors::load(folder + "/char_vectors.bin", {.binary = true});
  vectors.vocab().set_default_index(0);
  support::LabelledCorpus corpus{.classes = classes, .train = read_part(folder + "/train.txt", count, encoding)};
  corpus.test = read_part(folder + "/test.txt", count, encoding);
  return {std::move(corpus), std::move(vectors)};
}

Titles make_titles(std::uint64_t seed, std::int64_t train_size) {
  static const std::array names{"finance", "realty",   "stocks", "education", "science",
                                "society", "politics", "sports", "game",      "entertainment"};
  static const std::array typical{"银行贷款基金", "楼盘房价租金", "股涨跌指数",   "学校考试教师", "科技网络电脑",
                                  "警案医院村民", "总统议会外交", "球赛冠军队员", "玩家游戏版本", "影星歌手导演"};
  const std::string common = "的一是在有大新月日年人中国上下三五本出发今来与为";
  Generator generator(seed);
  std::vector<std::string> tokens{"</s>"};
  const auto characters = [](const std::string& text) { return data::tokenize_characters(text); };
  std::map<std::string, bool> known;
  const auto learn = [&](const std::string& text) {
    for (const std::string& character : characters(text)) {
      if (known.emplace(character, true).second) tokens.push_back(character);
    }
  };
  learn(common);
  for (const char* text : typical) learn(text);
  const auto title = [&] {
    const std::size_t label = generator.random() % names.size();
    const auto own = characters(typical[label]);
    const auto shared = characters(common);
    std::string text;
    for (std::uint32_t length = 8 + generator.random() % 12; length > 0; --length) {
      // One character in four is typical, mostly of the title's class.
      const auto other = characters(typical[generator.random() % typical.size()]);
      const auto& from = generator.random() % 4 > 0 ? shared : generator.random() % 4 > 0 ? own : other;
      text += from[generator.random() % from.size()];
    }
    return std::pair(text, static_cast<std::int64_t>(label));
  };
  const auto titles = [&](std::int64_t count) {
    support::Labelled result;
    for (std::int64_t i = 0; i < count; ++i) {
      auto [text, label] = title();
      result.texts.push_back(std::move(text));
      result.labels.push_back(label);
    }
    return result;
  };
  const auto count = static_cast<std::int64_t>(tokens.size());
  data::WordVectors vectors(data::Vocab(tokens, 0), randn({count, 50}, Generator(seed)));
  support::LabelledCorpus corpus{.classes = {names.begin(), names.end()}, .train = titles(train_size)};
  corpus.test = titles(1000);
  return {std::move(corpus), std::move(vectors)};
}

}  // namespace classify
