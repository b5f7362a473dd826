#pragma once

#include <string>

namespace writing {

/// Some pages in the public domain: beginnings of novels by Austen, Carroll, Dickens and Melville, a sonnet, a speech. In
/// lower case: fewer characters are learnt faster.
std::string built_in_text();

}  // namespace writing
