// Every function takes libtorch's options, and computes what the module of the same options computes.
#include "nn/functional/functional.h"

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace F = nn::functional;

TEST(FunctionalTest, activations_take_options) {
  const Tensor x = rand({3, 4}) * 6 - 3;
  EXPECT_TRUE(equal(F::relu(x), nn::ReLU()(x)));
  EXPECT_TRUE(equal(F::relu6(x), nn::ReLU6()(x)));
  EXPECT_TRUE(equal(F::elu(x, F::ELUFuncOptions().alpha(0.3)), nn::ELU(nn::ELUOptions(0.3))(x)));
  EXPECT_TRUE(equal(F::celu(x, F::CELUFuncOptions().alpha(0.3)), nn::CELU(nn::CELUOptions(0.3))(x)));
  EXPECT_TRUE(equal(F::selu(x), nn::SELU()(x)));
  EXPECT_TRUE(equal(F::gelu(x, F::GELUFuncOptions().approximate("tanh")), gelu_tanh(x)));
  EXPECT_TRUE(equal(F::leaky_relu(x, F::LeakyReLUFuncOptions().negative_slope(0.2)), leaky_relu(x, 0.2)));
  EXPECT_TRUE(equal(F::rrelu(x), leaky_relu(x, (1.0 / 8 + 1.0 / 3) / 2)));
  EXPECT_TRUE(equal(F::hardtanh(x, F::HardtanhFuncOptions().min_val(-2).max_val(0.5)), hardtanh(x, -2, 0.5)));
  EXPECT_TRUE(equal(F::hardshrink(x, F::HardshrinkFuncOptions().lambda(1)), hardshrink(x, 1)));
  EXPECT_TRUE(equal(F::softshrink(x, F::SoftshrinkFuncOptions().lambda(1)), softshrink(x, 1)));
  EXPECT_TRUE(equal(F::softplus(x, F::SoftplusFuncOptions().beta(2).threshold(1)), softplus(x, 2, 1)));
  EXPECT_TRUE(equal(F::threshold(x, F::ThresholdFuncOptions(0.5, -1)), threshold(x, 0.5, -1)));
  EXPECT_TRUE(equal(F::glu(x, F::GLUFuncOptions(1)), glu(x, 1)));
  EXPECT_TRUE(equal(F::softmax(x, 1), softmax(x, 1)));
  EXPECT_TRUE(equal(F::log_softmax(x, F::LogSoftmaxFuncOptions(0)), log_softmax(x, 0)));
  EXPECT_TRUE(equal(F::softmin(x, 1), softmax(-x, 1)));
  EXPECT_TRUE(equal(F::softsign(x), nn::Softsign()(x)));
  EXPECT_TRUE(equal(F::prelu(x, full({1}, 0.25)), nn::PReLU()(x)));
  Tensor changed = x.clone();
  EXPECT_TRUE(F::relu(changed, F::ReLUFuncOptions().inplace(true)).is_same(changed));
  EXPECT_TRUE(equal(changed, relu(x)));
}

TEST(FunctionalTest, dropout_drops_by_default_and_alpha_dropout_does_not) {
  const Tensor x = ones({100});
  EXPECT_LT(nonzero(F::dropout(x)).size(0), 100);
  EXPECT_TRUE(equal(F::dropout(x, F::DropoutFuncOptions().training(false)), x));
  EXPECT_TRUE(equal(F::alpha_dropout(x), x));
  EXPECT_FALSE(equal(F::alpha_dropout(x, F::AlphaDropoutFuncOptions().training(true)), x));
}

TEST(FunctionalTest, layers_take_options) {
  const Tensor x = rand({3, 4});
  const Tensor table = rand({5, 2});
  EXPECT_TRUE(equal(F::embedding(tensor({1, 4}), table), index_select(table, 0, tensor({1, 4}))));
  EXPECT_THROW(F::embedding(tensor({1}), table, F::EmbeddingFuncOptions().padding_idx(5)), ValueError);
  EXPECT_TRUE(close(table.slice(0, 1, 3).sum(0).unsqueeze(0),
                    F::embedding_bag(tensor({1, 2}), table, F::EmbeddingBagFuncOptions().offsets(tensor({0})).mode(kSum))));
  EXPECT_TRUE(
      equal(F::layer_norm(x, F::LayerNormFuncOptions({4})), nn::LayerNorm(std::vector<std::int64_t>{4})(x).detach()));
  const nn::BatchNorm1d norm(nn::BatchNorm1dOptions(4).affine(false).track_running_stats(false));
  EXPECT_TRUE(equal(F::batch_norm(x, {}, {}, F::BatchNormFuncOptions().training(true)), norm(x)));
  EXPECT_TRUE(close(ones({3}), F::normalize(x).norm(2, 1), 1e-6));
  EXPECT_EQ(F::one_hot(tensor({1, 0})).sizes(), IntArrayRef({2, 2}));
  EXPECT_EQ(F::bilinear(rand({3, 2}), rand({3, 4}), rand({5, 2, 4})).sizes(), IntArrayRef({3, 5}));
}

