#include "recurrent.h"

#include <algorithm>
#include <array>

namespace support {

using namespace xgrad;

namespace {

constexpr std::array pooling_names = {"last", "last_and_max", "mean_and_max"};

template <class Holder, class Options>
Holder make(const RecurrentOptions& options) {
  return Holder(Options(options.input, options.hidden)
                    .num_layers(options.layers)
                    .bidirectional(options.bidirectional)
                    .dropout(options.dropout));
}

}  // namespace

const char* name_of(Pooling pooling) { return pooling_names[static_cast<std::size_t>(pooling)]; }

Pooling pooling_of(const std::string& name) {
  const auto found = std::find(pooling_names.begin(), pooling_names.end(), name);
  if (found == pooling_names.end()) throw ValueError("there is no pooling '" + name + "'");
  return static_cast<Pooling>(found - pooling_names.begin());
}

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
  if (options_.pooling == Pooling::Last) return last;
  const Tensor greatest = std::get<0>(std::get<0>(nn::utils::rnn::pad_packed_sequence(outputs, true, -1e30)).max(1));
  if (options_.pooling == Pooling::LastAndMax) return cat({last, greatest}, 1);
  const auto [padded, lengths] = nn::utils::rnn::pad_packed_sequence(outputs, true, 0);
  return cat({padded.sum(1) / lengths.to(kFloat32).unsqueeze(1), greatest}, 1);
}

RecurrentImpl::Packed embed(const nn::Embedding& embedding, const RecurrentImpl::Packed& numbers,
                            const nn::Dropout& dropout) {
  return {dropout(embedding(numbers.data())), numbers.batch_sizes(), numbers.sorted_indices(), numbers.unsorted_indices()};
}

Tensor drop_tokens(const Tensor& tokens, double share, std::int64_t unknown) {
  return share > 0 ? tokens.masked_fill(rand({tokens.numel()}).lt(share), unknown) : tokens;
}

RecurrentImpl::Packed drop_tokens(const RecurrentImpl::Packed& tokens, double share, std::int64_t unknown) {
  return {drop_tokens(tokens.data(), share, unknown), tokens.batch_sizes(), tokens.sorted_indices(),
          tokens.unsorted_indices()};
}

}  // namespace support
