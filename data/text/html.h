/// Text out of HTML fragments, as reviews from the web contain them.
#pragma once

#include <string>
#include <string_view>

namespace xgrad::data {

/// The text without markup: each tag and comment becomes a space, and character references become characters: numbers
/// (`&#233;`, `&#xe9;`), the names of Latin-1's letters (`&eacute;`) and the common signs (`&amp; &lt; &gt; &quot; &apos;
/// &nbsp; &hellip; &mdash; &ndash; &lsquo; &rsquo; &ldquo; &rdquo; &bull; &trade; &euro;`). What only looks like markup
/// stays: "1 < 2", "<3", "AT&T", a tag that is never closed. A number that is no character becomes U+FFFD.
std::string strip_html(std::string_view html);

}  // namespace xgrad::data
