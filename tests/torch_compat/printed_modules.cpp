// Modules print themselves with their options, and the options that have their default where libtorch leaves these out.
#include <torch/torch.h>

#include <iostream>

using namespace torch::nn;

template <class... Modules>
void print(const Modules&... modules) {
  ((std::cout << modules << '\n'), ...);
}

int main() {
  print(ReLU(), ReLU(true), ReLU6(), ReLU6(ReLU6Options(true)), LeakyReLU(),
        LeakyReLU(LeakyReLUOptions().negative_slope(0.2).inplace(true)), RReLU(),
        RReLU(RReLUOptions().lower(0.1).upper(0.2).inplace(true)), ELU(), ELU(ELUOptions().alpha(0.5).inplace(true)), SELU(),
        SELU(true), CELU(), CELU(CELUOptions().alpha(2).inplace(true)), GELU(), SiLU(), Mish(), Sigmoid(), LogSigmoid(),
        Softplus(), Softplus(SoftplusOptions().beta(0.5).threshold(3)), Tanh(), Tanhshrink(), Hardtanh(),
        Hardtanh(HardtanhOptions().min_val(-2).max_val(0.5).inplace(true)), Hardshrink(), Hardshrink(0.25), Softshrink(),
        Softsign(), Threshold(0.1, 20), Threshold(ThresholdOptions(1, 2).inplace(true)), GLU(), GLU(1), Softmax(1),
        Softmin(0), LogSoftmax(-1), PReLU(), PReLU(PReLUOptions().num_parameters(3)));
  print(Dropout(), Dropout(DropoutOptions(0.25).inplace(true)), AlphaDropout(), FeatureAlphaDropout(0.1));
  print(Linear(3, 4), Linear(LinearOptions(3, 4).bias(false)), Bilinear(2, 3, 4),
        Bilinear(BilinearOptions(2, 3, 4).bias(false)), Flatten(), Flatten(FlattenOptions().start_dim(0).end_dim(2)),
        Unflatten(UnflattenOptions(1, {2, 3})), Identity());
  print(LayerNorm(LayerNormOptions({2, 3})), LayerNorm(LayerNormOptions({4}).eps(1e-3).elementwise_affine(false)),
        BatchNorm1d(4), BatchNorm1d(BatchNorm1dOptions(4).eps(0.5).momentum(0.25).affine(false).track_running_stats(false)));
  print(
      Embedding(5, 2), Embedding(EmbeddingOptions(5, 2).padding_idx(1).max_norm(2).norm_type(2.5).scale_grad_by_freq(true)),
      Embedding(EmbeddingOptions(5, 2).sparse(true)), EmbeddingBag(5, 2),
      EmbeddingBag(EmbeddingBagOptions(5, 2).mode(torch::kSum).padding_idx(1).sparse(true)),
      EmbeddingBag(EmbeddingBagOptions(5, 2).max_norm(2).norm_type(2.5).scale_grad_by_freq(true).include_last_offset(true)));
  print(RNN(2, 3), RNN(RNNOptions(2, 3).num_layers(2).nonlinearity(torch::kReLU).bidirectional(true).dropout(0.5)),
        LSTM(LSTMOptions(2, 3).batch_first(true).bias(false)), LSTM(LSTMOptions(2, 3).proj_size(2)), GRU(2, 3),
        RNNCell(2, 3), RNNCell(RNNCellOptions(2, 3).bias(false).nonlinearity(torch::kReLU)), LSTMCell(2, 3),
        LSTMCell(LSTMCellOptions(2, 3).bias(false)), GRUCell(2, 3));
  print(CosineSimilarity(), CosineSimilarity(CosineSimilarityOptions().dim(0).eps(0.5)), PairwiseDistance(),
        PairwiseDistance(PairwiseDistanceOptions().p(1).eps(0.5).keepdim(true)));
  print(L1Loss(), L1Loss(torch::kSum), MSELoss(), CrossEntropyLoss(), NLLLoss(), BCELoss(), BCEWithLogitsLoss(), KLDivLoss(),
        PoissonNLLLoss(), CTCLoss());
  print(HingeEmbeddingLoss(), HingeEmbeddingLoss(HingeEmbeddingLossOptions().margin(2)), MarginRankingLoss(),
        MarginRankingLoss(MarginRankingLossOptions().margin(2)), CosineEmbeddingLoss(),
        CosineEmbeddingLoss(CosineEmbeddingLossOptions().margin(0.5)), MultiMarginLoss(),
        MultiMarginLoss(MultiMarginLossOptions().p(2).margin(0.5).weight(torch::ones(2)).reduction(torch::kSum)),
        MultiLabelMarginLoss(), MultiLabelSoftMarginLoss(), SoftMarginLoss(), TripletMarginLoss(),
        TripletMarginLoss(TripletMarginLossOptions().margin(2).p(1).eps(0.5).swap(true)), TripletMarginWithDistanceLoss(),
        TripletMarginWithDistanceLoss(TripletMarginWithDistanceLossOptions().margin(2).swap(true)));
  print(MultiheadAttention(4, 2), AdaptiveLogSoftmaxWithLoss(AdaptiveLogSoftmaxWithLossOptions(32, 6, {2, 4})));
}
