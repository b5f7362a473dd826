// Modules describe themselves by their options' fields: printed, saved and compared from one list.
#include <gtest/gtest.h>

#include "autograd/io/fields.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/tensor/creation.h"
#include "nn/nn.h"
#include "tests/support/printed.h"

namespace xgrad {
namespace {

using test::printed;

TEST(Options, OfEachKindPrintAsInLibtorch) {
  EXPECT_EQ(printed(*nn::ReLU()), "ReLU()");
  EXPECT_EQ(printed(*nn::ReLU(true)), "ReLU(inplace=true)");
  EXPECT_EQ(printed(*nn::Tanh()), "Tanh()");
  EXPECT_EQ(printed(*nn::Hardshrink(0.25)), "Hardshrink(0.25)");
  EXPECT_EQ(printed(*nn::GELU(nn::GELUOptions().approximate("tanh"))), "GELU(approximate=tanh)");
  EXPECT_EQ(printed(*nn::BatchNorm1d(nn::BatchNorm1dOptions(4).momentum(std::nullopt))),
            "BatchNorm1d(4, eps=1e-05, momentum=None, affine=true, track_running_stats=true)");
  EXPECT_EQ(printed(*nn::EmbeddingBag(nn::EmbeddingBagOptions(5, 2).mode(kMax))),
            "EmbeddingBag(num_embeddings=5, embedding_dim=2, mode=kMax)");
  EXPECT_EQ(printed(*nn::RNNCell(nn::RNNCellOptions(2, 3).nonlinearity(kReLU))), "RNNCell(2, 3, nonlinearity=kReLU)");
  EXPECT_EQ(printed(*nn::LSTM(nn::LSTMOptions(3, 4).proj_size(2))),
            "LSTM(input_size=3, hidden_size=4, num_layers=1, bias=true, batch_first=false, dropout=0, bidirectional=false, "
            "proj_size=2)");
}

TEST(Options, ALayerThatShowsNoneOfThemPrintsItsNameAndItsSubmodules) {
  EXPECT_EQ(printed(*nn::GeneralAttention(3, 4)),
            "GeneralAttention(\n  (query): Linear(in_features=3, out_features=4, bias=false)\n)");
}

TEST(Options, AreEqualWhereAllFieldsAre) {
  EXPECT_EQ(nn::LinearOptions(2, 3), nn::LinearOptions(2, 3));
  EXPECT_NE(nn::LinearOptions(2, 3), nn::LinearOptions(2, 3).bias(false));
  EXPECT_NE(nn::RNNOptions(2, 3), nn::RNNOptions(2, 3).nonlinearity(kReLU));
  EXPECT_NE(nn::BCELossOptions(), nn::BCELossOptions().reduction(kSum));
  EXPECT_EQ(nn::BCELossOptions().weight(ones({2})), nn::BCELossOptions().weight(ones({2})));
  EXPECT_NE(nn::BCELossOptions().weight(ones({2})), nn::BCELossOptions().weight(zeros({2})));
  EXPECT_NE(nn::BCELossOptions().weight(ones({2})), nn::BCELossOptions());
}

/// Saves options and loads them into `other`.
template <class Options>
Options travelled(const Options& options, Options other) {
  EXPECT_NE(options, other);
  load_fields(other, save_fields(options));
  return other;
}

TEST(Options, AreTheSameAfterSavingAndLoading) {
  const auto same = [](const auto& options, const auto& other) { EXPECT_EQ(travelled(options, other), options); };
  same(nn::EmbeddingOptions(5, 2).padding_idx(1).max_norm(2.5).sparse(true), nn::EmbeddingOptions(1, 1));
  same(nn::EmbeddingBagOptions(5, 2).mode(kMax), nn::EmbeddingBagOptions(5, 2).padding_idx(3));
  same(nn::EmbeddingBagOptions(5, 2).max_norm(2.5).norm_type(1), nn::EmbeddingBagOptions(5, 2).scale_grad_by_freq(true));
  same(nn::GELUOptions().approximate("tanh"), nn::GELUOptions());
  same(nn::LayerNormOptions({2, 3}).eps(0.5), nn::LayerNormOptions({4}));
  same(nn::KLDivLossOptions(kBatchMean), nn::KLDivLossOptions(kSum));
  same(nn::CrossEntropyLossOptions().weight(ones({3})).reduction(kNone), nn::CrossEntropyLossOptions());
  same(nn::LSTMOptions(3, 4).proj_size(2).bidirectional(true).dropout(0.25), nn::LSTMOptions(1, 2));
  same(nn::RNNOptions(3, 4).nonlinearity(kReLU), nn::RNNOptions(3, 4));
}

TEST(Options, ThatAreNotSavedStayAsTheyAre) {
  nn::DropoutOptions options = nn::DropoutOptions(0.25).inplace(true);
  load_fields(options, Value::Dict{{"p", 0.75}, {"unknown", 1}});
  EXPECT_EQ(options, nn::DropoutOptions(0.75).inplace(true));
}

TEST(Options, AnUnfitValueChangesNothing) {
  nn::RNNOptions options(3, 4);
  EXPECT_THROW(load_fields(options, Value::Dict{{"input_size", 5}, {"hidden_size", "many"}}), TypeError);
  EXPECT_THROW(load_fields(options, Value::Dict{{"input_size", 5}, {"nonlinearity", "kSigmoid"}}), ValueError);
  EXPECT_THROW(load_fields(options, Value::Dict{{"input_size", 5}, {"nonlinearity", 1}}), TypeError);
  EXPECT_EQ(options, nn::RNNOptions(3, 4));
  nn::BCELossOptions loss;
  EXPECT_THROW(load_fields(loss, Value::Dict{{"reduction", "kMax"}}), ValueError);
}

// A layer of a user's own.
struct ScaleOptions {
  ScaleOptions(double by, std::int64_t times) : by_(by), times_(times) {}
  XGRAD_ARG(double, by);
  XGRAD_ARG(std::int64_t, times);
  XGRAD_FIELDS(shown(by), unless(times, 1));
  void validate(const std::string& module) const {
    if (times_ < 0) throw ValueError(module + ": times must not be negative");
  }
};

struct ScaleImpl : nn::Layer<ScaleImpl, ScaleOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const { return x * (options.by() * static_cast<double>(options.times())); }
};
XGRAD_MODULE(Scale);

TEST(Layer, OfAUsersOwnIsMadePrintedClonedAndChecked) {
  const Scale scale(0.5, 3);
  EXPECT_EQ(printed(*scale), "Scale(by=0.5, times=3)");
  EXPECT_EQ(printed(*scale->clone()), "Scale(by=0.5, times=3)");
  EXPECT_EQ(scale(ones({1})).item<double>(), 1.5);
  try {
    Scale(0.5, -1);
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "Scale: times must not be negative");
  }
}

}  // namespace
}  // namespace xgrad