TEST(FunctionalTest, losses_take_options) {
  const Tensor x = rand({3, 4});
  const Tensor y = rand({3, 4});
  const Tensor labels = tensor({0, 3, 1});
  EXPECT_TRUE(equal(F::mse_loss(x, y, F::MSELossFuncOptions(kSum)), nn::MSELoss(kSum)(x, y)));
  EXPECT_TRUE(equal(F::huber_loss(x, y, F::HuberLossFuncOptions().delta(0.1)),
                    nn::HuberLoss(nn::HuberLossOptions().delta(0.1))(x, y)));
  EXPECT_TRUE(equal(F::kl_div(x, y, F::KLDivFuncOptions(kBatchMean)), F::kl_div(x, y, F::KLDivFuncOptions(kSum)) / 3));
  EXPECT_TRUE(equal(F::cross_entropy(x, labels, F::CrossEntropyFuncOptions().label_smoothing(0.1)),
                    nn::CrossEntropyLoss(nn::CrossEntropyLossOptions().label_smoothing(0.1))(x, labels)));
  EXPECT_TRUE(equal(F::multi_margin_loss(x, labels), nn::MultiMarginLoss()(x, labels)));
  EXPECT_TRUE(equal(F::triplet_margin_loss(x, y, x), nn::TripletMarginLoss()(x, y, x)));
  const auto manhattan = [](const Tensor& a, const Tensor& b) { return abs(a - b).sum(1); };
  EXPECT_TRUE(close(F::triplet_margin_with_distance_loss(
                        x, y, y, F::TripletMarginWithDistanceLossFuncOptions().distance_function(manhattan).margin(0.5)),
                    full({}, 0.5)));
  EXPECT_TRUE(equal(F::cosine_similarity(x, y, F::CosineSimilarityFuncOptions().dim(0)), cosine_similarity(x, y, 0)));
  const Tensor log_probs = log_softmax(rand({5, 1, 3}), -1);
  EXPECT_TRUE(equal(F::ctc_loss(log_probs, tensor({{1, 2}}), tensor({5}), tensor({2})),
                    nn::CTCLoss()(log_probs, tensor({{1, 2}}), tensor({5}), tensor({2}))));
}

TEST(FunctionalTest, what_pytorch_refuses_is_refused) {
  EXPECT_THROW(F::gelu(ones({2}), F::GELUFuncOptions().approximate("bad")), ValueError);
  EXPECT_THROW(F::margin_ranking_loss(ones({3}), ones({3}), ones({3, 1})), ShapeError);
  EXPECT_THROW(F::prelu(ones({3}), ones({3})), ShapeError);
  EXPECT_NO_THROW(F::prelu(ones({3}), ones({1})));
}

TEST(FunctionalTest, circular_padding_cuts_off_before_it_goes_round) {
  const Tensor x = arange(5.0).view({1, 1, 5});
  const auto padded = [&](const std::vector<std::int64_t>& padding) {
    return F::pad(x, F::PadFuncOptions(padding).mode(kCircular)).to_vector<float>();
  };
  EXPECT_EQ(padded({-1, 2}), (std::vector<float>{1, 2, 3, 4, 1, 2}));
  EXPECT_EQ(padded({2, -2}), (std::vector<float>{1, 2, 0, 1, 2}));
  EXPECT_EQ(padded({-1, -1}), (std::vector<float>{1, 2, 3}));
  EXPECT_THROW(padded({-3, 3}), ShapeError);
}

TEST(FunctionalTest, the_largest_of_empty_bags_has_a_gradient) {
  for (const Tensor& offsets : {tensor({0, 0}), zeros({0}, kInt64)}) {
    Tensor table = ones({3, 2}).requires_grad_();
    F::embedding_bag(zeros({0}, kInt64), table, F::EmbeddingBagFuncOptions().offsets(offsets).mode(kMax)).sum().backward();
    EXPECT_TRUE(equal(table.grad(), zeros({3, 2})));
  }
}

}  // namespace xgrad::test
