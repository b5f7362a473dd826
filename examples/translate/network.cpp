#include "network.h"

#include <cmath>

#include "../support/language.h"
#include "../support/recurrent.h"

namespace translate {

using namespace xgrad;
using support::padding;

namespace {

/// The encoder is a GRU in both directions over the packed source. The decoder, a GRU as well, is given the target's
/// tokens so far; at each step its state asks the encoder's for what is relevant, and both together score the next token.
/// Luong et al., 2015, https://arxiv.org/abs/1508.04025, with the score of Bahdanau et al., 2015.
class RecurrentTranslator : public TranslatorImpl {
 public:
  explicit RecurrentTranslator(const ModelOptions& options)
      : source_embedding_(register_module("source_embedding", nn::Embedding(options.source_tokens, options.features))),
        encoder_(register_module("encoder", nn::GRU(nn::GRUOptions(options.features, options.hidden).bidirectional(true)))),
        bridge_(register_module("bridge", nn::Linear(2 * options.hidden, 2 * options.hidden))),
        target_embedding_(register_module("target_embedding", nn::Embedding(options.target_tokens, options.features))),
        decoder_(
            register_module("decoder", nn::GRU(nn::GRUOptions(options.features, 2 * options.hidden).batch_first(true)))),
        attention_(
            register_module("attention", nn::AdditiveAttention(2 * options.hidden, 2 * options.hidden, options.hidden))),
        combine_(register_module("combine", nn::Linear(4 * options.hidden, 2 * options.hidden))),
        output_(register_module("output", nn::Linear(2 * options.hidden, options.target_tokens))),
        dropout_(register_module("dropout", nn::Dropout(options.dropout))) {}

  Encoded encode(const Tensor& source, const Tensor& lengths) override {
    const auto packed = nn::utils::rnn::pack_padded_sequence(source, lengths, true, false);
    const auto [outputs, states] = encoder_->forward_with_packed_input(support::embed(source_embedding_, packed, dropout_));
    return {std::get<0>(pad_packed_sequence(outputs, true, 0, source.size(1))),
            source.eq(padding),
            tanh(bridge_(cat({states[0], states[1]}, 1))).unsqueeze(0),
            {}};
  }

  std::tuple<Tensor, Tensor> decode(Encoded& encoded, const Tensor& target) override {
    const auto [hidden, state] = decoder_->forward(dropout_(target_embedding_(target)), encoded.state);
    encoded.state = state;
    const auto [context, weights] = attention_->forward(hidden, encoded.keys, {}, encoded.mask);
    return {output_(dropout_(tanh(combine_(cat({hidden, context}, 2))))), weights};
  }

 private:
  nn::Embedding source_embedding_;
  nn::GRU encoder_;
  nn::Linear bridge_;
  nn::Embedding target_embedding_;
  nn::GRU decoder_;
  nn::AdditiveAttention attention_;
  nn::Linear combine_;
  nn::Linear output_;
  nn::Dropout dropout_;
};

/// Two layers each, normalised first, with places told by sines. While it writes, the decoder keeps the keys and values of
/// the steps before: a step costs a step. Vaswani et al., 2017, https://arxiv.org/abs/1706.03762
class TransformerTranslator : public TranslatorImpl {
 public:
  explicit TransformerTranslator(const ModelOptions& options)
      : scale_(std::sqrt(static_cast<double>(options.features))),
        source_embedding_(register_module("source_embedding", nn::Embedding(options.source_tokens, options.features))),
        target_embedding_(register_module("target_embedding", nn::Embedding(options.target_tokens, options.features))),
        places_(register_module("places", nn::SinusoidalPositionalEncoding(
                                              nn::SinusoidalPositionalEncodingOptions(options.features).batch_first(true)))),
        encoder_(register_module(
            "encoder", nn::TransformerEncoder(
                           nn::TransformerEncoderOptions(layer(options), layers).norm(nn::AnyModule(norm(options)))))),
        decoder_(register_module(
            "decoder", nn::TransformerDecoder(
                           nn::TransformerDecoderOptions(layer(options), layers).norm(nn::AnyModule(norm(options)))))),
        output_(register_module("output", nn::Linear(options.features, options.target_tokens))),
        dropout_(register_module("dropout", nn::Dropout(options.dropout))) {
    for (const auto& embedding : {source_embedding_, target_embedding_}) {
      nn::init::normal_(embedding->weight, 0, 1 / scale_);
    }
  }

  Encoded encode(const Tensor& source, const Tensor& /*lengths*/) override {
    const Tensor mask = source.eq(padding);
    return {encoder_->forward(embed(source_embedding_, source, 0), {}, mask), mask, {}, {}};
  }

  std::tuple<Tensor, Tensor> decode(Encoded& encoded, const Tensor& target) override {
    const Tensor x = embed(target_embedding_, target, encoded.written.length());
    if (GradMode::is_enabled()) {
      return {output_(decoder_->forward(x, encoded.keys, {}, {}, {}, encoded.mask, true)), Tensor()};
    }
    return {output_(decoder_->step(x, encoded.keys, encoded.written, encoded.mask)), Tensor()};
  }

 private:
  static constexpr std::int64_t layers = 2;
  static constexpr std::int64_t heads = 4;

  static nn::TransformerEncoderLayerOptions layer(const ModelOptions& options) {
    return nn::TransformerEncoderLayerOptions(options.features, heads)
        .dim_feedforward(options.hidden)
        .dropout(options.dropout)
        .batch_first(true)
        .norm_first(true);
  }
  static nn::LayerNorm norm(const ModelOptions& options) { return nn::LayerNorm(nn::LayerNormOptions({options.features})); }

  Tensor embed(nn::Embedding& embedding, const Tensor& tokens, std::int64_t first) {
    return dropout_(places_->forward(embedding(tokens) * scale_, first));
  }

  double scale_;
  nn::Embedding source_embedding_;
  nn::Embedding target_embedding_;
  nn::SinusoidalPositionalEncoding places_;
  nn::TransformerEncoder encoder_;
  nn::TransformerDecoder decoder_;
  nn::Linear output_;
  nn::Dropout dropout_;
};

}  // namespace

void Encoded::select(const Tensor& rows) {
  keys = keys.narrow(0, 0, 1).expand({rows.numel(), -1, -1});
  mask = mask.narrow(0, 0, 1).expand({rows.numel(), -1});
  if (state.defined()) state = state.index_select(1, rows);
  written.select(rows);
}

Translator make_network(const ModelOptions& options) {
  if (options.model == "transformer")
    return Translator(std::shared_ptr<TranslatorImpl>(std::make_shared<TransformerTranslator>(options)));
  if (options.model == "recurrent")
    return Translator(std::shared_ptr<TranslatorImpl>(std::make_shared<RecurrentTranslator>(options)));
  throw ValueError("there is no model named " + options.model);
}

}  // namespace translate
