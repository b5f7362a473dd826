/// Tokenizers: from text to words or characters. Text is UTF-8; each invalid byte counts as one U+FFFD (the replacement
/// character), and no input makes them throw.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xgrad::data {

/// The words of a text, in lower case: runs of letters, digits and combining marks of any script, with apostrophes inside
/// ("don't"; the typographic one becomes "'"). Everything else separates words. HTML is stripped first (see `strip_html`):
/// tags become spaces. Lower case is Unicode's, character by character; nothing else is normalised. Scripts that do not
/// separate words by spaces, such as Chinese, are better served by `tokenize_characters`.
std::vector<std::string> tokenize_words(std::string_view text);

/// Words as torchtext's "basic_english" tokenizer makes them. Lower case; `.`, `,`, `(`, `)`, `!`, `?` and `'` stand alone;
/// `"` goes; `;`, `:` and `<br />` separate, as white space does. Lower case is character by character, so that a final
/// sigma and a dotted capital I differ from Python's. https://pytorch.org/text/0.14.0/data_utils.html#get-tokenizer
std::vector<std::string> tokenize_basic_english(std::string_view text);

/// The code points of a text, each as a string.
std::vector<std::string> tokenize_characters(std::string_view text);

}  // namespace xgrad::data
