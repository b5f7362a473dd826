// Bad options and bad input of every module.
#include "tests/bad_calls/hostile.h"

namespace xgrad {
namespace {

using test::BadCall;
using test::Hostile;

using Int = std::int64_t;

const Tensor& tensor_of(Hostile& given) { return given.of<const Tensor&>(); }

/// Sizes that fit together half of the time.
Int size_of(Hostile& given, Int good) { return given.of<bool>() ? good : given.of<Int>(); }

/// Modules that are called with one tensor.
#define OPTIONLESS(Name)                  \
  {                                       \
#Name, [](Hostile& given) {             \
      nn::Name module;                      \
      module->train(given.of<bool>());      \
      (void)module->forward(tensor_of(given)); \
    } \
  }
/// With options of one number.
#define OF_NUMBER(Name, setter)                                                     \
  {                                                                                 \
#Name, [](Hostile& given) {                                                       \
      nn::Name module(nn::Name##Options().setter(given.of<double>()));                \
      (void)module->forward(tensor_of(given));                                        \
    } \
  }
/// Losses of two tensors.
#define LOSS(Name)                                                                                \
  {                                                                                               \
#Name, [](Hostile & given) { (void)nn::Name()->forward(tensor_of(given), tensor_of(given)); } \
  }
#define LOSS_OF_NUMBER(Name, setter)                                        \
  {                                                                         \
#Name, [](Hostile& given) {                                               \
      nn::Name loss(nn::Name##Options().setter(given.of<double>()));          \
      (void)loss->forward(tensor_of(given), tensor_of(given));                \
    } \
  }
#define LOSS_OF_THREE(Name)                                                                                         \
  {                                                                                                                 \
#Name, [](Hostile & given) { (void)nn::Name()->forward(tensor_of(given), tensor_of(given), tensor_of(given)); } \
  }
#define RECURRENT(Name)                                                                                             \
  {                                                                                                                 \
#Name, [](Hostile& given) {                                                                                       \
      nn::Name module(nn::Name##Options(size_of(given, 3), size_of(given, 2))                                         \
                          .num_layers(size_of(given, 1))                                                              \
                          .bidirectional(given.of<bool>())                                                            \
                          .batch_first(given.of<bool>())                                                              \
                          .dropout(given.of<bool>() ? 0 : given.of<double>()));                                       \
      (void)module->forward(tensor_of(given), tensor_of(given));                                                      \
    } \
  }

