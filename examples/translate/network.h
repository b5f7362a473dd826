/// The networks that translate: encoder and decoder, recurrent or of attention alone.
#pragma once

#include <xgrad/xgrad.h>

#include <string>

namespace translate {

struct ModelOptions {
  std::string model = "recurrent";  ///< or "transformer"
  std::int64_t source_tokens = 0;
  std::int64_t target_tokens = 0;
  std::int64_t features = 32;  ///< of a token's vector
  /// Of the recurrent encoder in each direction, the decoder's being twice that; between a Transformer layer's two maps.
  std::int64_t hidden = 64;
  double dropout = 0;  ///< share of vectors and states that are dropped while training
};

/// What the encoder read: keys (batch, time, features), which of them are padding (batch, time), and what the decoder keeps
/// of the steps that it has written.
struct Encoded {
  xgrad::Tensor keys;
  xgrad::Tensor mask;
  xgrad::Tensor state;                         ///< of a recurrent decoder
  xgrad::nn::TransformerDecoderCache written;  ///< of a Transformer

  /// The batch as these rows of it, of which the keys and the mask are all the same.
  void select(const xgrad::Tensor& rows);
};

/// Reads a source, and scores the next tokens of a target.
class TranslatorImpl : public xgrad::nn::Module {
 public:
  /// `source` (batch, time) is filled up with 0; `lengths` (batch).
  virtual Encoded encode(const xgrad::Tensor& source, const xgrad::Tensor& lengths) = 0;
  /// Scores of the tokens after each of `target` (batch, steps), which go on from those before: (batch, steps, tokens); and
  /// attention (batch, steps, time), undefined where the model has none to show. What is written is left in `encoded`; with
  /// gradients, a target is given at once.
  virtual std::tuple<xgrad::Tensor, xgrad::Tensor> decode(Encoded& encoded, const xgrad::Tensor& target) = 0;
};
XGRAD_MODULE(Translator);

/// Throws ValueError for a model of another name.
Translator make_network(const ModelOptions& options);

}  // namespace translate
