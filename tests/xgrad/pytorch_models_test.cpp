// Models of Python's with convolutions, Transformers and attention (tests/golden/make_pytorch_models.py).
#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

struct ListenerImpl : nn::Module {
  Tensor forward(const Tensor& x) {
    const Tensor heard = normal(grow->forward(features->forward(x)));
    return head(std::get<0>(rnn->forward(heard.transpose(1, 2))));
  }
  nn::Sequential features = register_module(
      "features",
      nn::Sequential(
          nn::Conv1d(nn::Conv1dOptions(2, 6, 5).stride(2).padding(2)), nn::BatchNorm1d(6), nn::ReLU(),
          nn::Conv1d(nn::Conv1dOptions(6, 6, 3).groups(3).dilation(2).padding(kSame).padding_mode(kReflect).bias(false)),
          nn::PReLU(6), nn::MaxPool1d(2)));
  nn::ConvTranspose1d grow =
      register_module("grow", nn::ConvTranspose1d(nn::ConvTranspose1dOptions(6, 4, 4).stride(2).padding(1).groups(2)));
  nn::Conv1d normal = register_module("normal", nn::Conv1d(4, 4, 1));
  nn::HookHandle normed = nn::utils::weight_norm(normal);
  nn::LSTM rnn = register_module("rnn", nn::LSTM(nn::LSTMOptions(4, 5).bidirectional(true).proj_size(3).batch_first(true)));
  nn::Linear head = register_module("head", nn::Linear(6, 3));
};
XGRAD_MODULE(Listener);

struct ReaderImpl : nn::Module {
  Tensor forward(const Tensor& words) {
    const Tensor padding = words.eq(0);
    const Tensor x = encoder->forward(embedding(words), {}, padding);
    return head(x.masked_fill(padding.unsqueeze(2), 0).sum(1));
  }
  nn::Embedding embedding = register_module("embedding", nn::Embedding(nn::EmbeddingOptions(11, 8).padding_idx(0)));
  nn::TransformerEncoder encoder = register_module(
      "encoder",
      nn::TransformerEncoder(
          nn::TransformerEncoderOptions(
              nn::TransformerEncoderLayerOptions(8, 2).dim_feedforward(12).activation(kGELU).batch_first(true).norm_first(
                  true),
              2)
              .norm(nn::AnyModule(nn::LayerNorm(nn::LayerNormOptions({8}))))));
  nn::Linear head = register_module("head", nn::Linear(8, 3));
};
XGRAD_MODULE(Reader);

struct TranslatorImpl : nn::Module {
  Tensor forward(const Tensor& source, const Tensor& target) {
    return head(
        transformer->forward(source, target, {}, nn::TransformerImpl::generate_square_subsequent_mask(target.size(0))));
  }
  nn::Transformer transformer =
      register_module("transformer", nn::Transformer(nn::TransformerOptions(8, 2, 1, 2).dim_feedforward(12)));
  nn::Linear head = register_module("head", nn::Linear(8, 5));
};
XGRAD_MODULE(Translator);

struct LookerImpl : nn::Module {
  std::tuple<Tensor, Tensor> forward(const Tensor& query, const Tensor& key, const Tensor& value) {
    const auto [x, weights] = mixed->forward(query, key, value);
    return {std::get<0>(own->forward(x, x, x, {}, false)), weights};
  }
  nn::MultiheadAttention mixed = register_module(
      "mixed", nn::MultiheadAttention(nn::MultiheadAttentionOptions(8, 4).kdim(3).vdim(5).batch_first(true)));
  nn::MultiheadAttention own = register_module(
      "own",
      nn::MultiheadAttention(nn::MultiheadAttentionOptions(8, 2).add_bias_kv(true).add_zero_attn(true).batch_first(true)));
};
XGRAD_MODULE(Looker);

TensorList outputs_of(const Listener& model, const TensorList& x) { return {model->forward(x[0])}; }
TensorList outputs_of(const Reader& model, const TensorList& x) { return {model->forward(x[0])}; }
TensorList outputs_of(const Translator& model, const TensorList& x) { return {model->forward(x[0], x[1])}; }
TensorList outputs_of(const Looker& model, const TensorList& x) {
  const auto [y, weights] = model->forward(x[0], x[1], x[2]);
  return {y, weights};
}

TensorList tensors(const Value& list) {
  TensorList result;
  for (const Value& one : list.list()) result.push_back(one.to_tensor());
  return result;
}

template <class Model>
class PytorchModelsTest : public TemporaryFolder {
 protected:
  static std::string golden(const std::string& ending) {
    const std::string name = std::is_same_v<Model, Listener>     ? "listener"
                             : std::is_same_v<Model, Reader>     ? "reader"
                             : std::is_same_v<Model, Translator> ? "translator"
                                                                 : "looker";
    return XGRAD_GOLDEN_DIR "/pytorch/models/" + name + ending;
  }
  static TensorList outputs(const Model& model) {
    const NoGradGuard guard;
    return outputs_of(model, tensors(load_value(golden(".run.pt")).at("inputs")));
  }
};
using Models = testing::Types<Listener, Reader, Translator, Looker>;
TYPED_TEST_SUITE(PytorchModelsTest, Models);

TYPED_TEST(PytorchModelsTest, FilesOfBothKindsGivePytorchsOutputs) {
  const TensorList expected = tensors(load_value(this->golden(".run.pt")).at("outputs"));
  for (const char* ending : {".pt", ".safetensors"}) {
    TypeParam model;
    model->eval();
    EXPECT_FALSE(allclose(this->outputs(model)[0], expected[0], 1e-2, 1e-2));
    const auto left = load(model, this->golden(ending));
    EXPECT_TRUE(left.missing_keys.empty() && left.unexpected_keys.empty());
    const TensorList outputs = this->outputs(model);
    ASSERT_EQ(outputs.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_TRUE(allclose(outputs[i], expected[i], 1e-4, 1e-5)) << ending << " output " << i;
    }
  }
}

TYPED_TEST(PytorchModelsTest, SavedAgainTheFileHasPytorchsNamesAndNumbers) {
  TypeParam model;
  load(model, this->golden(".pt"));
  for (const char* name : {"again.pt", "again.safetensors"}) {
    save(model, this->path(name));
    EXPECT_EQ(load_tensors(this->path(name)).size(), load_tensors(this->golden(".pt")).size());
    for (const auto& [key, tensor] : load_tensors(this->golden(".pt"))) {
      EXPECT_TRUE(equal(load_tensors(this->path(name)).at(key), tensor)) << key;
    }
  }
}

}  // namespace
}  // namespace xgrad
