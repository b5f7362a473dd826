#include "model.h"

namespace sentiment {

using namespace xgrad;

namespace {

constexpr std::int64_t embedding_size = 32;
constexpr std::int64_t hidden_size = 50;

}  // namespace

ClassifierImpl::ClassifierImpl(const ModelOptions& options)
    : embedding_(register_module("embedding",
                                 nn::Embedding(nn::EmbeddingOptions(options.vocabulary, embedding_size).padding_idx(0)))),
      recurrent_(register_module(
          "recurrent", support::Recurrent(support::RecurrentOptions{.cell = options.cell,
                                                                    .input = embedding_size,
                                                                    .hidden = hidden_size,
                                                                    .layers = options.layers,
                                                                    .bidirectional = options.bidirectional,
                                                                    .dropout = options.layers > 1 ? options.dropout : 0}))),
      dropout_(register_module("dropout", nn::Dropout(options.dropout))),
      hidden_(register_module("hidden", nn::Linear(recurrent_->output_size(), 32))),
      output_(register_module("output", nn::Linear(32, 1))) {}

Tensor ClassifierImpl::forward(const Batch& batch) {
  const auto packed = nn::utils::rnn::pack_padded_sequence(batch.words, batch.lengths, true, false);
  const Tensor state = recurrent_(support::embed(embedding_, packed, dropout_));
  return sigmoid(output_(relu(hidden_(dropout_(state))))).squeeze(1);
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
