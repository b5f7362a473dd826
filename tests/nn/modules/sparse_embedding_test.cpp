// Embedding and EmbeddingBag with the option sparse.
#include <gmock/gmock.h>

#include <limits>

#include "autograd/autograd.h"
#include "nn/functional/layers.h"
#include "nn/modules/embedding.h"
#include "nn/utils/clip_grad.h"
#include "tests/support/printed.h"

namespace xgrad::test {

namespace {

using testing::ElementsAre;
using testing::Pointee;

/// The gradients of a bag's table, with and without sparse; the rows must be those named.
template <class Rows>
void expect_same_gradients(nn::EmbeddingBagOptions options, const Tensor& index, const Tensor& offsets, const Rows& rows) {
  const nn::EmbeddingBag dense(options);
  const nn::EmbeddingBag sparse(options.sparse(true));
  {
    const NoGradGuard no_grad;
    Tensor(sparse->weight).copy_(dense->weight);
  }
  for (const auto& bag : {dense, sparse}) bag(index, offsets).pow(3).sum().backward();
  EXPECT_TRUE(sparse->weight.grad().equal(dense->weight.grad()));
  EXPECT_THAT(nonzero_rows(sparse->weight.grad()), Pointee(rows));
  EXPECT_EQ(nonzero_rows(dense->weight.grad()), nullptr);
}

}  // namespace

TEST(SparseEmbeddingTest, every_way_to_make_one_has_the_option) {
  const nn::Embedding made(nn::EmbeddingOptions(6, 2).padding_idx(-1).sparse(true));
  const auto taken = nn::Embedding::from_pretrained(
      ones({6, 2}), nn::EmbeddingFromPretrainedOptions().freeze(false).padding_idx(5).sparse(true));
  const Tensor index = tensor({{4, 1}, {5, 1}});
  for (const nn::Embedding& embedding : {made, taken}) {
    embedding(index).sum().backward();
    EXPECT_THAT(nonzero_rows(embedding->weight.grad()), Pointee(ElementsAre(1, 4)));
    EXPECT_EQ(embedding->weight.grad().to_vector<float>(), (std::vector<float>{0, 0, 2, 2, 0, 0, 0, 0, 1, 1, 0, 0}));
    embedding->zero_grad();
    EXPECT_FALSE(embedding->weight.grad().defined());
  }
  nn::functional::embedding(index, made->weight, nn::functional::EmbeddingFuncOptions().sparse(true)).sum().backward();
  EXPECT_THAT(nonzero_rows(made->weight.grad()), Pointee(ElementsAre(1, 4, 5)));
  made->zero_grad(false);
  EXPECT_THAT(nonzero_rows(made->weight.grad()), Pointee(ElementsAre()));
  EXPECT_EQ(printed(*made), "Embedding(num_embeddings=6, embedding_dim=2, padding_idx=5, sparse=true)");
  EXPECT_EQ(printed(*nn::EmbeddingBag(nn::EmbeddingBagOptions(6, 2).sparse(true))),
            "EmbeddingBag(num_embeddings=6, embedding_dim=2, sparse=true)");
}

TEST(SparseEmbeddingTest, bags_give_the_gradients_of_dense_ones) {
  const Tensor index = tensor({1, 7, 7, 2, 3, 3});
  const Tensor offsets = tensor({0, 3, 3});
  for (const Reduction mode : {Reduction::Sum, Reduction::Mean}) {
    const auto options = nn::EmbeddingBagOptions(9, 4).mode(mode).padding_idx(2);
    expect_same_gradients(options, index, offsets, ElementsAre(1, 3, 7));
    expect_same_gradients(options, index.view({2, 3}), {}, ElementsAre(1, 3, 7));
    expect_same_gradients(options, tensor({2, 2}), tensor({0}), ElementsAre());
  }
}

TEST(SparseEmbeddingTest, options_that_exclude_it_are_refused) {
  EXPECT_THROW(nn::Embedding(nn::EmbeddingOptions(4, 2).sparse(true).scale_grad_by_freq(true)), ValueError);
  EXPECT_THROW(nn::Embedding::from_pretrained(ones({4, 2}),
                                              nn::EmbeddingFromPretrainedOptions().sparse(true).scale_grad_by_freq(true)),
               ValueError);
  EXPECT_THROW(nn::EmbeddingBag(nn::EmbeddingBagOptions(4, 2).sparse(true).mode(kMax)), ValueError);
  const Tensor weight = ones({4, 2}, requires_grad());
  EXPECT_THROW(nn::functional::embedding(tensor({1}), weight,
                                         nn::functional::EmbeddingFuncOptions().sparse(true).scale_grad_by_freq(true)),
               ValueError);
  EXPECT_THROW(nn::functional::embedding_bag(tensor({{1}}), weight,
                                             nn::functional::EmbeddingBagFuncOptions().sparse(true).mode(kMax)),
               ValueError);
  // A largest norm is none of them, as in PyTorch.
  const nn::Embedding bounded(nn::EmbeddingOptions(4, 2).sparse(true).max_norm(0.5));
  bounded(tensor({1, 2})).sum().backward();
  EXPECT_THAT(nonzero_rows(bounded->weight.grad()), Pointee(ElementsAre(1, 2)));
}

TEST(SparseEmbeddingTest, gradients_are_clipped_by_rows) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double order : {1.0, 2.0, 3.0, infinity}) {
    std::vector<Tensor> weights;
    std::vector<double> norms;
    for (const bool sparse : {false, true}) {
      const Tensor weight = arange(40, kFloat64).reshape({20, 2}).requires_grad_();
      const Tensor other = ones({3}, TensorOptions(kFloat64).requires_grad(true));
      (embedding(weight, tensor({4, 9, 4}), -1, false, sparse).square().sum() + other.sum()).backward();
      norms.push_back(nn::utils::clip_grad_norm_(std::vector<Tensor>{weight, other}, 5, order));
      weights.push_back(weight);
    }
    EXPECT_NEAR(norms[1], norms[0], 1e-12 * norms[0]);
    EXPECT_TRUE(weights[1].grad().allclose(weights[0].grad(), 1e-12, 0));
    EXPECT_THAT(nonzero_rows(weights[1].grad()), Pointee(ElementsAre(4, 9)));
    nn::utils::clip_grad_value_(weights[1], 0.25);
    EXPECT_EQ(weights[1].grad().amax().item<double>(), 0.25);
    EXPECT_THAT(nonzero_rows(weights[1].grad()), Pointee(ElementsAre(4, 9)));
  }
  // No rows at all.
  const Tensor weight = ones({4, 2}, requires_grad());
  embedding(weight, empty({0}, kInt64), -1, false, true).sum().backward();
  EXPECT_EQ(nn::utils::clip_grad_norm_(weight, 1, infinity), 0);
  EXPECT_EQ(nn::utils::clip_grad_norm_(weight, 1), 0);
}

}  // namespace xgrad::test
