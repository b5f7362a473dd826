#include "data/text/tokenizer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "data/text/html.h"

namespace xgrad::data {
namespace {

using Words = std::vector<std::string>;

const std::string replacement = "\xEF\xBF\xBD";

TEST(TokenizeWords, LowersAndSeparatesAtEverythingElse) {
  EXPECT_EQ(tokenize_words("The BEST film, of 2001--by far!"), (Words{"the", "best", "film", "of", "2001", "by", "far"}));
  EXPECT_EQ(tokenize_words("snake_case e-mail a.b"), (Words{"snake", "case", "e", "mail", "a", "b"}));
  EXPECT_TRUE(tokenize_words("").empty());
  EXPECT_TRUE(tokenize_words(" \t\n...!?").empty());
}

TEST(TokenizeWords, KeepsApostrophesInsideWordsOnly) {
  EXPECT_EQ(tokenize_words("Don't 'quote' me, rock 'n' roll"), (Words{"don't", "quote", "me", "rock", "n", "roll"}));
  EXPECT_EQ(tokenize_words("the actors' it''s o'clock's"), (Words{"the", "actors", "it", "s", "o'clock's"}));
  EXPECT_EQ(tokenize_words("'"), Words{});
}

TEST(TokenizeWords, TypographicApostrophesAreApostrophes) {
  EXPECT_EQ(tokenize_words("Don\u2019t \u2018quote\u2019"), (Words{"don't", "quote"}));
}

TEST(TokenizeWords, LowersEveryScript) {
  EXPECT_EQ(tokenize_words("ÉCOLE Ärger ΑΒΓ МОСКВА"), (Words{"école", "ärger", "αβγ", "москва"}));
  EXPECT_EQ(tokenize_words("日本語 ٣٤"), (Words{"日本語", "٣٤"}));
}

TEST(TokenizeWords, MarksBelongToTheLetterBefore) {
  EXPECT_EQ(tokenize_words("E\u0301cole na\u0308h"), (Words{"e\u0301cole", "na\u0308h"}));
  EXPECT_EQ(tokenize_words("\u2764\uFE0F love"), Words{"love"});  // a heart and its variation selector
}

TEST(TokenizeWords, DropsHtml) {
  EXPECT_EQ(tokenize_words("good.<br /><br />Bad"), (Words{"good", "bad"}));
  EXPECT_EQ(tokenize_words("one<br>two<I>three</I>"), (Words{"one", "two", "three"}));
  EXPECT_EQ(tokenize_words("<a href=\"http://x.org/?a=b\">link</a>"), Words{"link"});
  EXPECT_EQ(tokenize_words("caf&eacute; &amp; R&#233;sum&#xE9; don&#39;t"), (Words{"café", "résumé", "don't"}));
}

TEST(TokenizeWords, InvalidBytesSeparateWords) {
  EXPECT_EQ(tokenize_words("ab\xFF"
                           "cd"),
            (Words{"ab", "cd"}));
  EXPECT_EQ(tokenize_words("caf\xE9 noir"), (Words{"caf", "noir"}));  // Latin-1
  EXPECT_EQ(tokenize_words("end\xE2\x80"), Words{"end"});             // cut off
  EXPECT_EQ(tokenize_words(std::string("a\0b", 3)), (Words{"a", "b"}));
}

TEST(TokenizeCharacters, GivesCodePoints) {
  EXPECT_EQ(tokenize_characters("aé日😀\n"), (Words{"a", "é", "日", "😀", "\n"}));
  EXPECT_EQ(tokenize_characters("<b>"), (Words{"<", "b", ">"}));
  EXPECT_TRUE(tokenize_characters("").empty());
  EXPECT_EQ(tokenize_characters(std::string("\0", 1)), Words{std::string("\0", 1)});
}

struct Invalid {
  std::string name;
  std::string bytes;
  std::size_t characters;
};

class InvalidUtf8 : public ::testing::TestWithParam<Invalid> {};

TEST_P(InvalidUtf8, EachInvalidByteCountsAsAReplacementCharacter) {
  Words expected(GetParam().characters, replacement);
  EXPECT_EQ(tokenize_characters(GetParam().bytes), expected);
  expected.insert(expected.begin(), "a");
  expected.emplace_back("b");
  EXPECT_EQ(tokenize_characters("a" + GetParam().bytes + "b"), expected);
}

INSTANTIATE_TEST_SUITE_P(All, InvalidUtf8,
                         ::testing::Values(Invalid{"StrayContinuation", "\x80", 1}, Invalid{"NeverUsedByte", "\xFF", 1},
                                           Invalid{"OverlongSlash", "\xC0\xAF", 2},
                                           Invalid{"OverlongEuro", "\xE0\x82\xAC", 3},
                                           Invalid{"Surrogate", "\xED\xA0\x80", 3},
                                           Invalid{"AboveUnicode", "\xF4\x90\x80\x80", 4}, Invalid{"CutOffTwo", "\xC3", 1},
                                           Invalid{"CutOffThree", "\xE2\x82", 2}, Invalid{"CutOffFour", "\xF0\x9F\x98", 3},
                                           Invalid{"FiveBytes", "\xF8\x88\x80\x80\x80", 5}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(TokenizeCharacters, ReplacementCharactersInTheTextStay) {
  EXPECT_EQ(tokenize_characters(replacement), Words{replacement});
}

TEST(Tokenizers, TakeAnyBytes) {
  std::mt19937 random(1);
  const std::string likely = "<>&;#!-/'xab\xE2\x80\x99\xC3\xF0";
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::uint32_t length = random() % 40; length > 0; --length) {
      text += random() % 2 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
    }
    for (const std::string& word : tokenize_words(text)) {
      EXPECT_FALSE(word.empty());
      EXPECT_EQ(word.find(replacement), std::string::npos);
      EXPECT_EQ(tokenize_words(word), Words{word}) << word;  // a word stays as it is
    }
    std::string joined;
    for (const std::string& character : tokenize_characters(text)) joined += character;
    Words again;
    for (const std::string& character : tokenize_characters(joined)) again.push_back(character);
    EXPECT_EQ(again, tokenize_characters(text));  // what comes out is valid
  }
}

TEST(StripHtml, TagsAndCommentsBecomeSpaces) {
  EXPECT_EQ(strip_html("a<br />b"), "a b");
  EXPECT_EQ(strip_html("a<!-- x > y <b> -->b"), "a b");
  EXPECT_EQ(strip_html("<!DOCTYPE html><?xml?></p>"), "   ");
}

TEST(StripHtml, KeepsWhatOnlyLooksLikeMarkup) {
  for (const std::string text : {"1 < 2 > 0", "I <3 it", "a <", "<", "</", "<>", "never <b closed", "<a <", "<!-- open",
                                 "AT&T", "&", "&;", "&unknown;", "&#;", "&#x;", "&#12a;", "&amp"}) {
    EXPECT_EQ(strip_html(text), text);
  }
}

TEST(StripHtml, DecodesCharacterReferencesOnce) {
  EXPECT_EQ(strip_html("&lt;b&gt; &quot;x&quot; &amp;amp; &nbsp;"), "<b> \"x\" &amp; \u00A0");
  EXPECT_EQ(strip_html("&#65;&#x41;&#X41;&Agrave;&yuml;&times;"), "AAA\u00C0\u00FF\u00D7");
  EXPECT_EQ(strip_html("it&#146;s &#x80;5 &#129;&#159;&#160;"), "it\u2019s \u20AC5 \u0081\u0178\u00A0");
  EXPECT_EQ(strip_html("&hellip;&mdash;&rsquo;"), "\u2026\u2014\u2019");
}

TEST(StripHtml, NumbersThatAreNoCharacterAreReplaced) {
  for (const std::string text : {"&#0;", "&#xD800;", "&#x110000;", "&#99999999999999999999;"}) {
    EXPECT_EQ(strip_html(text), replacement) << text;
  }
}

TEST(StripHtml, ReadsHostileTextInLinearTime) {
  // Quadratic time would take minutes for these.
  for (const std::string piece : {"<a", "<!--", "<a ", "&", "&#", "<!-- -"}) {
    std::string text;
    while (text.size() < 2'000'000) text += piece;
    EXPECT_EQ(strip_html(text), text);
  }
}

TEST(TokenizeBasicEnglish, FollowsTheRules) {
  EXPECT_EQ(tokenize_basic_english("You can now install TorchText using pip!"),
            (Words{"you", "can", "now", "install", "torchtext", "using", "pip", "!"}));
  EXPECT_EQ(tokenize_basic_english("It's \"fine\", (really)...<br />No?; yes: a-b"),
            (Words{"it", "'", "s", "fine", ",", "(", "really", ")", ".", ".", ".", "no", "?", "yes", "a-b"}));
  EXPECT_EQ(tokenize_basic_english(" \xc2\xa0 \xc3\x89T\xc3\x89\t<br/> "), (Words{"\xc3\xa9t\xc3\xa9", "<br/>"}));
  EXPECT_EQ(tokenize_basic_english(""), Words{});
  EXPECT_EQ(tokenize_basic_english("a\xff"), Words{"a\xef\xbf\xbd"});
}

}  // namespace
}  // namespace xgrad::data
