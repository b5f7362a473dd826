// Linear, Embedding and Dropout.
#include "autograd/autograd.h"
#include "nn/modules/activation.h"
#include "nn/modules/dropout.h"
#include "nn/modules/embedding.h"
#include "nn/modules/linear.h"
#include "tests/support/golden.h"

namespace xgrad::test {

TEST(LinearTest, parameters_have_pytorchs_names_shapes_and_range) {
  nn::Linear linear(4, 3);
  const auto parameters = linear->named_parameters();
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_EQ(parameters["weight"].sizes(), IntArrayRef({3, 4}));
  EXPECT_EQ(parameters["bias"].sizes(), IntArrayRef({3}));
  for (const auto& item : parameters) EXPECT_LE(abs(item.value()).max().item<float>(), 0.5);
  EXPECT_EQ(nn::Linear(nn::LinearOptions(4, 3).bias(false))->parameters().size(), 1U);
}

TEST(LinearTest, starts_as_pytorchs_does_from_the_same_seed) {
  // torch.manual_seed(0); torch.nn.Linear(3, 2), with PyTorch 1.13.
  manual_seed(0);
  nn::Linear linear(3, 2);
  const Tensor weight = tensor({{-0.004322517663240433, 0.3097158372402191, -0.4751853346824646},
                                {-0.4248946011066437, -0.2223689705133438, 0.15482072532176971}});
  EXPECT_TRUE(close(weight, linear->weight, 1e-7));
  EXPECT_TRUE(close(tensor({-0.011439144611358643, 0.45777493715286255}), linear->bias, 1e-7));
}

TEST(LinearTest, forward_is_the_linear_operation_with_gradients_for_its_parameters) {
  nn::Linear linear(2, 1);
  {
    const NoGradGuard no_grad;
    linear->weight.copy_(tensor({{2.0, 3.0}}));
    linear->bias.copy_(tensor({1.0}));
  }
  const Tensor y = linear->forward(tensor({{1.0, 10.0}, {0.0, 1.0}}));
  EXPECT_EQ(y.to_vector<float>(), (std::vector<float>{33, 4}));
  y.sum().backward();
  EXPECT_EQ(linear->weight.grad().to_vector<float>(), (std::vector<float>{1, 11}));
  EXPECT_EQ(linear->bias.grad().to_vector<float>(), (std::vector<float>{2}));
  EXPECT_THROW(linear->forward(ones({2, 3})), ShapeError);
}

TEST(EmbeddingTest, rows_follow_their_index_and_gather_gradients) {
  nn::Embedding embedding(4, 2);
  const Tensor index = tensor({{1, 1}, {3, 0}});
  const Tensor y = embedding->forward(index);
  EXPECT_EQ(y.sizes(), IntArrayRef({2, 2, 2}));
  EXPECT_TRUE(equal(y[1][0], embedding->weight[3]));
  y.sum().backward();
  EXPECT_EQ(embedding->weight.grad().to_vector<float>(), (std::vector<float>{1, 1, 2, 2, 0, 0, 1, 1}));
  EXPECT_THROW(embedding->forward(tensor({4})), IndexError);
  EXPECT_THROW(embedding->forward(tensor({-1})), IndexError);
}

TEST(EmbeddingTest, renorm_scales_the_rows_named_and_no_others) {
  // A table that is not contiguous: rows (3, 4), (0, 2), (6, 8).
  Tensor table = tensor({3.0, 0.0, 6.0, 4.0, 2.0, 8.0}).to(kFloat64).view({2, 3}).t();
  embedding_renorm_(table, empty({0}, kInt64), 1);
  EXPECT_EQ(table.contiguous().to_vector<double>(), (std::vector<double>{3, 4, 0, 2, 6, 8}));
  embedding_renorm_(table, tensor({0, 1, 0}), 2.5);
  EXPECT_TRUE(table.allclose(tensor({1.5, 2.0, 0.0, 2.0, 6.0, 8.0}).to(kFloat64).view({3, 2}), 1e-6));
  EXPECT_THROW(embedding_renorm_(table, tensor({2, 3}), 1), IndexError);
  EXPECT_THROW(embedding_renorm_(table, tensor({0.5}), 1), TypeError);
  Tensor vector = ones({3});
  EXPECT_THROW(embedding_renorm_(vector, tensor({0}), 1), ShapeError);
  EXPECT_EQ(table[2].to_vector<double>(), (std::vector<double>{6, 8}));
}

TEST(EmbeddingTest, the_padding_row_starts_at_zero_and_gathers_nothing) {
  for (const std::int64_t padding : {2, -2}) {
    nn::Embedding embedding(nn::EmbeddingOptions(4, 2).padding_idx(padding));
    EXPECT_EQ(embedding->weight[2].to_vector<float>(), (std::vector<float>{0, 0}));
    embedding->forward(tensor({2, 2, 0})).sum().backward();
    EXPECT_EQ(embedding->weight.grad().to_vector<float>(), (std::vector<float>{1, 1, 0, 0, 0, 0, 0, 0}));
  }
  EXPECT_THROW(nn::Embedding(nn::EmbeddingOptions(4, 2).padding_idx(4)), Error);
}

TEST(EmbeddingTest, a_frozen_table_requires_no_gradient) {
  const Tensor table = tensor({{1.0, 2.0}, {3.0, 4.0}});
  EXPECT_FALSE(nn::Embedding::from_pretrained(table)->weight.requires_grad());
  const auto free = nn::Embedding::from_pretrained(table, nn::EmbeddingFromPretrainedOptions().freeze(false));
  EXPECT_TRUE(free->weight.requires_grad());
  EXPECT_EQ(free->forward(tensor({1})).to_vector<float>(), (std::vector<float>{3, 4}));
}

TEST(DropoutTest, does_nothing_in_evaluation) {
  nn::Dropout dropout(0.9);
  dropout->eval();
  const Tensor x = rand({50});
  EXPECT_TRUE(equal(dropout->forward(x), x));
}

TEST(DropoutTest, in_training_elements_are_dropped_and_the_rest_scaled) {
  nn::Dropout dropout(0.25);
  manual_seed(1);
  const Tensor x = ones({10000}, requires_grad());
  const Tensor y = dropout->forward(x);
  const Tensor dropped = y == 0;
  EXPECT_NEAR(dropped.to(kFloat32).mean().item<float>(), 0.25, 0.02);
  EXPECT_TRUE(close(where(dropped, zeros({}), full({}, 4.0 / 3)), y.detach(), 1e-6));
  y.sum().backward();
  EXPECT_TRUE(close(y.detach(), x.grad(), 1e-6));
  EXPECT_TRUE(equal(nn::Dropout(1.0)->forward(ones({3})), zeros({3})));
  EXPECT_TRUE(equal(nn::Dropout(0.0)->forward(ones({3})), ones({3})));
  EXPECT_THROW(nn::Dropout(-0.1), ValueError);
}

}  // namespace xgrad::test
