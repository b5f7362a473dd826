#pragma once

#include <string>

namespace writing {

// Latin letters are in lower case: fewer characters are learnt faster.

/// Some pages in the public domain: beginnings of novels by Austen, Carroll, Dickens and Melville, a sonnet, a speech.
std::string built_in_text();

/// A text file. Throws FileError where it cannot be read, is not UTF-8 (with the line), or has no text in it.
std::string read_text(const std::string& path);

}  // namespace writing
