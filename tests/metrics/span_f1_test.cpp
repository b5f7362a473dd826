#include "metrics/span_f1.h"

#include <gmock/gmock.h>

#include "autograd/base/error.h"

namespace xgrad::metrics {
namespace {

using testing::HasSubstr;
using Tags = std::vector<std::string>;
using Spans = std::vector<Span>;

// The example of seqeval's README.
TEST(SpanF1Test, SpansCountAsAWhole) {
  SpanF1 f1;
  f1.update({"O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"}, {"O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"});
  f1.update({"B-PER", "I-PER", "O"}, {"B-PER", "I-PER", "O"});
  EXPECT_EQ(f1.compute(), 0.5);
  EXPECT_EQ(f1.macro_f1(), 0.5);
  const auto types = f1.per_type();
  EXPECT_EQ(types.at("MISC").f1, 0);
  EXPECT_EQ(types.at("MISC").support, 1);
  EXPECT_EQ(types.at("PER").precision, 1);
  EXPECT_THAT(f1.report(), HasSubstr("MISC      0.000   0.000  0.000         1"));
  f1.reset();
  EXPECT_EQ(f1.compute(), 0);
}

// The example of seqeval's README about its mode "strict".
TEST(SpanF1Test, OnlyTheStrictCountAsksForABeginning) {
  const Tags right = {"B-NP", "I-NP", "O"};
  const Tags predicted = {"I-NP", "I-NP", "O"};
  SpanF1 lenient;
  lenient.update(predicted, right);
  EXPECT_EQ(lenient.compute(), 1);
  SpanF1 strict(TagScheme::Iob2);
  strict.update(predicted, right);
  EXPECT_EQ(strict.compute(), 0);
  EXPECT_THROW(strict.merge(lenient), ValueError);
}

TEST(SpanF1Test, SpansBeginAndEndAsConllevalHasIt) {
  EXPECT_EQ(find_spans({"B-PER", "I-PER", "O", "B-LOC"}), (Spans{{"PER", 0, 2}, {"LOC", 3, 4}}));
  EXPECT_EQ(find_spans({"I-PER", "I-LOC", "B-LOC"}), (Spans{{"PER", 0, 1}, {"LOC", 1, 2}, {"LOC", 2, 3}}));
  EXPECT_EQ(find_spans({"B-A", "I-A", "E-A", "I-A", "S-A", "E-A"}),
            (Spans{{"A", 0, 3}, {"A", 3, 4}, {"A", 4, 5}, {"A", 5, 6}}));
  EXPECT_EQ(find_spans({"B", "I", "O", "B"}), (Spans{{"_", 0, 2}, {"_", 3, 4}}));
  EXPECT_EQ(find_spans({"B-X-Y", "I-X-Y"}), (Spans{{"X-Y", 0, 2}}));
  EXPECT_EQ(find_spans({}), Spans());
  EXPECT_EQ(find_spans({"O"}), Spans());
}

TEST(SpanF1Test, SchemesTakeWellFormedSpansOnly) {
  EXPECT_EQ(find_spans({"I-A", "B-A", "I-A", "I-B"}, TagScheme::Iob2), (Spans{{"A", 1, 3}}));
  EXPECT_EQ(find_spans({"B-A", "I-A", "E-A", "S-B", "B-A", "O", "B-A", "I-A"}, TagScheme::Bioes),
            (Spans{{"A", 0, 3}, {"B", 3, 4}}));
  EXPECT_EQ(find_spans({"I-A", "I-A", "B-A", "I-B", "O", "I-B"}, TagScheme::Iob1),
            (Spans{{"A", 0, 2}, {"A", 2, 3}, {"B", 3, 4}, {"B", 5, 6}}));
  EXPECT_THROW(find_spans({"S-A"}, TagScheme::Iob2), ValueError);
}

TEST(SpanF1Test, SchemesAreKnownByTheirTags) {
  TagScheme scheme = TagScheme::Iob1;
  EXPECT_TRUE(detect_tag_scheme({{"O", "B-A", "I-A"}, {"B-B"}}, scheme));
  EXPECT_EQ(scheme, TagScheme::Iob2);
  EXPECT_TRUE(detect_tag_scheme({{"I-A", "I-A", "B-A"}}, scheme));
  EXPECT_EQ(scheme, TagScheme::Iob1);
  EXPECT_TRUE(detect_tag_scheme({{"B-A", "E-A"}}, scheme));
  EXPECT_EQ(scheme, TagScheme::Bioes);
  EXPECT_FALSE(detect_tag_scheme({{"NOUN", "VERB"}}, scheme));
  EXPECT_FALSE(detect_tag_scheme({{"O"}}, scheme));
  EXPECT_FALSE(detect_tag_scheme({}, scheme));
}

TEST(SpanF1Test, BadTagsAreRefusedAndChangeNothing) {
  SpanF1 f1;
  EXPECT_THROW(f1.update({"O"}, {"O", "O"}), ShapeError);
  for (const char* bad : {"", "X-PER", "BPER", "NOUN"}) EXPECT_THROW(f1.update({"B-A"}, {bad}), ValueError) << bad;
  EXPECT_EQ(f1.overall().predicted, 0);
}

TEST(SpanF1Test, PartsMergeToTheWhole) {
  SpanF1 whole;
  SpanF1 part;
  SpanF1 other;
  for (SpanF1* f1 : {&whole, &part}) f1->update({"B-A", "O"}, {"B-A", "B-B"});
  for (SpanF1* f1 : {&whole, &other}) f1->update({"B-B", "I-B"}, {"B-B", "I-B"});
  part.merge(other);
  EXPECT_EQ(part.compute(), whole.compute());
  EXPECT_EQ(part.report(), whole.report());
}

}  // namespace
}  // namespace xgrad::metrics
