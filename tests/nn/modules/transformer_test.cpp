#include "nn/modules/transformer.h"

#include <limits>

#include "autograd/autograd.h"
#include "nn/modules/positional_encoding.h"
#include "tests/support/modules.h"

namespace xgrad::test {

namespace {

template <class Options>
Options with_arguments(Options options, const Json& a) {
  options.dim_feedforward(6).dropout(0).norm_first(a.value("norm_first", false)).batch_first(a.value("batch_first", false));
  options.layer_norm_eps(a.value("layer_norm_eps", 1e-5));
  if (a.value("activation", "relu") == "gelu") options.activation(kGELU);
  return options;
}

nn::AnyModule norm_of(const Json& a) {
  return a.at("norm").get<bool>() ? nn::AnyModule(nn::LayerNorm(nn::LayerNormOptions({4}))) : nn::AnyModule();
}

const nn::TransformerEncoderLayerOptions small = nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(6).dropout(0);

const Subjects subjects = {
    {"TransformerEncoderLayer",
     [](const Json& a) {
       return subject(nn::TransformerEncoderLayer(with_arguments(nn::TransformerEncoderLayerOptions(4, 2), a)),
                      [](const nn::TransformerEncoderLayer& self, const TensorList& x) {
                        return TensorList{self->forward(x[0], x[1], x[2])};
                      });
     }},
    {"TransformerDecoderLayer",
     [](const Json& a) {
       return subject(nn::TransformerDecoderLayer(with_arguments(nn::TransformerDecoderLayerOptions(4, 2), a)),
                      [](const nn::TransformerDecoderLayer& self, const TensorList& x) {
                        return TensorList{self->forward(x[0], x[1], x[2], {}, x[3], x[4])};
                      });
     }},
    {"TransformerEncoder",
     [](const Json& a) {
       return subject(nn::TransformerEncoder(nn::TransformerEncoderOptions(small, 2).norm(norm_of(a))),
                      [](const nn::TransformerEncoder& self, const TensorList& x) {
                        return TensorList{self->forward(x[0], x[1], x[2])};
                      });
     }},
    {"TransformerDecoder",
     [](const Json& a) {
       return subject(nn::TransformerDecoder(nn::TransformerDecoderOptions(small, 2).norm(norm_of(a))),
                      [](const nn::TransformerDecoder& self, const TensorList& x) {
                        return TensorList{self->forward(x[0], x[1], x[2], {}, {}, x[3])};
                      });
     }},
    {"Transformer",
     [](const Json& a) {
       return subject(nn::Transformer(with_arguments(nn::TransformerOptions(4, 2, 2, 1), a)),
                      [](const nn::Transformer& self, const TensorList& x) {
                        return TensorList{self->forward(x[0], x[1], {}, x[2], {}, x[3], {}, x[3])};
                      });
     }},
};

}  // namespace

TEST(TransformerModules, agree_with_pytorch) { compare_with_golden("transformer", subjects); }

TEST(TransformerModules, is_causal_is_the_square_mask_without_a_matrix) {
  nn::TransformerEncoderLayer layer(small);
  const Tensor x = randn({5, 2, 4});
  const Tensor mask = nn::TransformerImpl::generate_square_subsequent_mask(5);
  EXPECT_TRUE(close(layer->forward(x, mask), layer->forward(x, {}, {}, true), 1e-5));
  nn::Transformer model(nn::TransformerOptions(4, 2, 1, 1).dim_feedforward(6).dropout(0));
  const Tensor source = randn({3, 2, 4});
  EXPECT_TRUE(close(model->forward(source, x, {}, mask), model->forward(source, x, {}, {}, {}, {}, {}, {}, true), 1e-5));
  nn::MultiheadAttention attention(4, 2);
  const auto [with_weights, weights] = attention->forward(x, x, x, {}, true, {}, true, true);
  EXPECT_TRUE(close(with_weights, std::get<0>(attention->forward(x, x, x, {}, false, mask)), 1e-5));
  EXPECT_EQ(weights[0][1][2].item<float>(), 0);
}

TEST(TransformerModules, a_decoder_gives_step_by_step_what_it_gives_at_once) {
  for (const bool batch_first : {false, true}) {
    auto options = small;
    options.batch_first(batch_first).norm_first(batch_first);
    nn::TransformerDecoder decoder(
        nn::TransformerDecoderOptions(options, 2).norm(nn::AnyModule(nn::LayerNorm(nn::LayerNormOptions({4})))));
    decoder->to(kFloat64);
    const std::int64_t time = batch_first ? 1 : 0;
    const auto arranged = [&](std::int64_t length) {
      const Tensor x = randn({length, 3, 4}, kFloat64);
      return batch_first ? x.transpose(0, 1) : x;
    };
    const Tensor target = arranged(7);
    const Tensor memory = arranged(5);
    const Tensor padding = zeros({3, 5}, kBool);
    padding[1][4].fill_(true);
    const Tensor whole = decoder->forward(target, memory, {}, {}, {}, padding, true);
    nn::TransformerDecoderCache cache;
    TensorList parts;
    for (const auto& [first, count] : {std::pair<std::int64_t, std::int64_t>{0, 2}, {2, 1}, {3, 3}, {6, 1}}) {
      EXPECT_EQ(cache.length(), first);
      parts.push_back(decoder->step(target.narrow(time, first, count), memory, cache, padding));
      EXPECT_FALSE(parts.back().requires_grad());
    }
    EXPECT_TRUE(close(whole, cat(parts, time), 1e-10));
    // Hypotheses go on from others of the batch.
    const Tensor rows = tensor({2, 2, 0});
    cache.select(rows);
    const Tensor next =
        decoder->step(arranged(1), memory.index_select(1 - time, rows), cache, padding.index_select(0, rows));
    EXPECT_EQ(cache.length(), 8);
    EXPECT_EQ(next.size(1 - time), 3);
  }
}

TEST(TransformerModules, a_copy_of_a_cache_goes_on_by_itself) {
  nn::TransformerDecoder decoder(nn::TransformerDecoderOptions(small, 2));
  decoder->eval();
  const Tensor target = randn({6, 1, 4});
  const Tensor memory = randn({3, 1, 4});
  nn::TransformerDecoderCache prefix;
  decoder->step(target.narrow(0, 0, 3), memory, prefix);
  decoder->step(target.narrow(0, 3, 1), memory, prefix);  // there is room for more now
  nn::TransformerDecoderCache other = prefix;
  decoder->step(target.narrow(0, 4, 1), memory, prefix);
  decoder->step(randn({1, 1, 4}), memory, other);
  const Tensor last = decoder->step(target.narrow(0, 5, 1), memory, prefix);
  EXPECT_TRUE(allclose(decoder->forward(target, memory, {}, {}, {}, {}, true)[-1], last[0], 1e-5, 1e-5));
}

TEST(TransformerModules, a_step_that_fails_leaves_the_cache_as_it_was) {
  nn::TransformerDecoder decoder(nn::TransformerDecoderOptions(small, 2));
  decoder->eval();
  const Tensor target = randn({4, 2, 4});
  const Tensor memory = randn({3, 2, 4});
  nn::TransformerDecoderCache cache;
  EXPECT_THROW(decoder->step(target.narrow(0, 0, 1), memory, cache, zeros({2, 7}, kBool)), ShapeError);
  EXPECT_EQ(cache.length(), 0);
  decoder->step(target.narrow(0, 0, 2), memory, cache);
  EXPECT_THROW(decoder->step(target.narrow(0, 2, 1), memory, cache, zeros({2, 7}, kBool)), ShapeError);
  EXPECT_EQ(cache.length(), 2);
  nn::TransformerDecoderCache other;
  EXPECT_THROW(decoder->step(target.narrow(0, 0, 1), memory.narrow(1, 0, 1), other), ShapeError);
  EXPECT_THROW(decoder->step(target.narrow(0, 0, 1).narrow(1, 0, 1), memory, other), ShapeError);
  EXPECT_THROW(decoder->step(target.narrow(0, 0, 1), memory, other, zeros({1, 3}, kBool)), ShapeError);
  const Tensor last = decoder->step(target.narrow(0, 2, 2), memory, cache);
  EXPECT_TRUE(allclose(decoder->forward(target, memory, {}, {}, {}, {}, true)[-1], last[-1], 1e-5, 1e-5));
}

TEST(TransformerModules, a_clone_of_one_has_a_norm_of_its_own) {
  nn::TransformerEncoder encoder(
      nn::TransformerEncoderOptions(small, 1).norm(nn::AnyModule(nn::LayerNorm(nn::LayerNormOptions({4})))));
  const auto clone = std::dynamic_pointer_cast<nn::TransformerEncoderImpl>(encoder->clone());
  const Tensor x = randn({3, 2, 4});
  const Tensor before = encoder->forward(x).detach();
  EXPECT_TRUE(equal(before, clone->forward(x).detach()));
  for (Tensor& parameter : clone->parameters()) parameter.detach().fill_(0.5);
  EXPECT_TRUE(equal(before, encoder->forward(x).detach()));
  EXPECT_FALSE(equal(before, clone->forward(x).detach()));
}

TEST(TransformerModules, encodings_tell_places_apart) {
  const Tensor table = nn::sinusoidal_encoding(4, 6);
  EXPECT_NEAR(table[3][0].item<double>(), std::sin(3.0), 1e-12);
  EXPECT_NEAR(table[3][1].item<double>(), std::cos(3.0), 1e-12);
  EXPECT_NEAR(table[2][4].item<double>(), std::sin(2 / std::pow(10000, 4.0 / 6)), 1e-12);
  const nn::SinusoidalPositionalEncoding encoding(nn::SinusoidalPositionalEncodingOptions(6).max_length(4));
  const Tensor x = randn({3, 2, 6}, kFloat64);
  EXPECT_TRUE(close(encoding->forward(x, 1), x + table.narrow(0, 1, 3).unsqueeze(1), 1e-12));
  EXPECT_THROW(encoding->forward(x, 2), ValueError);
  EXPECT_THROW(encoding->forward(randn({3, 2, 5})), ShapeError);
  const nn::LearnedPositionalEncoding learned(6, 4);
  EXPECT_TRUE(close(learned->forward(x, 1), x + learned->weight.to(kFloat64).narrow(0, 1, 3).unsqueeze(1), 1e-12));
  EXPECT_EQ(learned->named_parameters().keys(), std::vector<std::string>{"weight"});
}

TEST(TransformerModules, rotary_products_depend_on_the_distance_alone) {
  const Tensor q = randn({1, 6}, kFloat64);
  const Tensor k = randn({1, 6}, kFloat64);
  for (const bool interleaved : {false, true}) {
    const auto product = [&](std::int64_t a, std::int64_t b) {
      return (nn::rotary_encoding(q, a, 10000, interleaved) * nn::rotary_encoding(k, b, 10000, interleaved))
          .sum()
          .item<double>();
    };
    EXPECT_NEAR(product(5, 3), product(12, 10), 1e-12);
    EXPECT_GT(std::abs(product(5, 3) - product(5, 4)), 1e-6);
    EXPECT_TRUE(close(nn::rotary_encoding(q, 0, 10000, interleaved), q, 1e-15));
  }
  EXPECT_THROW(nn::rotary_encoding(randn({2, 5})), ShapeError);
}

TEST(TransformerModules, reject_bad_options) {
  EXPECT_THROW(nn::TransformerEncoderLayer(5, 2), ValueError);
  EXPECT_THROW(nn::TransformerEncoderLayer(nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(0)), ValueError);
  EXPECT_THROW(nn::TransformerDecoderLayer(nn::TransformerDecoderLayerOptions(4, 2).dropout(2)), ValueError);
  EXPECT_THROW(nn::TransformerEncoder(nn::TransformerEncoderLayer(nullptr), 2), ValueError);
  EXPECT_THROW(nn::TransformerEncoder(nn::TransformerEncoderOptions(small, -1)), ValueError);
  EXPECT_THROW(nn::TransformerImpl::generate_square_subsequent_mask(-1), ValueError);
  nn::Transformer model(nn::TransformerOptions(4, 2, 1, 1).dim_feedforward(6));
  EXPECT_THROW(model->forward(ones({3, 2, 5}), ones({3, 2, 4})), ShapeError);
  EXPECT_THROW(model->forward(ones({3, 1, 4}), ones({3, 2, 4})), ShapeError);
}

TEST(TransformerTest, hooks_of_its_parts_run) {
  nn::TransformerEncoder encoder(nn::TransformerEncoderLayer(small), 2);
  nn::TransformerDecoder decoder(nn::TransformerDecoderLayer(nn::TransformerDecoderLayerOptions(4, 2).dim_feedforward(6)),
                                 1);
  int calls = 0;
  const auto count = [&](const nn::ModuleHolder<nn::LinearImpl>& part) {
    part->register_forward_pre_hook([&](nn::Module&, TensorList&) { ++calls; });
  };
  count(encoder->layers->at<nn::TransformerEncoderLayerImpl>(0).linear1);
  count(decoder->layers->at<nn::TransformerDecoderLayerImpl>(0).linear2);
  encoder->layers->ptr(1)->register_forward_pre_hook([&](nn::Module&, TensorList&) { ++calls; });
  decoder(ones({2, 1, 4}), encoder(ones({3, 1, 4})));
  EXPECT_EQ(calls, 3);
}

TEST(TransformerTest, a_layer_with_normed_weights_is_trained) {
  nn::TransformerEncoderLayer layer(small);
  nn::utils::weight_norm(layer->linear1);
  optim::SGD optimizer(layer->parameters(), 0.1);
  const Tensor x = rand({3, 1, 4});
  double before = 0;
  for (int step = 0; step < 5; ++step) {
    optimizer.zero_grad();
    const Tensor loss = layer(x).square().sum();
    EXPECT_NE(loss.item<double>(), before);
    before = loss.item<double>();
    loss.backward();
    optimizer.step();
  }
}

TEST(TransformerTest, another_kind_of_layer_is_refused) {
  nn::TransformerEncoder encoder(nn::TransformerEncoderLayer(small), 1);
  encoder->layers->push_back(nn::Linear(4, 4));
  EXPECT_THROW(encoder(ones({2, 1, 4})), TypeError);
  EXPECT_THROW(encoder->reset_parameters(), TypeError);
}

}  // namespace xgrad::test
