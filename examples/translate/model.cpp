#include "model.h"

#include <algorithm>

#include "../support/recurrent.h"

namespace translate {

using namespace xgrad;

TranslatorImpl::TranslatorImpl(std::int64_t source_characters, std::int64_t target_characters)
    : source_embedding_(register_module("source_embedding", nn::Embedding(source_characters, embedding_size))),
      encoder_(register_module("encoder", nn::GRU(nn::GRUOptions(embedding_size, hidden_size).bidirectional(true)))),
      bridge_(register_module("bridge", nn::Linear(2 * hidden_size, 2 * hidden_size))),
      target_embedding_(register_module("target_embedding", nn::Embedding(target_characters, embedding_size))),
      decoder_(register_module("decoder", nn::GRU(nn::GRUOptions(embedding_size, 2 * hidden_size).batch_first(true)))),
      attention_(register_module("attention", nn::AdditiveAttention(2 * hidden_size, 2 * hidden_size, hidden_size))),
      combine_(register_module("combine", nn::Linear(4 * hidden_size, 2 * hidden_size))),
      output_(register_module("output", nn::Linear(2 * hidden_size, target_characters))) {}

Encoded TranslatorImpl::encode(const Tensor& source, const Tensor& lengths) {
  const auto packed = nn::utils::rnn::pack_padded_sequence(source, lengths, true, false);
  const auto [outputs, states] = encoder_->forward_with_packed_input(support::embed(source_embedding_, packed));
  return {std::get<0>(pad_packed_sequence(outputs, true, 0, source.size(1))), source.eq(padding),
          tanh(bridge_(cat({states[0], states[1]}, 1))).unsqueeze(0)};
}

std::tuple<Tensor, Tensor> TranslatorImpl::decode(Encoded& encoded, const Tensor& target) {
  const auto [hidden, state] = decoder_->forward(target_embedding_(target), encoded.state);
  encoded.state = state;
  const auto [context, weights] = attention_->forward(hidden, encoded.keys, {}, encoded.mask);
  return {output_(tanh(combine_(cat({hidden, context}, 2)))), weights};
}

std::tuple<Tensor, Tensor> greedy_search(const Translator& model, Encoded encoded, std::int64_t steps) {
  const NoGradGuard no_grad;
  Tensor character = full({encoded.keys.size(0), 1}, start, kInt64);
  TensorList characters;
  TensorList attention;
  for (std::int64_t step = 0; step < steps; ++step) {
    const auto [scores, weights] = model->decode(encoded, character);
    characters.push_back(character = scores.argmax(2));
    attention.push_back(weights);
  }
  return {cat(characters, 1), cat(attention, 1)};
}

std::vector<std::int64_t> beam_search(const Translator& model, const Encoded& encoded, std::int64_t steps,
                                      std::int64_t width) {
  const NoGradGuard no_grad;
  // One beginning to start with; a row of the batch for each afterwards.
  std::vector<std::vector<std::int64_t>> texts(1);
  Tensor likelihood = zeros({1});
  Tensor character = full({1, 1}, start, kInt64);
  Encoded beam = encoded;
  std::vector<std::int64_t> best;
  float best_likelihood = -1e30F;
  for (std::int64_t step = 0; step < steps && !texts.empty(); ++step) {
    const Tensor scores = std::get<0>(model->decode(beam, character)).select(1, 0).log_softmax(1);
    const Tensor total = (likelihood.unsqueeze(1) + scores).flatten();
    const auto [values, places] = total.topk(std::min(width, total.numel()));
    std::vector<std::vector<std::int64_t>> longer;
    std::vector<std::int64_t> rows;
    std::vector<std::int64_t> next;
    std::vector<float> sums;
    for (std::int64_t i = 0; i < places.numel(); ++i) {
      const auto place = places[i].item<std::int64_t>();
      const std::int64_t row = place / scores.size(1);
      const std::int64_t chosen = place % scores.size(1);
      const auto sum = values[i].item<float>();
      if (sum <= best_likelihood) continue;  // it can only become less likely
      std::vector<std::int64_t> text = texts[static_cast<std::size_t>(row)];
      if (chosen == end) {
        best = text;
        best_likelihood = sum;
        continue;
      }
      text.push_back(chosen);
      longer.push_back(text);
      rows.push_back(row);
      next.push_back(chosen);
      sums.push_back(sum);
    }
    texts = longer;
    if (texts.empty()) break;
    const auto count = static_cast<std::int64_t>(rows.size());
    beam = {encoded.keys.expand({count, -1, -1}), encoded.mask.expand({count, -1}),
            beam.state.index_select(1, tensor(rows))};
    character = tensor(next).unsqueeze(1);
    likelihood = tensor(sums);
  }
  return best.empty() && !texts.empty() ? texts[0] : best;
}

}  // namespace translate
