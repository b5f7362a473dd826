#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <variant>

namespace support {

/// What a layer says of a sequence.
enum class Pooling {
  Last,        ///< its state after the last step
  LastAndMax,  ///< and the greatest value of each output over all steps
  MeanAndMax,  ///< the mean of each output over all steps, and the greatest value
};

/// Pooling as a model's file has it: "last", "last_and_max", "mean_and_max".
const char* name_of(Pooling pooling);
/// Throws ValueError for another name.
Pooling pooling_of(const std::string& name);

struct RecurrentOptions {
  std::string cell = "lstm";  ///< or "gru", or "rnn"
  std::int64_t input = 0;
  std::int64_t hidden = 0;
  std::int64_t layers = 1;
  bool bidirectional = false;
  double dropout = 0;  ///< between layers
  Pooling pooling = Pooling::Last;
};

/// An LSTM, a GRU or an RNN over packed sequences, as an option says.
class RecurrentImpl : public xgrad::nn::Module {
 public:
  using Packed = xgrad::nn::utils::rnn::PackedSequence;

  /// Throws ValueError for another cell.
  explicit RecurrentImpl(const RecurrentOptions& options);
  /// What `pooling` says of the last layer, of both directions side by side: (batch, output_size()).
  xgrad::Tensor forward(const Packed& sequences);
  std::int64_t output_size() const {
    return options_.hidden * (options_.bidirectional ? 2 : 1) * (options_.pooling == Pooling::Last ? 1 : 2);
  }

 private:
  RecurrentOptions options_;
  std::variant<xgrad::nn::LSTM, xgrad::nn::GRU, xgrad::nn::RNN> layer_;
};
XGRAD_MODULE(Recurrent);

/// The rows of `embedding` for packed numbers, some elements of which are dropped while training. Packed first, embedded
/// then: no padding is looked up.
RecurrentImpl::Packed embed(const xgrad::nn::Embedding& embedding, const RecurrentImpl::Packed& numbers,
                            const xgrad::nn::Dropout& dropout = xgrad::nn::Dropout(0.0));

/// Numbers of tokens, a random `share` of which become `unknown`, so that a model learns what to make of unknown ones.
xgrad::Tensor drop_tokens(const xgrad::Tensor& tokens, double share, std::int64_t unknown);
RecurrentImpl::Packed drop_tokens(const RecurrentImpl::Packed& tokens, double share, std::int64_t unknown);

}  // namespace support
