#include "nn/modules/loss.h"

#include <cmath>

#include "autograd/autograd.h"
#include "autograd/ops/ctc_loss.h"
#include "autograd/ops/distance.h"
#include "autograd/ops/margin_loss.h"
#include "autograd/ops/regression_loss.h"
#include "nn/functional/loss.h"
#include "nn/modules/distance.h"
#include "nn/modules/margin_loss.h"
#include "nn/modules/regression_loss.h"
#include "tests/support/modules.h"

namespace xgrad::test {

namespace {

Reduction reduction_of(const Json& a) {
  const std::string name = a.at("reduction");
  return name == "none" ? kNone : name == "sum" ? kSum : kMean;
}

Tensor tensor_at(const Json& a, const char* name) {
  return a.contains(name) ? tensor(a.at(name).get<std::vector<double>>(), kFloat64) : Tensor();
}

double number_at(const Json& a, const char* name, double otherwise) { return a.value(name, otherwise); }

/// A loss whose only option is its reduction.
template <class Loss, class Options>
Subject reduced(const Json& a) {
  return subject(Loss(Options().reduction(reduction_of(a))));
}

Subject kl_div_subject(const Json& a) {
  nn::KLDivLossOptions options;
  options.log_target(a.value("log_target", false));
  if (a.contains("reduction")) {
    if (a.at("reduction") == "batchmean") options.reduction(kBatchMean);
    else options.reduction(reduction_of(a));
  }
  return subject(nn::KLDivLoss(options));
}

Subject triplet_subject(const Json& a) {
  return subject(nn::TripletMarginLoss(nn::TripletMarginLossOptions()
                                           .reduction(reduction_of(a))
                                           .margin(number_at(a, "margin", 1))
                                           .p(number_at(a, "p", 2))
                                           .eps(number_at(a, "eps", 1e-6))
                                           .swap(a.value("swap", false))));
}

Subject ctc_subject(const Json& a) {
  const nn::CTCLoss loss(
      nn::CTCLossOptions().blank(a.at("blank")).reduction(reduction_of(a)).zero_infinity(a.at("zero_infinity").get<bool>()));
  return subject(loss, [](const nn::CTCLoss& self, const TensorList& x) {
    return TensorList{self(log_softmax(x[0], -1), x[1], x[2], x[3])};
  });
}

template <class Options>
Options with_reduction(const Json& a) {
  Options options;
  if (a.contains("reduction")) options.reduction(reduction_of(a));
  return options;
}

}  // namespace

TEST(LossTest, values_and_gradients_are_pytorchs) {
  compare_with_golden(
      "losses",
      {{"MSELoss", [](const Json& a) { return subject(nn::MSELoss(with_reduction<nn::MSELossOptions>(a))); }},
       {"L1Loss", reduced<nn::L1Loss, nn::L1LossOptions>},
       {"SmoothL1Loss",
        [](const Json& a) {
          return subject(nn::SmoothL1Loss(with_reduction<nn::SmoothL1LossOptions>(a).beta(number_at(a, "beta", 1))));
        }},
       {"HuberLoss",
        [](const Json& a) {
          return subject(nn::HuberLoss(with_reduction<nn::HuberLossOptions>(a).delta(number_at(a, "delta", 1))));
        }},
       {"PoissonNLLLoss",
        [](const Json& a) {
          return subject(nn::PoissonNLLLoss(with_reduction<nn::PoissonNLLLossOptions>(a)
                                                .log_input(a.value("log_input", true))
                                                .full(a.value("full", false))
                                                .eps(number_at(a, "eps", 1e-8))));
        }},
       {"HingeEmbeddingLoss",
        [](const Json& a) {
          return subject(
              nn::HingeEmbeddingLoss(with_reduction<nn::HingeEmbeddingLossOptions>(a).margin(number_at(a, "margin", 1))));
        }},
       {"MarginRankingLoss",
        [](const Json& a) {
          return subject(
              nn::MarginRankingLoss(with_reduction<nn::MarginRankingLossOptions>(a).margin(number_at(a, "margin", 0))));
        }},
       {"CosineEmbeddingLoss",
        [](const Json& a) {
          return subject(
              nn::CosineEmbeddingLoss(with_reduction<nn::CosineEmbeddingLossOptions>(a).margin(number_at(a, "margin", 0))));
        }},
       {"MultiMarginLoss",
        [](const Json& a) {
          return subject(nn::MultiMarginLoss(with_reduction<nn::MultiMarginLossOptions>(a)
                                                 .p(a.value("p", 1))
                                                 .margin(number_at(a, "margin", 1))
                                                 .weight(tensor_at(a, "weight"))));
        }},
       {"MultiLabelMarginLoss", reduced<nn::MultiLabelMarginLoss, nn::MultiLabelMarginLossOptions>},
       {"MultiLabelSoftMarginLoss",
        [](const Json& a) {
          return subject(nn::MultiLabelSoftMarginLoss(
              with_reduction<nn::MultiLabelSoftMarginLossOptions>(a).weight(tensor_at(a, "weight"))));
        }},
       {"SoftMarginLoss", reduced<nn::SoftMarginLoss, nn::SoftMarginLossOptions>},
       {"TripletMarginLoss", triplet_subject},
       {"TripletMarginWithDistanceLoss",
        [](const Json& a) {
          return subject(nn::TripletMarginWithDistanceLoss(
              with_reduction<nn::TripletMarginWithDistanceLossOptions>(a).swap(a.at("swap").get<bool>())));
        }},
       {"BCELoss",
        [](const Json& a) {
          return subject(nn::BCELoss(with_reduction<nn::BCELossOptions>(a).weight(tensor_at(a, "weight"))));
        }},
       {"BCEWithLogitsLoss",
        [](const Json& a) {
          return subject(nn::BCEWithLogitsLoss(with_reduction<nn::BCEWithLogitsLossOptions>(a)
                                                   .weight(tensor_at(a, "weight"))
                                                   .pos_weight(tensor_at(a, "pos_weight"))));
        }},
       {"NLLLoss",
        [](const Json& a) {
          return subject(nn::NLLLoss(with_reduction<nn::NLLLossOptions>(a)
                                         .ignore_index(a.value("ignore_index", -100))
                                         .weight(tensor_at(a, "weight"))));
        }},
       {"CrossEntropyLoss",
        [](const Json& a) {
          return subject(nn::CrossEntropyLoss(with_reduction<nn::CrossEntropyLossOptions>(a)
                                                  .ignore_index(a.value("ignore_index", -100))
                                                  .label_smoothing(number_at(a, "label_smoothing", 0))
                                                  .weight(tensor_at(a, "weight"))));
        }},
       {"KLDivLoss", kl_div_subject},
       {"CosineSimilarity",
        [](const Json& a) {
          return subject(
              nn::CosineSimilarity(nn::CosineSimilarityOptions().dim(a.value("dim", 1)).eps(number_at(a, "eps", 1e-8))));
        }},
       {"PairwiseDistance",
        [](const Json& a) {
          return subject(nn::PairwiseDistance(nn::PairwiseDistanceOptions()
                                                  .p(number_at(a, "p", 2))
                                                  .eps(number_at(a, "eps", 1e-6))
                                                  .keepdim(a.value("keepdim", false))));
        }},
       {"CTCLoss", ctc_subject}});
}

TEST(LossTest, a_clone_has_weights_of_its_own) {
  const nn::CrossEntropyLoss loss(nn::CrossEntropyLossOptions().weight(ones({3})));
  const auto copy = std::dynamic_pointer_cast<nn::CrossEntropyLossImpl>(loss->clone());
  copy->weight.fill_(2);
  EXPECT_TRUE(equal(loss->weight, ones({3})));
  loss->to(kFloat64);
  EXPECT_EQ(loss->forward(rand({2, 3}, kFloat64), tensor({0, 1})).dtype(), kFloat64);
}

TEST(LossTest, what_does_not_fit_is_refused) {
  const Tensor x = rand({4, 3});
  const Tensor labels = tensor({0, 1, 2, 1});
  EXPECT_THROW(smooth_l1_loss(x, rand({4})), ShapeError);
  EXPECT_THROW(smooth_l1_loss(x, x, kMean, -1), ValueError);
  EXPECT_THROW(huber_loss(x, x, kMean, 0), ValueError);
  EXPECT_THROW(kl_div(x, rand({3})), ShapeError);
  EXPECT_THROW(poisson_nll_loss(ones({2}, kInt64), ones({2})), TypeError);
  EXPECT_THROW(hinge_embedding_loss(x, rand({4})), ShapeError);
  EXPECT_THROW(margin_ranking_loss(labels, labels, labels), TypeError);
  EXPECT_THROW(cosine_embedding_loss(x, x, ones({3})), ShapeError);
  EXPECT_THROW(multi_margin_loss(x, labels, 3), ValueError);
  EXPECT_THROW(multi_margin_loss(x, tensor({0, 1, 2, 3})), IndexError);
  EXPECT_THROW(multi_margin_loss(x, tensor({0, 1})), ShapeError);
  EXPECT_THROW(multi_margin_loss(x, labels, 1, 1, ones({4})), ShapeError);
  EXPECT_THROW(multilabel_margin_loss(x, full({4, 3}, 3)), IndexError);
  EXPECT_THROW(multilabel_margin_loss(x, rand({4, 3})), TypeError);
  EXPECT_THROW(multilabel_soft_margin_loss(x, rand({4})), ShapeError);
  EXPECT_THROW(soft_margin_loss(x, rand({4})), ShapeError);
  EXPECT_THROW(triplet_margin_loss(x, x, rand({3})), ShapeError);
  EXPECT_THROW(triplet_margin_loss(x, x, x, -1), ValueError);
  EXPECT_THROW(cosine_similarity(x, rand({4, 2})), ShapeError);
}

TEST(LossTest, gradients_of_gradients_agree_with_finite_differences) {
  const Tensor x = seeded_uniform({3, 4}, 11, -2, 2, kFloat64).requires_grad_();
  const Tensor y = seeded_uniform({3, 4}, 12, 0.1, 2, kFloat64).requires_grad_();
  const Tensor z = seeded_uniform({3, 4}, 13, -2, 2, kFloat64).requires_grad_();
  const Tensor labels = tensor({0, 3, 1});
  using Loss = std::function<Tensor(const TensorList&)>;
  const std::vector<Loss> losses = {
      [](const TensorList& in) { return smooth_l1_loss(in[0], in[1], kSum, 0.7); },
      [](const TensorList& in) { return huber_loss(in[0], in[1], kSum, 0.7); },
      [](const TensorList& in) { return kl_div(in[0], in[1]); },
      [](const TensorList& in) { return kl_div(in[0], in[1], kMean, true); },
      [](const TensorList& in) { return poisson_nll_loss(in[0], in[1], true, true); },
      [](const TensorList& in) { return soft_margin_loss(in[0], in[1]); },
      [](const TensorList& in) {
        return cosine_embedding_loss(in[0], in[1], tensor({1.0, -1.0, 1.0}, kFloat64));
      },
      [](const TensorList& in) { return triplet_margin_loss(in[0], in[1], in[2]); },
      [&](const TensorList& in) { return multi_margin_loss(in[0], labels, 2) + in[1].sum(); },
      [](const TensorList& in) { return multilabel_soft_margin_loss(in[0], in[1]); },
      [](const TensorList& in) { return cosine_similarity(in[0], in[1]); },
      [](const TensorList& in) { return pairwise_distance(in[0], in[1], 3); },
  };
  for (std::size_t i = 0; i < losses.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_TRUE(autograd::gradcheck(losses[i], {x, y, z}));
    EXPECT_TRUE(autograd::gradgradcheck(losses[i], {x, y, z}));
  }
}

TEST(CtcLossTest, gradients_of_all_orders_agree_with_finite_differences) {
  const Tensor logits = seeded_uniform({5, 2, 4}, 21, -1, 1, kFloat64).requires_grad_();
  const auto loss = [](const TensorList& in) {
    return ctc_loss(in[0], tensor({{1, 1}, {3, 2}}), tensor({5, 3}), tensor({2, 2}), 0, kNone);
  };
  EXPECT_TRUE(autograd::gradcheck(loss, {logits}));  // log-probabilities need not add up to 1
  EXPECT_TRUE(autograd::gradgradcheck(loss, {logits}));
}

TEST(CtcLossTest, a_target_that_does_not_fit_has_an_infinite_loss) {
  const Tensor logits = rand({2, 1, 3}, requires_grad());
  const Tensor targets = tensor({{1, 1}});  // needs three steps
  EXPECT_TRUE(std::isinf(ctc_loss(log_softmax(logits, -1), targets, tensor({2}), tensor({2})).item<double>()));
  const Tensor loss = ctc_loss(log_softmax(logits, -1), targets, tensor({2}), tensor({2}), 0, kMean, true);
  EXPECT_EQ(loss.item<double>(), 0);
  loss.backward();
  EXPECT_TRUE(equal(logits.grad(), zeros({2, 1, 3})));
}

TEST(CtcLossTest, bad_lengths_and_labels_are_refused) {
  const Tensor x = log_softmax(rand({4, 2, 3}), -1);
  const Tensor targets = tensor({{1, 2}, {2, 1}});
  const Tensor steps = tensor({4, 4});
  const Tensor lengths = tensor({2, 1});
  EXPECT_THROW(ctc_loss(rand({4}), targets, steps, lengths), ShapeError);
  EXPECT_THROW(ctc_loss(x, targets, tensor({4, 5}), lengths), ValueError);
  EXPECT_THROW(ctc_loss(x, targets, tensor({4, -1}), lengths), ValueError);
  EXPECT_THROW(ctc_loss(x, targets, tensor({4}), lengths), ShapeError);
  EXPECT_THROW(ctc_loss(x, targets, steps, tensor({2, 3})), ShapeError);
  EXPECT_THROW(ctc_loss(x, targets, steps, tensor({2, -1})), ValueError);
  EXPECT_THROW(ctc_loss(x, tensor({1, 2, 2, 1}), steps, lengths), ShapeError);
  EXPECT_THROW(ctc_loss(x, tensor({{1, 3}, {2, 1}}), steps, lengths), IndexError);
  EXPECT_THROW(ctc_loss(x, tensor({{1, 0}, {2, 1}}), steps, lengths), IndexError);
  EXPECT_THROW(ctc_loss(x, targets, steps, lengths, 3), ValueError);
  EXPECT_THROW(ctc_loss(x, rand({2, 2}), steps, lengths), TypeError);
  EXPECT_THROW(ctc_loss(x, targets, rand({2}), lengths), TypeError);
  EXPECT_THROW(ctc_loss(ones({4, 2, 3}, kInt64), targets, steps, lengths), TypeError);
}

}  // namespace xgrad::test