const BadCall modules[] = {
    OPTIONLESS(Flatten),
    OPTIONLESS(Identity),
    OPTIONLESS(ReLU),
    OPTIONLESS(ReLU6),
    OPTIONLESS(Sigmoid),
    OPTIONLESS(LogSigmoid),
    OPTIONLESS(Tanh),
    OPTIONLESS(Tanhshrink),
    OPTIONLESS(Softsign),
    OPTIONLESS(SiLU),
    OPTIONLESS(Mish),
    OPTIONLESS(GELU),
    OPTIONLESS(SELU),
    OPTIONLESS(RReLU),
    OPTIONLESS(Softplus),
    OPTIONLESS(PReLU),
    OPTIONLESS(Hardtanh),
    OPTIONLESS(GLU),
    OF_NUMBER(ELU, alpha),
    OF_NUMBER(CELU, alpha),
    OF_NUMBER(LeakyReLU, negative_slope),
    OF_NUMBER(Softplus, beta),
    OF_NUMBER(Hardtanh, min_val),
    OF_NUMBER(Softshrink, lambda),
    OF_NUMBER(Hardshrink, lambda),
    OF_NUMBER(Dropout, p),
    OF_NUMBER(AlphaDropout, p),
    OF_NUMBER(FeatureAlphaDropout, p),
    OF_NUMBER(RReLU, lower),
    OF_NUMBER(PReLU, init),
    {"GLU", [](Hostile& given) { (void)nn::GLU(nn::GLUOptions(given.of<Int>()))->forward(tensor_of(given)); }},
    {"Threshold",
     [](Hostile& given) { (void)nn::Threshold(given.of<double>(), given.of<double>())->forward(tensor_of(given)); }},
    {"Softmax", [](Hostile& given) { (void)nn::Softmax(given.of<Int>())->forward(tensor_of(given)); }},
    {"Softmin", [](Hostile& given) { (void)nn::Softmin(given.of<Int>())->forward(tensor_of(given)); }},
    {"LogSoftmax", [](Hostile& given) { (void)nn::LogSoftmax(given.of<Int>())->forward(tensor_of(given)); }},
    {"PReLU",
     [](Hostile& given) { (void)nn::PReLU(nn::PReLUOptions().num_parameters(given.of<Int>()))->forward(tensor_of(given)); }},
    {"Flatten",
     [](Hostile& given) {
       (void)nn::Flatten(nn::FlattenOptions().start_dim(given.of<Int>()).end_dim(given.of<Int>()))
           ->forward(tensor_of(given));
     }},
    {"Unflatten",
     [](Hostile& given) { (void)nn::Unflatten(given.of<Int>(), given.of<std::vector<Int>>())->forward(tensor_of(given)); }},
    {"Functional",
     [](Hostile& given) { (void)nn::Functional([](const Tensor& x) { return x.t(); })->forward(tensor_of(given)); }},
    {"Linear", [](Hostile& given) { (void)nn::Linear(size_of(given, 3), size_of(given, 2))->forward(tensor_of(given)); }},
    {"Bilinear",
     [](Hostile& given) {
       nn::Bilinear module(size_of(given, 3), size_of(given, 3), size_of(given, 2));
       (void)module->forward(tensor_of(given), tensor_of(given));
     }},
    {"Embedding",
     [](Hostile& given) {
       nn::EmbeddingOptions options(size_of(given, 5), size_of(given, 2));
       if (given.of<bool>()) options.padding_idx(given.of<Int>());
       if (given.of<bool>()) options.max_norm(given.of<double>()).norm_type(given.of<double>());
       options.sparse(given.of<bool>()).scale_grad_by_freq(given.of<bool>());
       (void)nn::Embedding(options)->forward(tensor_of(given));
     }},
    {"EmbeddingBag",
     [](Hostile& given) {
       nn::EmbeddingBag module(size_of(given, 5), size_of(given, 2));
       (void)module->forward(tensor_of(given), tensor_of(given), tensor_of(given));
     }},
    {"LayerNorm",
     [](Hostile& given) {
       nn::LayerNormOptions options(given.of<bool>() ? std::vector<Int>{3} : given.of<std::vector<Int>>());
       (void)nn::LayerNorm(options.eps(given.of<double>()))->forward(tensor_of(given));
     }},
    {"BatchNorm1d",
     [](Hostile& given) {
       nn::BatchNorm1d module(nn::BatchNorm1dOptions(size_of(given, 3)).eps(given.of<double>()));
       module->train(given.of<bool>());
       (void)module->forward(tensor_of(given));
     }},
    {"InstanceNorm1d",
     [](Hostile& given) {
       nn::InstanceNorm1d module(
           nn::InstanceNorm1dOptions(size_of(given, 3)).eps(given.of<double>()).track_running_stats(given.of<bool>()));
       module->train(given.of<bool>());
       (void)module->forward(tensor_of(given));
     }},
    {"GroupNorm",
     [](Hostile& given) { (void)nn::GroupNorm(size_of(given, 2), size_of(given, 4))->forward(tensor_of(given)); }},
    {"LocalResponseNorm",
     [](Hostile& given) {
       nn::LocalResponseNorm module(nn::LocalResponseNormOptions(size_of(given, 2)).alpha(given.of<double>()));
       (void)module->forward(tensor_of(given));
     }},
    {"MultiheadAttention",
     [](Hostile& given) {
       nn::MultiheadAttention module(nn::MultiheadAttentionOptions(size_of(given, 4), size_of(given, 2)));
       (void)module->forward(tensor_of(given), tensor_of(given), tensor_of(given), tensor_of(given), given.of<bool>(),
                             tensor_of(given));
     }},
    {"AdditiveAttention",
     [](Hostile& given) {
       nn::AdditiveAttention module(size_of(given, 3), size_of(given, 3), size_of(given, 2));
       (void)module->forward(tensor_of(given), tensor_of(given), tensor_of(given));
     }},
    {"DotProductAttention",
     [](Hostile& given) { (void)nn::DotProductAttention()->forward(tensor_of(given), tensor_of(given), tensor_of(given)); }},
    {"GeneralAttention",
     [](Hostile& given) {
       nn::GeneralAttention module(size_of(given, 3), size_of(given, 3));
       (void)module->forward(tensor_of(given), tensor_of(given), tensor_of(given));
     }},
    {"AdaptiveLogSoftmaxWithLoss",
     [](Hostile& given) {
       nn::AdaptiveLogSoftmaxWithLoss module(nn::AdaptiveLogSoftmaxWithLossOptions(
           size_of(given, 3), size_of(given, 10), given.of<bool>() ? std::vector<Int>{2, 4} : given.of<std::vector<Int>>()));
       (void)module->forward(tensor_of(given), tensor_of(given));
     }},
    RECURRENT(RNN),
    RECURRENT(GRU),
    {"LSTM",
     [](Hostile& given) {
       nn::LSTM module(nn::LSTMOptions(size_of(given, 3), size_of(given, 2))
                           .num_layers(size_of(given, 1))
                           .proj_size(given.of<bool>() ? 0 : given.of<Int>())
                           .dropout(given.of<bool>() ? 0 : given.of<double>()));
       (void)module->forward(tensor_of(given), std::make_tuple(given.of<Tensor>(), given.of<Tensor>()));
     }},
    {"RNNCell",
     [](Hostile& given) {
       (void)nn::RNNCell(size_of(given, 3), size_of(given, 2))->forward(tensor_of(given), tensor_of(given));
     }},
    {"GRUCell",
     [](Hostile& given) {
       (void)nn::GRUCell(size_of(given, 3), size_of(given, 2))->forward(tensor_of(given), tensor_of(given));
     }},
    {"LSTMCell",
     [](Hostile& given) {
       nn::LSTMCell module(size_of(given, 3), size_of(given, 2));
       (void)module->forward(tensor_of(given), std::make_tuple(given.of<Tensor>(), given.of<Tensor>()));
     }},
    {"CosineSimilarity",
     [](Hostile& given) {
       nn::CosineSimilarity module(nn::CosineSimilarityOptions().dim(given.of<Int>()).eps(given.of<double>()));
       (void)module->forward(tensor_of(given), tensor_of(given));
     }},
    {"PairwiseDistance",
     [](Hostile& given) {
       nn::PairwiseDistance module(nn::PairwiseDistanceOptions().p(given.of<double>()).eps(given.of<double>()));
       (void)module->forward(tensor_of(given), tensor_of(given));
     }},
    LOSS(L1Loss),
    LOSS(MSELoss),
    LOSS(BCELoss),
    LOSS(BCEWithLogitsLoss),
    LOSS(KLDivLoss),
    LOSS(NLLLoss),
    LOSS(CrossEntropyLoss),
    LOSS(SmoothL1Loss),
    LOSS(HuberLoss),
    LOSS(SoftMarginLoss),
    LOSS(MultiLabelMarginLoss),
    LOSS(MultiLabelSoftMarginLoss),
    LOSS(MultiMarginLoss),
    LOSS(PoissonNLLLoss),
    LOSS(HingeEmbeddingLoss),
    LOSS_OF_NUMBER(HuberLoss, delta),
    LOSS_OF_NUMBER(SmoothL1Loss, beta),
    LOSS_OF_NUMBER(HingeEmbeddingLoss, margin),
    LOSS_OF_NUMBER(PoissonNLLLoss, eps),
    LOSS_OF_NUMBER(MultiMarginLoss, margin),
    LOSS_OF_NUMBER(CrossEntropyLoss, label_smoothing),
    LOSS_OF_THREE(CosineEmbeddingLoss),
    LOSS_OF_THREE(MarginRankingLoss),
    LOSS_OF_THREE(TripletMarginLoss),
    LOSS_OF_THREE(TripletMarginWithDistanceLoss),
    {"TripletMarginLoss",
     [](Hostile& given) {
       nn::TripletMarginLoss loss(nn::TripletMarginLossOptions().margin(given.of<double>()).p(given.of<double>()));
       (void)loss->forward(tensor_of(given), tensor_of(given), tensor_of(given));
     }},
    {"CrossEntropyLoss",
     [](Hostile& given) {
       nn::CrossEntropyLoss loss(nn::CrossEntropyLossOptions().weight(given.of<Tensor>()).ignore_index(given.of<Int>()));
       (void)loss->forward(tensor_of(given), tensor_of(given));
     }},
    {"CTCLoss",
     [](Hostile& given) {
       nn::CTCLoss loss(nn::CTCLossOptions().blank(given.of<Int>()));
       (void)loss->forward(tensor_of(given), tensor_of(given), tensor_of(given), tensor_of(given));
     }},
    {"Sequential", [](Hostile& given) { (void)nn::Sequential(nn::Linear(3, 2), nn::ReLU())->forward(tensor_of(given)); }},
    {"Sequential", [](Hostile& given) { (void)nn::Sequential(nn::ReLU())->ptr(given.of<std::size_t>()); }},
    {"Sequential", [](Hostile& given) { (void)nn::Sequential()->forward(tensor_of(given)); }},
    {"ModuleList", [](Hostile& given) { (void)nn::ModuleList(nn::ReLU())->ptr(given.of<std::size_t>()); }},
    {"ModuleDict", [](Hostile& given) { (void)nn::ModuleDict()[given.of<std::string>()]; }},
    {"ParameterList",
     [](Hostile& given) {
       nn::ParameterList list;
       list->append(given.of<Tensor>());
       (void)list[given.of<std::size_t>()];
     }},
    {"ParameterDict",
     [](Hostile& given) {
       nn::ParameterDict dict;
       dict->insert(given.of<std::string>(), given.of<Tensor>());
       (void)dict[given.of<std::string>()];
     }},
    {"AnyModule",
     [](Hostile& given) { (void)nn::AnyModule(nn::Linear(3, 2)).forward(given.of<Tensor>(), given.of<Tensor>()); }},
    {"AnyModule", [](Hostile& given) { (void)nn::AnyModule().forward(given.of<Tensor>()); }},
    {"Module::register_parameter_",
     [](Hostile& given) {
       nn::Module module;
       (void)module.register_parameter(given.of<std::string>(), given.of<Tensor>(), given.of<bool>());
     }},
    {"Module::register_buffer",
     [](Hostile& given) {
       nn::Module module;
       (void)module.register_buffer(given.of<std::string>(), given.of<Tensor>());
     }},
    {"Module::load_state_dict",
     [](Hostile& given) {
       nn::Linear module(3, 2);
       (void)nn::load_state_dict(*module, {{"weight", given.of<Tensor>()}, {"bias", given.of<Tensor>()}}, given.of<bool>());
     }},
};

TEST(BadCalls, of_modules_throw_errors_and_change_nothing) { test::walk(modules); }

}  // namespace
}  // namespace xgrad
