/// Encoder-decoder with attention.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

namespace translate {

/// Characters numbered from 3; 0 fills up, 1 begins and 2 ends a text.
constexpr std::int64_t padding = 0;
constexpr std::int64_t start = 1;
constexpr std::int64_t end = 2;

/// What the encoder read: keys (batch, time, 2 hidden), which of them are padding (batch, time), and the decoder's
/// first state.
struct Encoded {
  xgrad::Tensor keys;
  xgrad::Tensor mask;
  xgrad::Tensor state;
};

/// The encoder is a GRU in both directions over the packed source. The decoder, a GRU as well, is given the target's
/// characters so far; at each step its state asks the encoder's for what is relevant, and both together score the next
/// character. Luong et al., 2015, https://arxiv.org/abs/1508.04025, with the score of Bahdanau et al., 2015.
class TranslatorImpl : public xgrad::nn::Module {
 public:
  TranslatorImpl(std::int64_t source_characters, std::int64_t target_characters);

  /// `source` (batch, time) is filled up with 0; `lengths` (batch).
  Encoded encode(const xgrad::Tensor& source, const xgrad::Tensor& lengths);
  /// Scores of the characters after each of `target` (batch, steps): (batch, steps, characters); attention (batch, steps,
  /// time); and the state after the last of them, which is left in `encoded`.
  std::tuple<xgrad::Tensor, xgrad::Tensor> decode(Encoded& encoded, const xgrad::Tensor& target);

 private:
  static constexpr std::int64_t embedding_size = 32;
  static constexpr std::int64_t hidden_size = 64;

  xgrad::nn::Embedding source_embedding_;
  xgrad::nn::GRU encoder_;
  xgrad::nn::Linear bridge_;
  xgrad::nn::Embedding target_embedding_;
  xgrad::nn::GRU decoder_;
  xgrad::nn::AdditiveAttention attention_;
  xgrad::nn::Linear combine_;
  xgrad::nn::Linear output_;
};
XGRAD_MODULE(Translator);

/// The likeliest character at each step, given to the next: (batch, steps), and the attention (batch, steps, time).
std::tuple<xgrad::Tensor, xgrad::Tensor> greedy_search(const Translator& model, Encoded encoded, std::int64_t steps);

/// The likeliest text of one source, as far as the `width` likeliest beginnings at each step lead to it.
std::vector<std::int64_t> beam_search(const Translator& model, const Encoded& encoded, std::int64_t steps,
                                      std::int64_t width);

}  // namespace translate
