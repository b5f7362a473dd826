// The functional interface: activations, losses with options, normalisation, embeddings, padding.
#include <torch/torch.h>

#include <cstdio>
#include <iostream>

namespace F = torch::nn::functional;

static void show(const char* name, const torch::Tensor& x) {
  std::printf("%s %.4f\n", name, x.to(torch::kDouble).sum().item<double>());
}

int main() {
  torch::manual_seed(8);
  const auto x = torch::linspace(-2, 2, 12).view({3, 4});
  const auto target = torch::tensor({1, 3, 0});
  show("relu", F::relu(x, F::ReLUFuncOptions().inplace(false)));
  show("elu", F::elu(x, F::ELUFuncOptions().alpha(0.42)));
  show("selu", F::selu(x));
  show("celu", F::celu(x, F::CELUFuncOptions().alpha(2.0)));
  show("leaky_relu", F::leaky_relu(x, F::LeakyReLUFuncOptions().negative_slope(0.2)));
  show("hardtanh", F::hardtanh(x, F::HardtanhFuncOptions().min_val(-1.5).max_val(0.5)));
  show("gelu", F::gelu(x));
  show("silu", F::silu(x));
  show("mish", F::mish(x));
  show("softplus", F::softplus(x, F::SoftplusFuncOptions().beta(0.5).threshold(3.0)));
  show("softshrink", F::softshrink(x));
  show("hardshrink", F::hardshrink(x, F::HardshrinkFuncOptions().lambda(0.3)));
  show("tanhshrink", F::tanhshrink(x));
  show("threshold", F::threshold(x, F::ThresholdFuncOptions(0.5, 0.1)));
  show("logsigmoid", F::logsigmoid(x));
  show("glu", F::glu(x, F::GLUFuncOptions(1)));
  show("prelu", F::prelu(x, torch::full({1}, 0.3)));
  show("softmax", F::softmax(x, F::SoftmaxFuncOptions(1))[0]);
  show("log_softmax", F::log_softmax(x, 1));
  show("softmin", F::softmin(x, 0)[1]);
  show("normalize", F::normalize(x, F::NormalizeFuncOptions().p(1).dim(-1)));
  show("layer_norm", F::layer_norm(x, F::LayerNormFuncOptions({4}).eps(2e-5)).pow(2));
  show("linear", F::linear(x, torch::ones({2, 4}), torch::ones({2})));
  show("bilinear", F::bilinear(x, x, torch::ones({2, 4, 4}), torch::zeros({2})));
  show("dropout", F::dropout(x, F::DropoutFuncOptions().p(0.5).training(false)));
  show("cross_entropy", F::cross_entropy(x, target, F::CrossEntropyFuncOptions().ignore_index(3).reduction(torch::kSum)));
  show("weighted",
       F::cross_entropy(x, target, F::CrossEntropyFuncOptions().weight(torch::tensor({1.0f, 2.0f, 3.0f, 4.0f}))));
  show("smoothed", F::cross_entropy(x, target, F::CrossEntropyFuncOptions().label_smoothing(0.1)));
  show("nll_loss", F::nll_loss(F::log_softmax(x, 1), target, F::NLLLossFuncOptions().reduction(torch::kNone)));
  show("mse_loss", F::mse_loss(x, torch::zeros_like(x), F::MSELossFuncOptions(torch::kSum)));
  show("l1_loss", F::l1_loss(x, torch::zeros_like(x), F::L1LossFuncOptions(torch::kNone)));
  show("smooth_l1_loss", F::smooth_l1_loss(x, torch::zeros_like(x), F::SmoothL1LossFuncOptions(torch::kMean), 0.5));
  show("huber_loss", F::huber_loss(x, torch::zeros_like(x), F::HuberLossFuncOptions().reduction(torch::kMean).delta(0.5)));
  show("bce", F::binary_cross_entropy(torch::sigmoid(x), torch::ones_like(x)));
  show("bce_with_logits",
       F::binary_cross_entropy_with_logits(
           x, torch::ones_like(x),
           F::BinaryCrossEntropyWithLogitsFuncOptions().pos_weight(torch::full({4}, 2.0)).reduction(torch::kSum)));
  show("kl_div", F::kl_div(F::log_softmax(x, 1), F::softmax(-x, 1), F::KLDivFuncOptions(torch::kBatchMean)));
  show("margin_ranking_loss", F::margin_ranking_loss(x[0], x[1], -torch::ones({4}),
                                                     F::MarginRankingLossFuncOptions().margin(0.5).reduction(torch::kSum)));
  show("hinge_embedding_loss",
       F::hinge_embedding_loss(x.abs(), torch::ones_like(x), F::HingeEmbeddingLossFuncOptions().margin(2)));
  show("cosine_embedding_loss",
       F::cosine_embedding_loss(x, x.flip(1), torch::tensor({1, -1, 1}), F::CosineEmbeddingLossFuncOptions().margin(0.1)));
  show("triplet", F::triplet_margin_loss(x, x + 1, x - 0.5, F::TripletMarginLossFuncOptions().margin(1.0).p(2)));
  show("multi_margin_loss", F::multi_margin_loss(x, target, F::MultiMarginLossFuncOptions().margin(2).p(1)));
  show("poisson", F::poisson_nll_loss(x, torch::ones_like(x), F::PoissonNLLLossFuncOptions().full(true)));
  show("soft_margin_loss", F::soft_margin_loss(x, x.sign()));
  show("cosine_similarity", F::cosine_similarity(x, x.roll(1, 1), F::CosineSimilarityFuncOptions().dim(1)));
  show("pairwise_distance", F::pairwise_distance(x, x.flip(0), F::PairwiseDistanceFuncOptions().p(1)));
  show("one_hot", F::one_hot(target, 5));
  const auto table = torch::arange(20, torch::kFloat).view({5, 4});
  show("embedding", F::embedding(target, table, F::EmbeddingFuncOptions().padding_idx(0)));
  show("embedding_bag", F::embedding_bag(torch::tensor({1, 2, 4, 4}), table,
                                         F::EmbeddingBagFuncOptions().mode(torch::kSum).offsets(torch::tensor({0, 2}))));
  show("pad", F::pad(x, F::PadFuncOptions({1, 2}).mode(torch::kConstant).value(0.5)));
  show("gumbel", F::gumbel_softmax(x, F::GumbelSoftmaxFuncOptions().hard(true).dim(-1)));
  show("batch_norm", F::batch_norm(x, torch::zeros(4), torch::ones(4), F::BatchNormFuncOptions().training(false)));
  show("local", F::multilabel_soft_margin_loss(x, torch::ones_like(x)));
  const auto log_probs = F::log_softmax(torch::linspace(-1, 1, 40).view({5, 2, 4}), 2);
  show("ctc_loss", F::ctc_loss(log_probs, torch::tensor({{1, 2}, {3, 1}}), torch::tensor({5, 5}), torch::tensor({2, 2}),
                               F::CTCLossFuncOptions().reduction(torch::kSum)));
}
