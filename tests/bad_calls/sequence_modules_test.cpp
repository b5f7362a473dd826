// Bad options and bad input of convolutions and pools in time, of Transformers, cells of one's own and structured outputs.
#include "tests/bad_calls/hostile.h"

namespace xgrad {
namespace {

using test::BadCall;
using test::Hostile;

using Int = std::int64_t;

const Tensor& tensor_of(Hostile& given) { return given.of<const Tensor&>(); }

/// Sizes that fit together half of the time.
Int size_of(Hostile& given, Int good) { return given.of<bool>() ? good : given.of<Int>(); }

/// Modules of one number that are called with one tensor.
template <class Module>
void of_size(Hostile& given) {
  (void)Module(size_of(given, 2))->forward(tensor_of(given));
}

template <class Module, class Options>
void pool(Hostile& given) {
  Options options(size_of(given, 2));
  options.stride(size_of(given, 1)).padding(size_of(given, 0)).ceil_mode(given.of<bool>());
  (void)Module(options)->forward(tensor_of(given));
}

template <class Options>
Options convolution(Hostile& given) {
  Options options(size_of(given, 3), size_of(given, 2), size_of(given, 2));
  options.stride(size_of(given, 1)).dilation(size_of(given, 1)).groups(size_of(given, 1)).bias(given.of<bool>());
  return options;
}

template <class Options>
Options transformer_layer(Hostile& given) {
  Options options(size_of(given, 4), size_of(given, 2));
  options.dim_feedforward(size_of(given, 3)).dropout(given.of<bool>() ? 0 : given.of<double>());
  return options.batch_first(given.of<bool>()).norm_first(given.of<bool>());
}

template <class Cell>
void cell(Hostile& given) {
  nn::RecurrentWrapper module(Cell(size_of(given, 3), size_of(given, 2)));
  (void)module->forward(tensor_of(given), {tensor_of(given), tensor_of(given)});
}

const BadCall modules[] = {
    {"Conv1d",
     [](Hostile& given) {
       (void)nn::Conv1d(convolution<nn::Conv1dOptions>(given).causal(given.of<bool>()))->forward(tensor_of(given));
     }},
    {"ConvTranspose1d",
     [](Hostile& given) {
       auto options = convolution<nn::ConvTranspose1dOptions>(given);
       options.output_padding(size_of(given, 0)).padding(size_of(given, 0));
       (void)nn::ConvTranspose1d(options)->forward(tensor_of(given));
     }},
    {"MaxPool1d", pool<nn::MaxPool1d, nn::MaxPool1dOptions>},
    {"AvgPool1d", pool<nn::AvgPool1d, nn::AvgPool1dOptions>},
    {"LPPool1d",
     [](Hostile& given) {
       (void)nn::LPPool1d(nn::LPPool1dOptions(given.of<double>(), size_of(given, 2)))->forward(tensor_of(given));
     }},
    {"MaxUnpool1d",
     [](Hostile& given) { (void)nn::MaxUnpool1d(size_of(given, 2))->forward(tensor_of(given), tensor_of(given)); }},
    {"AdaptiveAvgPool1d", of_size<nn::AdaptiveAvgPool1d>},
    {"AdaptiveMaxPool1d", of_size<nn::AdaptiveMaxPool1d>},
    {"ReflectionPad1d", of_size<nn::ReflectionPad1d>},
    {"ReplicationPad1d", of_size<nn::ReplicationPad1d>},
    {"ZeroPad1d", of_size<nn::ZeroPad1d>},
    {"ConstantPad1d",
     [](Hostile& given) {
       (void)nn::ConstantPad1d(nn::ConstantPad1dOptions(size_of(given, 1), given.of<double>()))->forward(tensor_of(given));
     }},
    {"TransformerEncoderLayer",
     [](Hostile& given) {
       nn::TransformerEncoderLayer module(transformer_layer<nn::TransformerEncoderLayerOptions>(given));
       (void)module->forward(tensor_of(given), tensor_of(given), tensor_of(given));
     }},
    {"TransformerDecoderLayer",
     [](Hostile& given) {
       nn::TransformerDecoderLayer module(transformer_layer<nn::TransformerDecoderLayerOptions>(given));
       (void)module->forward(tensor_of(given), tensor_of(given), tensor_of(given));
     }},
    {"TransformerEncoder",
     [](Hostile& given) {
       nn::TransformerEncoder module(nn::TransformerEncoderLayer(4, 2), size_of(given, 1));
       (void)module->forward(tensor_of(given), tensor_of(given));
     }},
    {"TransformerDecoder",
     [](Hostile& given) {
       nn::TransformerDecoder module(nn::TransformerDecoderLayer(4, 2), size_of(given, 1));
       (void)module->forward(tensor_of(given), tensor_of(given));
     }},
    {"Transformer",
     [](Hostile& given) {
       nn::TransformerOptions options(4, 2);
       options.num_encoder_layers(size_of(given, 1)).num_decoder_layers(1).dim_feedforward(3).dropout(0);
       (void)nn::Transformer(options)->forward(tensor_of(given), tensor_of(given));
     }},
    {"SinusoidalPositionalEncoding",
     [](Hostile& given) {
       (void)nn::SinusoidalPositionalEncoding(size_of(given, 2))->forward(tensor_of(given), size_of(given, 0));
     }},
    {"LearnedPositionalEncoding",
     [](Hostile& given) {
       (void)nn::LearnedPositionalEncoding(size_of(given, 3), size_of(given, 5))
           ->forward(tensor_of(given), size_of(given, 0));
     }},
    {"LayerNormLSTMCell", cell<nn::LayerNormLSTMCell>},
    {"PeepholeLSTMCell", cell<nn::PeepholeLSTMCell>},
    {"MinimalGatedCell", cell<nn::MinimalGatedCell>},
    {"LinearChainCRF",
     [](Hostile& given) {
       const nn::LinearChainCRF module(size_of(given, 3));
       (void)module->forward(tensor_of(given), tensor_of(given), tensor_of(given));
     }},
    {"LinearChainCRF",
     [](Hostile& given) {
       const nn::LinearChainCRF module(size_of(given, 3));
       (void)module->decode_best(tensor_of(given), size_of(given, 2), tensor_of(given));
     }},
};

}  // namespace

TEST(BadCallsTest, sequence_modules_throw_nothing_but_errors_and_change_nothing) { test::walk(modules); }

}  // namespace xgrad
