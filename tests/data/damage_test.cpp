// Damaged files of the text formats: cut at every byte, and with a bit flipped in every byte. Much of it is still sound; the
// rest is refused.
#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <functional>

#include "tests/data/gzip.h"

namespace xgrad::data {
namespace {

struct Format {
  const char* name;
  std::function<void(const std::string& path)> save;
  std::function<std::size_t(const std::string& path)> load;  ///< how many words, rows or tokens there were
};

WordVectors vectors() { return {Vocab({"a", "na\u00efve", "word"}), ones({3, 2})}; }

const Format formats[] = {
    {"word2vec_binary", [](const std::string& path) { vectors().save(path, {.binary = true}); },
     [](const std::string& path) { return WordVectors::load(path, {.binary = true}).size(); }},
    {"word2vec_text", [](const std::string& path) { vectors().save(path, {.binary = false}); },
     [](const std::string& path) { return WordVectors::load(path, {.binary = false}).size(); }},
    {"csv",
     [](const std::string& path) {
       write_text(path, "day,price,\"a \"\"note\"\"\"\n2020-01-01,1.5,\"x\ny\"\r\n2020-01-02,,z\n");
     },
     [](const std::string& path) { return read_csv(path).rows(); }},
    {"json_lines",
     [](const std::string& path) {
       write_text(path, "{\"text\": \"na\\u00efve\", \"n\": [1, -2.5e3, null, true]}\n[{}]\n");
     },
     [](const std::string& path) {
       JsonLinesReader reader(path);
       std::size_t records = 0;
       for (Value record; reader.next(record);) ++records;
       return records;
     }},
    {"csv_gzip", [](const std::string& path) { write_text(path, gzip("day,price\n2020-01-01,1.5\n2020-01-02,2\n")); },
     [](const std::string& path) {
       const CsvFormat format = detect_csv(path, {.encoding = Encoding::Latin1, .ragged_rows = RaggedRows::Fill});
       return read_csv(path, format.options).rows();
     }},
    {"labeled_text",
     [](const std::string& path) { write_text(path, "label;text\nham;\"some \"\"words\"\"\"\nspam;caf\u00e9 au lait\n"); },
     [](const std::string& path) { return read_labeled_texts(path).train.size(); }},
    {"tagged_text",
     [](const std::string& path) {
       write_text(path, "# x\n1-2\tab\t_\t_\t_\t_\t_\t_\t_\t_\n1\ta\ta\tX\tX\t_\t0\troot\t_\t_\n\n");
     },
     [](const std::string& path) { return read_tagged_text(path).size(); }},
    {"parallel_text", [](const std::string& path) { write_text(path, "Go.\tVa !\tCC-BY\nHi.\tSalut.\n"); },
     [](const std::string& path) { return read_parallel_text(path).size(); }},
    {"series", [](const std::string& path) { write_text(path, "Month,x\n1-49,112\n2-49,\n3-49,132\n"); },
     [](const std::string& path) {
       return static_cast<std::size_t>(read_series(path, {.missing_values = MissingValues::Interpolate}).size());
     }},
    {"vocab",
     [](const std::string& path) {
       Vocab({"<pad>", "the", "na\u00efve"}, 0).save(path);
     },
     [](const std::string& path) { return Vocab::load(path).size(); }},
};

class DataDamageTest : public TemporaryFolder, public testing::WithParamInterface<Format> {
 protected:
  void expect_bounded(const std::string& content) const {
    write_text(path("damaged"), content);
    try {
      EXPECT_LE(GetParam().load(path("damaged")), content.size() + 1);
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()), "");
    }
  }
};

TEST_P(DataDamageTest, TruncationAtEveryByteIsRefusedOrRead) {
  GetParam().save(path("file"));
  const std::string whole = read_text(path("file"));
  EXPECT_GT(GetParam().load(path("file")), 0U);
  for (std::size_t size = 0; size < whole.size(); ++size) expect_bounded(whole.substr(0, size));
}

TEST_P(DataDamageTest, AFlippedBitInAnyByteIsRefusedOrRead) {
  GetParam().save(path("file"));
  const std::string whole = read_text(path("file"));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    expect_bounded(flipped);
  }
}

INSTANTIATE_TEST_SUITE_P(All, DataDamageTest, testing::ValuesIn(formats),
                         [](const auto& format) { return format.param.name; });

}  // namespace
}  // namespace xgrad::data
