#include "recurrent.h"

namespace support {

using namespace xgrad;

namespace {

template <class Holder, class Options>
Holder make(const RecurrentOptions& options) {
  return Holder(Options(options.input, options.hidden)
                    .num_layers(options.layers)
                    .bidirectional(options.bidirectional)
                    .dropout(options.dropout));
}

}  // namespace

RecurrentImpl::RecurrentImpl(const RecurrentOptions& options) : options_(options), layer_(nn::LSTM(nullptr)) {
  if (options.cell == "lstm") layer_ = make<nn::LSTM, nn::LSTMOptions>(options);
  else if (options.cell == "gru") layer_ = make<nn::GRU, nn::GRUOptions>(options);
  else if (options.cell == "rnn") layer_ = make<nn::RNN, nn::RNNOptions>(options);
  else throw ValueError("there is no cell '" + options.cell + "': expected lstm, gru or rnn");
  std::visit([&](auto& layer) { register_module(options.cell, layer); }, layer_);
}

Tensor RecurrentImpl::forward(const Packed& sequences) {
  Packed outputs;
  const Tensor states = std::visit(
      [&](auto& layer) {
        auto [output, state] = layer->forward_with_packed_input(sequences);
        outputs = output;
        if constexpr (std::is_same_v<decltype(state), Tensor>) return state;
        else return std::get<0>(state);
      },
      layer_);
  const Tensor last = options_.bidirectional ? cat({states[-2], states[-1]}, 1) : states[-1];
  if (!options_.pooled) return last;
  const Tensor padded = std::get<0>(nn::utils::rnn::pad_packed_sequence(outputs, true, -1e30));
  return cat({last, std::get<0>(padded.max(1))}, 1);
}

RecurrentImpl::Packed embed(const nn::Embedding& embedding, const RecurrentImpl::Packed& numbers,
                            const nn::Dropout& dropout) {
  return {dropout(embedding(numbers.data())), numbers.batch_sizes(), numbers.sorted_indices(), numbers.unsorted_indices()};
}

}  // namespace support
