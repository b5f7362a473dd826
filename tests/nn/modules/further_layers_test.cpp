// LayerNorm, BatchNorm1d, Bilinear, Flatten, Embedding, EmbeddingBag, LSTM with a projection, and padding.
#include "autograd/autograd.h"
#include "autograd/ops/batch_norm.h"
#include "autograd/ops/distance.h"
#include "autograd/ops/pad.h"
#include "nn/functional/activation.h"
#include "nn/functional/layers.h"
#include "nn/modules/adaptive.h"
#include "nn/modules/container/functional.h"
#include "nn/modules/dropout.h"
#include "nn/modules/embedding.h"
#include "nn/modules/linear.h"
#include "nn/modules/normalization.h"
#include "nn/modules/rnn.h"
#include "tests/support/modules.h"

namespace xgrad::test {

namespace {

Subject layer_norm_subject(const Json& a) {
  return subject(nn::LayerNorm(nn::LayerNormOptions(a.at("shape").get<std::vector<std::int64_t>>())
                                   .eps(a.value("eps", 1e-5))
                                   .elementwise_affine(a.value("elementwise_affine", true))));
}

Subject batch_norm_subject(const Json& a) {
  nn::BatchNorm1dOptions options(3);
  options.eps(a.value("eps", 1e-5))
      .affine(a.value("affine", true))
      .track_running_stats(a.value("track_running_stats", true));
  if (a.contains("momentum")) {
    options.momentum(a.at("momentum").is_null() ? std::nullopt : std::optional<double>(a.at("momentum").get<double>()));
  }
  return subject(nn::BatchNorm1d(options), [](const nn::BatchNorm1d& self, const TensorList& x) {
    if (!self->is_training()) return TensorList{self(x[0])};
    const Tensor first = self(x[0]);
    return TensorList{first, self(x[0] * 2 + 1)};
  });
}

Subject embedding_bag_subject(const Json& a) {
  nn::EmbeddingBagOptions options(6, 3);
  options.include_last_offset(a.value("include_last_offset", false));
  const std::string mode = a.at("mode");
  if (mode == "max") options.mode(kMax);
  else options.mode(mode == "sum" ? kSum : kMean);
  if (a.contains("padding_idx") && !a.at("padding_idx").is_null())
    options.padding_idx(a.at("padding_idx").get<std::int64_t>());
  if (a.contains("max_norm")) options.max_norm(a.at("max_norm").get<double>());
  options.norm_type(a.value("norm_type", 2.0)).scale_grad_by_freq(a.value("scale_grad_by_freq", false));
  return subject(nn::EmbeddingBag(options),
                 [](const nn::EmbeddingBag& self, const TensorList& x) { return TensorList{self(x[0], x[1], x[2])}; });
}

Subject embedding_subject(const Json& a) {
  nn::EmbeddingOptions options(6, 3);
  if (a.contains("padding_idx")) options.padding_idx(a.at("padding_idx").get<std::int64_t>());
  if (a.contains("max_norm")) options.max_norm(a.at("max_norm").get<double>());
  options.norm_type(a.value("norm_type", 2.0)).scale_grad_by_freq(a.value("scale_grad_by_freq", false));
  return subject(nn::Embedding(options),
                 [](const nn::Embedding& self, const TensorList& x) { return TensorList{self(x[0])}; });
}

Subject adaptive_subject(const Json& a) {
  auto options = nn::AdaptiveLogSoftmaxWithLossOptions(6, 10, a.value("cutoffs", std::vector<std::int64_t>{4, 8}));
  options.div_value(a.value("div_value", 4.0)).head_bias(a.value("head_bias", false));
  return subject(nn::AdaptiveLogSoftmaxWithLoss(options),
                 [](const nn::AdaptiveLogSoftmaxWithLoss& self, const TensorList& x) {
                   const auto [output, loss] = self(x[0], x[1]);
                   const Tensor loss_tensor = -output.mean();
                   EXPECT_NEAR(loss, loss_tensor.item<double>(), 1e-6);
                   const Tensor rows = x[0].dim() == 2 ? x[0] : x[0].unsqueeze(0);
                   return TensorList{output, loss_tensor, self->log_prob(rows), self->predict(rows)};
                 });
}

Subject lstm_subject(const Json& a) {
  const bool packed = a.at("packed");
  const nn::LSTM lstm(nn::LSTMOptions(2, 5)
                          .num_layers(a.at("layers"))
                          .bidirectional(a.at("bidirectional"))
                          .batch_first(a.at("batch_first"))
                          .proj_size(2));
  return subject(lstm, [packed](const nn::LSTM& self, const TensorList& x) {
    std::optional<std::tuple<Tensor, Tensor>> states;
    if (x.size() > 1) states = std::make_tuple(x[1], x[2]);
    if (!packed) {
      const auto [output, final] = self(x[0], states);
      return TensorList{output, std::get<0>(final), std::get<1>(final)};
    }
    const auto sequence = nn::utils::rnn::pack_padded_sequence(x[0], tensor({2, 4, 3}), false, false);
    const auto [output, final] = self->forward_with_packed_input(sequence, states);
    return TensorList{output.data(), std::get<0>(final), std::get<1>(final)};
  });
}

}  // namespace

TEST(FurtherLayersTest, results_gradients_and_buffers_are_pytorchs) {
  compare_with_golden(
      "layers",
      {{"LayerNorm", layer_norm_subject},
       {"BatchNorm1d", batch_norm_subject},
       {"Bilinear",
        [](const Json& a) { return subject(nn::Bilinear(nn::BilinearOptions(3, 2, 5).bias(a.at("bias").get<bool>()))); }},
       {"Flatten",
        [](const Json& a) {
          return subject(
              nn::Flatten(nn::FlattenOptions().start_dim(a.value("start_dim", 1)).end_dim(a.value("end_dim", -1))));
        }},
       {"Unflatten",
        [](const Json& a) {
          return subject(nn::Unflatten(a.at("dim").get<std::int64_t>(), a.at("sizes").get<std::vector<std::int64_t>>()));
        }},
       {"Pad",
        [](const Json& a) {
          const std::string mode = a.at("mode");
          nn::functional::PadFuncOptions options(a.at("pad").get<std::vector<std::int64_t>>());
          if (mode == "reflect") options.mode(kReflect);
          else if (mode == "replicate") options.mode(kReplicate);
          else if (mode == "circular") options.mode(kCircular);
          else options.value(0.5);
          return subject(nn::Functional([options](const Tensor& x) { return nn::functional::pad(x, options); }));
        }},
       {"GumbelSoftmax",
        [](const Json& a) {
          const auto options = nn::functional::GumbelSoftmaxFuncOptions()
                                   .tau(a.at("tau").get<double>())
                                   .hard(a.at("hard").get<bool>())
                                   .dim(a.at("dim").get<std::int64_t>());
          return subject(nn::Functional([options, seed = a.at("seed").get<std::uint64_t>()](const Tensor& x) {
            manual_seed(seed);
            return nn::functional::gumbel_softmax(x, options);
          }));
        }},
       {"pdist",
        [](const Json& a) {
          const double p = std::stod(a.at("p").get<std::string>());
          return subject(nn::Functional([p, tied = a.value("tied", false)](const Tensor& x) {
            if (!tied) return nn::functional::pdist(x, p);
            const Tensor rows = tensor({{1.0, 2.0, 3.0}, {1.0, 2.0, 3.0}, {2.0, 1.0, 3.0}, {-1.0, 4.0, 0.5}}, kFloat64);
            return nn::functional::pdist(rows + x.sum() * tensor({{1.0}, {1.0}, {2.0}, {3.0}}, kFloat64), p);
          }));
        }},
       {"FeatureAlphaDropout",
        [](const Json& a) {
          const nn::FeatureAlphaDropout dropout(a.at("p").get<double>());
          return subject(dropout, [seed = a.at("seed").get<std::uint64_t>()](const auto& self, const TensorList& x) {
            manual_seed(seed);
            return self(x[0]);
          });
        }},
       {"AdaptiveLogSoftmaxWithLoss", adaptive_subject},
       {"Embedding", embedding_subject},
       {"EmbeddingBag", embedding_bag_subject},
       {"LSTM", lstm_subject}});
}

TEST(BatchNorm1dTest, counts_batches_only_while_training) {
  const nn::BatchNorm1d norm(2);
  norm(rand({4, 2}));
  norm->eval();
  norm(rand({4, 2}));
  EXPECT_EQ(norm->num_batches_tracked.item<std::int64_t>(), 1);
  EXPECT_THROW(norm(rand({4, 3})), ShapeError);
  EXPECT_THROW(norm(rand({4})), ShapeError);
  norm->train();
  EXPECT_THROW(norm(rand({1, 2})), ValueError);
  EXPECT_EQ(norm->num_batches_tracked.item<std::int64_t>(), 1);
  EXPECT_THROW(nn::BatchNorm1d(0), ValueError);
}

TEST(BatchNorm1dTest, gradients_of_gradients_agree_with_finite_differences) {
  const Tensor x = seeded_uniform({4, 2}, 5, -2, 2, kFloat64).requires_grad_();
  const Tensor weight = seeded_uniform({2}, 6, -2, 2, kFloat64).requires_grad_();
  const auto f = [](const TensorList& in) { return batch_norm(in[0], {}, {}, in[1], {}, true); };
  EXPECT_TRUE(autograd::gradcheck(f, {x, weight}));
  EXPECT_TRUE(autograd::gradgradcheck(f, {x, weight}));
}

TEST(LayerNormTest, what_does_not_fit_is_refused) {
  EXPECT_THROW(nn::LayerNorm(std::vector<std::int64_t>{}), ValueError);
  EXPECT_THROW(nn::LayerNorm(std::vector<std::int64_t>{4})(rand({2, 3})), ShapeError);
}

TEST(BilinearTest, what_does_not_fit_is_refused) {
  const nn::Bilinear bilinear(3, 2, 5);
  EXPECT_THROW(bilinear(rand({4, 3}), rand({4, 3})), ShapeError);
  EXPECT_THROW(bilinear(rand({4, 3}), rand({5, 2})), ShapeError);
  EXPECT_THROW(nn::Bilinear(0, 2, 5), ValueError);
  const Tensor x = seeded_uniform({2, 3}, 5, -2, 2, kFloat64).requires_grad_();
  const Tensor y = seeded_uniform({2, 2}, 6, -2, 2, kFloat64).requires_grad_();
  const Tensor weight = seeded_uniform({2, 3, 2}, 7, -2, 2, kFloat64).requires_grad_();
  EXPECT_TRUE(
      autograd::gradgradcheck([](const TensorList& in) { return xgrad::bilinear(in[0], in[1], in[2]); }, {x, y, weight}));
}

TEST(UnflattenTest, sizes_that_do_not_fit_are_refused) {
  EXPECT_THROW(nn::Unflatten(1, std::vector<std::int64_t>{2, 4})(rand({4, 6})), ShapeError);
  EXPECT_THROW(nn::Unflatten(1, std::vector<std::int64_t>{-1, -1})(rand({4, 6})), ShapeError);
  EXPECT_THROW(nn::Unflatten(1, std::vector<std::int64_t>{-1, 0})(rand({4, 6})), ShapeError);
  EXPECT_THROW(nn::Unflatten(1, std::vector<std::int64_t>{-2, -3})(rand({4, 6})), ShapeError);
  EXPECT_THROW(nn::Unflatten(2, std::vector<std::int64_t>{6})(rand({4, 6})), IndexError);
  EXPECT_THROW(nn::Unflatten(1, std::vector<std::int64_t>{}), ValueError);
}

TEST(PadTest, paddings_that_do_not_fit_are_refused) {
  const Tensor x = rand({2, 3});
  EXPECT_THROW(pad(x, {1}), ValueError);
  EXPECT_THROW(pad(x, {1, 1, 1, 1, 1, 1}), ValueError);
  EXPECT_THROW(pad(x, {-2, -2}), ShapeError);
  EXPECT_THROW(pad(x, {5, -4}), ShapeError);
  EXPECT_THROW(pad(x, {3, 0}, PadMode::Reflect), ShapeError);
  EXPECT_THROW(pad(x, {0, 4}, PadMode::Circular), ShapeError);
  EXPECT_THROW(pad(rand({2, 0}), {1, 0}, PadMode::Replicate), ShapeError);
  const Tensor y = seeded_uniform({2, 3}, 5, -2, 2, kFloat64).requires_grad_();
  for (const PadMode mode : {PadMode::Constant, PadMode::Reflect, PadMode::Replicate, PadMode::Circular}) {
    EXPECT_TRUE(autograd::gradcheck([mode](const TensorList& in) { return pad(in[0], {1, 2}, mode); }, {y}));
    EXPECT_TRUE(autograd::gradgradcheck([mode](const TensorList& in) { return pad(in[0], {1, 2}, mode).pow(2); }, {y}));
  }
  EXPECT_THROW(gumbel_softmax(x, 0), ValueError);
  EXPECT_THROW(gumbel_softmax(ones({2}, kInt64)), TypeError);
}

TEST(PdistTest, gradients_of_gradients_agree_with_finite_differences_and_bad_input_is_refused) {
  const Tensor x = seeded_uniform({4, 3}, 5, -2, 2, kFloat64).requires_grad_();
  for (const double p : {1.0, 1.5, 2.0, 3.0, std::numeric_limits<double>::infinity()}) {
    const auto f = [p](const TensorList& in) { return pdist(in[0], p); };
    EXPECT_TRUE(autograd::gradcheck(f, {x})) << p;
    EXPECT_TRUE(autograd::gradgradcheck([f](const TensorList& in) { return f(in).square(); }, {x})) << p;
  }
  EXPECT_EQ(pdist(zeros({3, 0})).sizes(), IntArrayRef({3}));
  EXPECT_EQ(pdist(zeros({0, 3})).sizes(), IntArrayRef({0}));
  EXPECT_THROW(pdist(rand({3})), ShapeError);
  EXPECT_THROW(pdist(rand({2, 3}), -1), ValueError);
  EXPECT_THROW(pdist(ones({2, 3}, kInt64)), TypeError);
}

TEST(FeatureAlphaDropoutTest, works_in_place_and_bad_input_is_refused) {
  Tensor x = rand({2, 3, 2});
  const nn::FeatureAlphaDropout dropout(nn::FeatureAlphaDropoutOptions(0.3).inplace(true));
  EXPECT_TRUE(dropout(x).is_same(x));
  EXPECT_TRUE(equal(nn::functional::feature_alpha_dropout(x), x));
  EXPECT_THROW(nn::FeatureAlphaDropout(1.5), ValueError);
  EXPECT_THROW(nn::FeatureAlphaDropout()(rand({3})), ShapeError);
  EXPECT_THROW(nn::FeatureAlphaDropout()(ones({2, 3}, kInt64)), TypeError);
}

TEST(AdaptiveLogSoftmaxWithLossTest, starts_as_pytorchs_does_from_the_same_seed) {
  // torch.manual_seed(0); torch.nn.AdaptiveLogSoftmaxWithLoss(8, 10, [4, 8], div_value=2., head_bias=True), with PyTorch
  // 1.13.
  manual_seed(0);
  const nn::AdaptiveLogSoftmaxWithLoss adaptive(
      nn::AdaptiveLogSoftmaxWithLossOptions(8, 10, {4, 8}).div_value(2).head_bias(true));
  const std::vector<std::pair<std::string, double>> first_elements{
      {"head.weight", -0.0026469905860722065},   {"head.bias", -0.15679916739463806},
      {"tail.0.0.weight", 0.23705270886421204},  {"tail.0.1.weight", -0.08228057622909546},
      {"tail.1.0.weight", -0.15415816009044647}, {"tail.1.1.weight", 0.10316764563322067}};
  ASSERT_EQ(adaptive->named_parameters().size(), first_elements.size());
  for (const auto& [name, value] : first_elements) {
    EXPECT_NEAR(adaptive->named_parameters()[name].flatten()[0].item<double>(), value, 1e-7) << name;
  }
  manual_seed(0);
  const Tensor before = adaptive->named_parameters()["tail.1.1.weight"].detach().clone();
  adaptive->reset_parameters();
  EXPECT_TRUE(equal(before, adaptive->named_parameters()["tail.1.1.weight"].detach()));
}

TEST(AdaptiveLogSoftmaxWithLossTest, what_does_not_fit_is_refused) {
  const nn::AdaptiveLogSoftmaxWithLoss adaptive(6, 10, std::vector<std::int64_t>{4, 8});
  EXPECT_THROW(adaptive(rand({2, 6}), tensor({0, 10})), IndexError);
  EXPECT_THROW(adaptive(rand({2, 6}), tensor({0, -1})), IndexError);
  EXPECT_THROW(adaptive(rand({2, 6}), tensor({0.0, 1.0})), TypeError);
  EXPECT_THROW(adaptive(rand({2, 6}), tensor({0, 1, 2})), ShapeError);
  EXPECT_THROW(adaptive(rand({2, 5}), tensor({0, 1})), ShapeError);
  EXPECT_THROW(adaptive(rand({6}), tensor({1})), ShapeError);
  EXPECT_THROW(adaptive->log_prob(rand({6})), ShapeError);
  EXPECT_THROW(adaptive->predict(rand({2, 5})), ShapeError);
  using Cutoffs = std::vector<std::int64_t>;
  for (const Cutoffs& cutoffs : {Cutoffs{}, Cutoffs{0, 4}, Cutoffs{4, 4}, Cutoffs{8, 4}, Cutoffs{4, 10}}) {
    EXPECT_THROW(nn::AdaptiveLogSoftmaxWithLoss(6, 10, cutoffs), ValueError);
  }
  EXPECT_THROW(nn::AdaptiveLogSoftmaxWithLoss(0, 10, Cutoffs{4}), ValueError);
  EXPECT_THROW(nn::AdaptiveLogSoftmaxWithLoss(nn::AdaptiveLogSoftmaxWithLossOptions(6, 10, {4}).div_value(0)), ValueError);
}

TEST(EmbeddingBagTest, bad_bags_are_refused) {
  const nn::EmbeddingBag bag(4, 2);
  const Tensor index = tensor({0, 1, 2});
  EXPECT_THROW(bag(index), ValueError);
  EXPECT_THROW(bag(index, tensor({1, 2})), ValueError);
  EXPECT_THROW(bag(index, tensor({0, 2, 1})), ValueError);
  EXPECT_THROW(bag(index, tensor({0, 4})), ValueError);
  EXPECT_THROW(bag(tensor({4}), tensor({0})), IndexError);
  EXPECT_THROW(bag(rand({3}), tensor({0})), TypeError);
  EXPECT_THROW(bag(tensor({{0, 1}}), tensor({0})), ValueError);
  EXPECT_THROW(bag(index, tensor({0}), rand({3})), ValueError);
  EXPECT_THROW(nn::EmbeddingBag(nn::EmbeddingBagOptions(4, 2).mode(kNone)), ValueError);
  EXPECT_THROW(nn::EmbeddingBag(nn::EmbeddingBagOptions(4, 2).padding_idx(4)), ValueError);
  EXPECT_THROW(nn::EmbeddingBag(nn::EmbeddingBagOptions(4, 2).mode(kMax).scale_grad_by_freq(true)), ValueError);
  EXPECT_THROW(nn::EmbeddingBag(nn::EmbeddingBagOptions(4, 2).sparse(true).scale_grad_by_freq(true)), ValueError);
}

TEST(EmbeddingBagTest, rows_keep_their_length_where_a_call_is_refused) {
  const nn::EmbeddingBag bag(nn::EmbeddingBagOptions(4, 2).max_norm(1e-3));
  const Tensor before = bag->weight.detach().clone();
  EXPECT_THROW(bag(tensor({0, 1}), tensor({0, 3})), ValueError);
  EXPECT_THROW(bag(tensor({0, 4}), tensor({0})), IndexError);
  EXPECT_TRUE(equal(bag->weight, before));
  bag(tensor({0, 1}), tensor({0}));
  EXPECT_FALSE(equal(bag->weight, before));
}

TEST(LstmTest, a_projection_as_large_as_the_state_is_refused) {
  EXPECT_THROW(nn::LSTM(nn::LSTMOptions(2, 3).proj_size(3)), ValueError);
  EXPECT_THROW(nn::LSTM(nn::LSTMOptions(2, 3).proj_size(-1)), ValueError);
  const nn::LSTM lstm(nn::LSTMOptions(2, 3).proj_size(2));
  EXPECT_THROW(lstm(rand({4, 1, 2}), std::make_tuple(rand({1, 1, 3}), rand({1, 1, 3}))), ShapeError);
}

}  // namespace xgrad::test
