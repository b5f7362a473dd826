// BLEU, edit distance, error rates and perplexity.
#include <gmock/gmock.h>

#include <cmath>

#include "metrics/metrics.h"
#include "tests/support/golden.h"

namespace xgrad::metrics {
namespace {

// The example of sacrebleu's README.
TEST(BleuTest, AgreesWithTheDocumentedExample) {
  const std::vector<std::string> predictions = {"The dog bit the man.", "It wasn't surprising.",
                                                "The man had just bitten him."};
  const std::vector<std::vector<std::string>> references = {{"The dog bit the man.", "The dog had bit the man."},
                                                            {"It was not unexpected.", "No one was surprised."},
                                                            {"The man bit him first.", "The man had bitten the dog."}};
  Bleu bleu;
  for (std::size_t i = 0; i < predictions.size(); ++i) bleu.update(predictions[i], references[i]);
  EXPECT_NEAR(bleu.compute(), 48.530827009929865, 1e-10);
  EXPECT_EQ(bleu.to_string(), "BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)");
}

TEST(BleuTest, AgreesWithNltk) {
  for (const auto cases = test::load_golden("metrics")["bleu"]; const auto& golden : cases) {
    Bleu bleu;
    Bleu first;
    for (std::size_t i = 0; i < golden["predictions"].size(); ++i) {
      const std::string prediction = golden["predictions"][i];
      const std::vector<std::string> references = golden["references"][i];
      (i % 2 == 0 ? first : bleu).update(prediction, references);
    }
    bleu.merge(first);
    EXPECT_NEAR(bleu.compute(), golden["bleu"], 1e-9);
  }
}

TEST(BleuTest, TokensAreThoseOfMteval13a) {
  for (const auto cases = test::load_golden("metrics")["tokens"]; const auto& golden : cases) {
    EXPECT_EQ(tokenize_13a(std::string(golden["line"])), std::vector<std::string>(golden["tokens"])) << golden["line"];
  }
  EXPECT_EQ(tokenize_13a("a-\nb&quot;"), (std::vector<std::string>{"ab", "\""}));
}

TEST(BleuTest, OtherTokensAndCase) {
  Bleu characters({.tokens = BleuTokens::Characters});
  characters.update("\u4eca\u5929 \u5929\u6c14", "\u4eca\u5929\u5929\u6c14");
  EXPECT_NEAR(characters.compute(), 100, 1e-9);
  EXPECT_EQ(characters.prediction_length(), 4);
  Bleu spaces({.tokens = BleuTokens::Spaces});
  spaces.update("a b. c d", "a b . c d");
  EXPECT_EQ(spaces.prediction_length(), 4);
  EXPECT_EQ(spaces.reference_length(), 5);
  Bleu lower({.lowercase = true});
  lower.update("THE CAT SAT \u00c9", "the cat sat \u00e9");
  EXPECT_NEAR(lower.compute(), 100, 1e-9);
  EXPECT_THROW(lower.merge(spaces), ValueError);
}

TEST(BleuTest, NothingInCommonIsZero) {
  Bleu bleu;
  EXPECT_EQ(bleu.compute(), 0);
  bleu.update("", "a b c d");
  EXPECT_EQ(bleu.compute(), 0);
  EXPECT_EQ(bleu.brevity_penalty(), 0);
  bleu.update("x y z w", "a b c d");
  EXPECT_EQ(bleu.compute(), 0);
  EXPECT_THROW(bleu.update("a", std::vector<std::string>()), ValueError);
  bleu.reset();
  bleu.update("a b c d", "a b c d");
  EXPECT_NEAR(bleu.compute(), 100, 1e-9);
}

TEST(EditDistanceTest, AgreesWithNltk) {
  for (const auto cases = test::load_golden("metrics")["edit_distance"]; const auto& golden : cases) {
    const std::string from = golden["from"];
    const std::string to = golden["to"];
    EXPECT_EQ(edit_distance(from, to), golden["distance"]);
    WordErrorRate words;
    words.update(from, to);
    EXPECT_EQ(words.edits(), golden["word_distance"]);
  }
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance(std::vector<std::int64_t>{1, 2}, std::vector<std::int64_t>{}), 2);
  EXPECT_EQ(edit_distance("\xFF\xFE", "\xFF\xFD"), 1);
  EXPECT_EQ(edit_distance("\xFF", "\uFFFD"), 1);
}

// The examples of torchmetrics' pages.
TEST(ErrorRateTest, AgreesWithTheDocumentedExamples) {
  WordErrorRate words;
  CharacterErrorRate characters;
  for (const auto& [prediction, reference] : {std::pair("this is the prediction", "this is the reference"),
                                              {"there is an other sample", "there is another one"}}) {
    words.update(std::string_view(prediction), std::string_view(reference));
    characters.update(prediction, reference);
  }
  EXPECT_DOUBLE_EQ(words.compute(), 0.5);
  EXPECT_NEAR(characters.compute(), 0.3415, 5e-5);
  WordErrorRate both;
  EXPECT_THROW(static_cast<void>(both.compute()), ValueError);
  both.merge(words);
  both.merge(words);
  EXPECT_EQ(both.compute(), words.compute());
  both.reset();
  EXPECT_EQ(both.reference_length(), 0);
}

TEST(PerplexityTest, IsTheExponentialOfTheCrossEntropy) {
  const Tensor scores = test::seeded_uniform({4, 5, 7}, 3, -4, 4, kFloat64);
  const Tensor targets = test::seeded_uniform({4, 5}, 4, 0, 7, kInt64);
  Perplexity perplexity;
  perplexity.update(scores, targets);
  const double expected = -scores.log_softmax(-1).gather(-1, targets.unsqueeze(-1)).mean().item<double>();
  EXPECT_NEAR(perplexity.mean_negative_log_likelihood(), expected, 1e-12);
  EXPECT_NEAR(perplexity.compute(), std::exp(expected), 1e-10);
  EXPECT_EQ(perplexity.tokens(), 20);
  Perplexity known;
  known.update(expected, 20);
  known.update(std::nan(""), 0);
  EXPECT_NEAR(known.compute(), perplexity.compute(), 1e-10);
  for (const Dtype dtype : {kFloat32, kFloat16, kBFloat16}) {
    Perplexity rounded;
    rounded.update(scores.to(dtype), targets);
    EXPECT_NEAR(rounded.compute() / perplexity.compute(), 1, 0.02);
  }
  Perplexity transposed;
  transposed.update(scores.transpose(0, 1), targets.t());
  EXPECT_NEAR(transposed.compute(), perplexity.compute(), 1e-10);
}

TEST(PerplexityTest, UniformScoresMakeThePerplexityTheVocabulary) {
  Perplexity perplexity(-100);
  perplexity.update(zeros({3, 8}), tensor({std::int64_t{0}, std::int64_t{-100}, std::int64_t{7}}));
  EXPECT_EQ(perplexity.tokens(), 2);
  EXPECT_NEAR(perplexity.compute(), 8, 1e-9);
  EXPECT_NEAR(perplexity.bits_per_token(), 3, 1e-9);
  EXPECT_NEAR(perplexity.bits_per_character(12), 0.5, 1e-9);
  EXPECT_THROW(static_cast<void>(perplexity.bits_per_character(0)), ValueError);
  Perplexity other(-100);
  other.merge(perplexity);
  EXPECT_EQ(other.compute(), perplexity.compute());
  other.reset();
  EXPECT_THROW(static_cast<void>(other.compute()), ValueError);
}

TEST(PerplexityTest, BadInputIsRefused) {
  Perplexity perplexity;
  const Tensor targets = zeros({2}, kInt64);
  EXPECT_THROW(perplexity.update(zeros({2, 3}, kInt64), targets), TypeError);
  EXPECT_THROW(perplexity.update(zeros({2, 3}), zeros({2})), TypeError);
  EXPECT_THROW(perplexity.update(zeros({3, 2}), targets), ShapeError);
  EXPECT_THROW(perplexity.update(zeros({2}), targets), ShapeError);
  EXPECT_THROW(perplexity.update(zeros({2, 3}), full({2}, 3, kInt64)), IndexError);
  EXPECT_THROW(perplexity.update(zeros({2, 0}), targets), IndexError);
  EXPECT_THROW(perplexity.update(-1.0, 3), ValueError);
  EXPECT_THROW(perplexity.update(1.0, -3), ValueError);
  EXPECT_EQ(perplexity.tokens(), 0);
  perplexity.update(zeros({0, 3}), zeros({0}, kInt64));
  EXPECT_EQ(perplexity.tokens(), 0);
}

}  // namespace
}  // namespace xgrad::metrics
