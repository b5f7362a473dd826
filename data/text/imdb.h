/// The Large Movie Review Dataset (Maas et al., 2011), https://ai.stanford.edu/~amaas/data/sentiment/
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace xgrad::data {

/// A text and its class.
struct LabeledText {
  std::string text;        ///< the review
  std::int64_t label = 0;  ///< 0: negative, 1: positive
};

/// The reviews of one split, "train" or "test", from the extracted archive: `folder` is `aclImdb`, or the folder that it
/// lies in. First the negative ones (label 0), then the positive ones (label 1), each by number. Files that are no
/// `ID_RATING.txt` are passed over.
///
/// Throws ValueError for another split, FileError where a folder is missing or holds no review, or a file cannot be read.
std::vector<LabeledText> read_imdb(const std::string& folder, const std::string& split);

}  // namespace xgrad::data
