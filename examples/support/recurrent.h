#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <variant>

namespace support {

struct RecurrentOptions {
  std::string cell = "lstm";  ///< or "gru", or "rnn"
  std::int64_t input = 0;
  std::int64_t hidden = 0;
  std::int64_t layers = 1;
  bool bidirectional = false;
  double dropout = 0;   ///< between layers
  bool pooled = false;  ///< the greatest value of each output over all steps besides
};

/// An LSTM, a GRU or an RNN over packed sequences, as an option says.
class RecurrentImpl : public xgrad::nn::Module {
 public:
  using Packed = xgrad::nn::utils::rnn::PackedSequence;

  /// Throws ValueError for another cell.
  explicit RecurrentImpl(const RecurrentOptions& options);
  /// The last layer's state after the last step of each sequence, of both directions side by side, and where `pooled` the
  /// greatest outputs over time behind it: (batch, output_size()).
  xgrad::Tensor forward(const Packed& sequences);
  std::int64_t output_size() const { return options_.hidden * (options_.bidirectional ? 2 : 1) * (options_.pooled ? 2 : 1); }

 private:
  RecurrentOptions options_;
  std::variant<xgrad::nn::LSTM, xgrad::nn::GRU, xgrad::nn::RNN> layer_;
};
XGRAD_MODULE(Recurrent);

/// The rows of `embedding` for packed numbers, some elements of which are dropped while training. Packed first, embedded
/// then: no padding is looked up.
RecurrentImpl::Packed embed(const xgrad::nn::Embedding& embedding, const RecurrentImpl::Packed& numbers,
                            const xgrad::nn::Dropout& dropout = xgrad::nn::Dropout(0.0));

}  // namespace support
