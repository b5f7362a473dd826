#include "nn/summary.h"

#include <gmock/gmock.h>
#include <xgrad/xgrad.h>

#include "tests/support/printed.h"

namespace xgrad {
namespace {

struct ClassifierImpl : nn::Module {
  ClassifierImpl()
      : rnn(register_module("rnn", nn::RNN(nn::RNNOptions(32, 64).batch_first(true)))),
        linear(register_module("linear", nn::Linear(64, 10))) {}
  Tensor forward(const Tensor& x) { return linear(std::get<0>(rnn(x)).select(1, -1)); }
  nn::RNN rnn;
  nn::Linear linear;
};
XGRAD_MODULE(Classifier);

/// A cell that is called at every step, in a nested module.
struct SteppedImpl : nn::Module {
  SteppedImpl()
      : embedding(register_module("embedding", nn::Embedding(10, 3))),
        inner(register_module("inner", nn::ModuleDict(nn::ModuleDictImpl::Items{{"cell", nn::GRUCell(3, 4).ptr()}}))),
        head(register_module("head", nn::Sequential(nn::Dropout(0.5), nn::Linear(4, 2)))) {}
  Tensor forward(const Tensor& x) {
    if (is_training()) throw ValueError("expected evaluation");
    const nn::GRUCell cell(inner->ptr<nn::GRUCellImpl>("cell"));
    Tensor state;
    for (std::int64_t t = 0; t < x.size(0); ++t)
      state = state.defined() ? cell(embedding(x[t]), state) : cell(embedding(x[t]));
    return head(state);
  }
  nn::Embedding embedding;
  nn::ModuleDict inner;
  nn::Sequential head;
};
XGRAD_MODULE(Stepped);

TEST(SummaryTest, counts_parameters_outputs_and_work) {
  const Classifier model;
  const auto result = nn::summary(model, rand({8, 5, 32}));
  ASSERT_EQ(result.layers.size(), 3U);
  EXPECT_EQ(result.layers[1].parameters, 6272);
  EXPECT_EQ(result.layers[2].parameters, 650);
  EXPECT_EQ(result.parameters, 6922);
  EXPECT_EQ(result.trainable, 6922);
  EXPECT_THAT(result.layers[0].output_shape, testing::ElementsAre(8, 10));
  EXPECT_THAT(result.layers[1].output_shape, testing::ElementsAre(8, 5, 64));
  EXPECT_EQ(result.layers[1].mult_adds, 8 * 5 * (32 * 64 + 64 * 64));
  EXPECT_EQ(result.layers[2].mult_adds, 8 * 64 * 10);
  EXPECT_EQ(result.mult_adds, result.layers[1].mult_adds + result.layers[2].mult_adds);
  EXPECT_EQ(result.input_bytes, 8 * 5 * 32 * 4);
  EXPECT_EQ(result.parameter_bytes, 6922 * 4);
  EXPECT_EQ(result.output_bytes, (8 * 5 * 64 + 8 * 64 + 8 * 10) * 4);  // the RNN returns its final state as well
}

TEST(SummaryTest, calls_add_up_and_the_model_is_left_as_it_was) {
  const Stepped model;
  model->head->eval();
  model->embedding->weight.requires_grad_(false);
  const auto result = nn::summary(model, randint(10, {7, 2}));
  const auto& cell = result.layers[3];
  EXPECT_EQ(cell.path, "inner.cell");
  EXPECT_EQ(cell.calls, 7);
  EXPECT_EQ(cell.mult_adds, 7 * 2 * 12 * (3 + 4));
  EXPECT_EQ(result.layers[1].mult_adds, 0);  // a lookup
  EXPECT_EQ(result.parameters - result.trainable, 30);
  EXPECT_TRUE(model->is_training());
  EXPECT_TRUE(model->inner->is_training());
  EXPECT_FALSE(model->head->is_training());
  EXPECT_THROW(model(randint(10, {7, 2})), ValueError);  // no hook is left that would evaluate
  EXPECT_THROW(nn::summary(model, rand({7, 2})), TypeError);
  EXPECT_TRUE(model->is_training());
}

TEST(SummaryTest, prints_a_tree) {
  const std::string text = test::printed(nn::summary(Stepped(), randint(10, {7, 2})));
  EXPECT_THAT(text, testing::HasSubstr("Stepped                             [2, 2]"));
  EXPECT_THAT(text, testing::HasSubstr("├─Embedding (embedding) x7          [2, 3]            30"));
  EXPECT_THAT(text, testing::HasSubstr("│    └─GRUCell (cell) x7            [2, 4]            108          1,176"));
  EXPECT_THAT(text, testing::HasSubstr("└─Sequential (head)                 [2, 2]"));
  EXPECT_THAT(text, testing::HasSubstr("     ├─Dropout (0)                  [2, 4]"));
  EXPECT_THAT(text, testing::HasSubstr("Total parameters: 148\n"));
}

TEST(SummaryTest, without_inputs_parameters_alone_are_counted) {
  const auto result = nn::summary(Classifier());
  EXPECT_EQ(result.parameters, 6922);
  EXPECT_EQ(result.mult_adds, 0);
  EXPECT_EQ(result.layers[1].calls, 0);
  const std::string text = test::printed(result);
  EXPECT_THAT(text, testing::HasSubstr("Total parameters: 6,922\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("Mult-adds of a forward pass")));
}

TEST(SummaryTest, convolutions_count_their_places_in_time) {
  nn::Sequential model(nn::Conv1d(nn::Conv1dOptions(3, 4, 5)), nn::ConvTranspose1d(nn::ConvTranspose1dOptions(4, 2, 3)));
  const nn::ModelSummary result = nn::summary(model, ones({2, 3, 13}));
  EXPECT_EQ(result.layers[1].mult_adds, 2 * 9 * (4 * 3 * 5));
  EXPECT_EQ(result.layers[2].mult_adds, 2 * 9 * (4 * 2 * 3));
}

}  // namespace
}  // namespace xgrad
