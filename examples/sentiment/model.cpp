#include "model.h"

namespace sentiment {

using namespace xgrad;

namespace {

template <class Options>
Options recurrent_options(const ModelOptions& options, std::int64_t input, std::int64_t hidden) {
  return Options(input, hidden).num_layers(options.layers).bidirectional(options.bidirectional).batch_first(true);
}

}  // namespace

ClassifierImpl::ClassifierImpl(const ModelOptions& options)
    : options_(options),
      embedding_(nn::EmbeddingOptions(options.vocabulary, embedding_size).padding_idx(0)),
      recurrent_(nn::LSTM(nullptr)),
      hidden_(nullptr),
      output_(nullptr) {
  register_module("embedding", embedding_);
  if (options.cell == "lstm") {
    recurrent_ = nn::LSTM(recurrent_options<nn::LSTMOptions>(options, embedding_size, hidden_size));
  } else if (options.cell == "gru") {
    recurrent_ = nn::GRU(recurrent_options<nn::GRUOptions>(options, embedding_size, hidden_size));
  } else if (options.cell == "rnn") {
    recurrent_ = nn::RNN(recurrent_options<nn::RNNOptions>(options, embedding_size, hidden_size));
  } else {
    throw ValueError("there is no cell '" + options.cell + "': expected lstm, gru or rnn");
  }
  std::visit([&](auto& layer) { register_module("recurrent", layer); }, recurrent_);
  hidden_ = register_module("hidden", nn::Linear(hidden_size * (options.bidirectional ? 2 : 1), 32));
  output_ = register_module("output", nn::Linear(32, 1));
}

Tensor ClassifierImpl::last_state(const nn::utils::rnn::PackedSequence& words) {
  const Tensor h_n = std::visit(
      [&](auto& layer) {
        auto [output, state] = layer->forward_with_packed_input(words);
        if constexpr (std::is_same_v<decltype(state), Tensor>) return state;
        else return std::get<0>(state);
      },
      recurrent_);
  return options_.bidirectional ? cat({h_n[-2], h_n[-1]}, 1) : h_n[-1];
}

Tensor ClassifierImpl::forward(const Batch& batch) {
  // Packed first, embedded then: no word is looked up that is only padding.
  const auto packed = nn::utils::rnn::pack_padded_sequence(batch.words, batch.lengths, true, false);
  const nn::utils::rnn::PackedSequence embedded(embedding_(packed.data()), packed.batch_sizes(), packed.sorted_indices(),
                                                packed.unsorted_indices());
  return sigmoid(output_(relu(hidden_(last_state(embedded))))).squeeze(1);
}

BagOfWordsImpl::BagOfWordsImpl(const ModelOptions& options)
    : embedding_(register_module("embedding", nn::Embedding(nn::EmbeddingOptions(options.vocabulary, 32).padding_idx(0)))),
      hidden_(register_module("hidden", nn::Linear(32, 32))),
      output_(register_module("output", nn::Linear(32, 1))) {}

Tensor BagOfWordsImpl::forward(const Batch& batch) {
  const Tensor lengths = batch.lengths.to(kFloat32).unsqueeze(1);
  const Tensor mean = embedding_(batch.words).sum(1) / lengths;  // padding is zero
  return sigmoid(output_(relu(hidden_(mean)))).squeeze(1);
}

}  // namespace sentiment
