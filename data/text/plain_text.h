/// Plain text: one file, several, or a folder of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/text/line_reader.h"

namespace xgrad::data {

/// The files that `path` stands for: itself where it is a file; where it is a folder, all files in it and in the folders
/// below whose names do not begin with a dot, in the order of their names. A folder that links lead to
/// more than once is taken once. Throws FileError where there is none.
std::vector<std::string> list_files(const std::string& path);

/// Text and the files that it came from.
struct PlainText {
  std::string text;                ///< all of it, in UTF-8, lines ended by "\n"
  std::vector<std::string> files;  ///< in the order in which they stand in `text`
  std::uint64_t lines = 0;
  std::uint64_t empty_files = 0;  ///< files without a character

  /// What was read, in one line: "3 files, 120 lines, 5000 bytes".
  std::string describe() const;
};

/// Reads files, or whole folders, one after the other; a file that does not end its last line has it ended. Throws FileError
/// where a file cannot be read or is no text in that encoding, ValueError for no path.
PlainText read_plain_text(const std::vector<std::string>& paths, Encoding encoding = Encoding::Utf8);

}  // namespace xgrad::data
