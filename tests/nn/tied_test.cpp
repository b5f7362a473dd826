// Models with tied weights: one tensor, or one module, in several places.
#include <gmock/gmock.h>
#include <xgrad/xgrad.h>

#include <cmath>
#include <set>
#include <sstream>

#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Takes the weight of another module.
struct HeadImpl : nn::Cloneable<HeadImpl> {
  explicit HeadImpl(std::int64_t width_) : width(width_) { reset(); }
  void reset() override { bias = register_parameter("bias", rand({width})); }
  Tensor forward(const Tensor& x) { return x.matmul(weight.t()) + bias; }
  std::int64_t width;
  Tensor weight;
  Tensor bias;
};
XGRAD_MODULE(Head);

/// Ties a weight, and has a module, with buffers, under two names.
struct TiedImpl : nn::Cloneable<TiedImpl> {
  TiedImpl() { reset(); }
  void reset() override {
    embedding = register_module("embedding", nn::Embedding(5, 3));
    head = register_module("head", Head(5));
    head->weight = head->register_parameter("weight", embedding->weight);
    norm = register_module("norm", nn::BatchNorm1d(3));
    again = register_module("again", norm);
  }
  Tensor forward(const Tensor& tokens) { return head(again(norm(embedding(tokens)))); }
  nn::Embedding embedding{nullptr};
  Head head{nullptr};
  nn::BatchNorm1d norm{nullptr};
  nn::BatchNorm1d again{nullptr};
};
XGRAD_MODULE(Tied);

const Tensor tokens = tensor({0, 3, 1, 4}, kInt64);

/// One step of training.
void step(Tied& model, optim::Optimizer& optimizer) {
  optimizer.zero_grad();
  model(tokens).square().mean().backward();
  optimizer.step();
}

class TiedTest : public TemporaryFolder {
 protected:
  void SetUp() override {
    TemporaryFolder::SetUp();
    manual_seed(1);
  }
};

TEST_F(TiedTest, each_tensor_and_module_is_listed_once_under_its_first_name_and_has_all_names_in_the_state) {
  const Tied model;
  EXPECT_THAT(model->named_parameters().keys(), ElementsAre("embedding.weight", "head.bias", "norm.weight", "norm.bias"));
  EXPECT_EQ(model->parameters().size(), 4U);
  EXPECT_THAT(model->named_buffers().keys(),
              ElementsAre("norm.running_mean", "norm.running_var", "norm.num_batches_tracked"));
  EXPECT_EQ(model->buffers().size(), 3U);
  EXPECT_THAT(model->named_modules().keys(), ElementsAre("", "embedding", "head", "norm"));
  EXPECT_EQ(model->modules().size(), 4U);
  EXPECT_EQ(model->named_parameters(true, false).size(), 7U);
  EXPECT_EQ(model->named_buffers(true, false).size(), 6U);
  EXPECT_THAT(model->named_modules("", true, false).keys(), ElementsAre("", "embedding", "head", "norm", "again"));
  EXPECT_EQ(nn::state_dict(*model).size(), 13U);
  EXPECT_TRUE(nn::state_dict(*model).at("head.weight").equal(model->embedding->weight));
  int applied = 0;
  model->apply([&](nn::Module&) { ++applied; });
  EXPECT_EQ(applied, 5);  // as in Python, apply follows the names
}

TEST_F(TiedTest, the_summary_counts_each_parameter_once) {
  const auto summary = nn::summary(Tied(), tokens);
  EXPECT_EQ(summary.parameters, 15 + 5 + 3 + 3);
  std::int64_t of_layers = 0;
  for (const auto& layer : summary.layers) of_layers += layer.parameters;
  EXPECT_EQ(of_layers, summary.parameters);
}

TEST_F(TiedTest, a_clone_is_tied_alike_and_shares_nothing_with_the_original) {
  Tied model;
  model(tokens);
  model->head->bias.requires_grad_(false);
  const Tied copy(std::dynamic_pointer_cast<TiedImpl>(model->clone()));
  EXPECT_TRUE(copy->head->weight.is_same(copy->embedding->weight));
  EXPECT_EQ(copy->norm.ptr(), copy->again.ptr());
  EXPECT_EQ(copy->named_parameters().keys(), model->named_parameters().keys());
  EXPECT_FALSE(copy->embedding->weight.is_same(model->embedding->weight));
  EXPECT_FALSE(copy->head->bias.requires_grad());
  const auto expected = nn::state_dict(*model);
  for (const auto& [name, tensor] : nn::state_dict(*copy)) {
    EXPECT_TRUE(tensor.equal(expected.at(name))) << name;
    EXPECT_NE(tensor.data_ptr(), expected.at(name).data_ptr()) << name;
  }
  copy->eval();
  const Tied again(std::dynamic_pointer_cast<TiedImpl>(copy->clone()));
  EXPECT_FALSE(again->norm->is_training());
  EXPECT_FALSE(again->head->is_training());
  EXPECT_TRUE(again(tokens).equal(copy(tokens)));
}

TEST_F(TiedTest, containers_clone_shared_modules_and_tensors_tied) {
  const nn::Linear linear(3, 3);
  const nn::Sequential net(linear, nn::ReLU(), linear);
  const auto copy = std::dynamic_pointer_cast<nn::SequentialImpl>(net->clone());
  EXPECT_EQ(copy->parameters().size(), 2U);
  EXPECT_TRUE(copy->forward(ones({1, 3})).equal(net->forward(ones({1, 3}))));
  const nn::ModuleList list(linear, nn::ModuleList(linear));
  EXPECT_EQ(list->clone()->parameters().size(), 2U);
  const Tensor shared = rand({2});
  const nn::ParameterList parameters(shared, shared);
  EXPECT_EQ(parameters->parameters().size(), 1U);
  EXPECT_EQ(parameters->clone()->parameters().size(), 1U);

  // Two modules that were tied from outside, each registering the tensor itself.
  const nn::Linear first(3, 3);
  const nn::Linear second(3, 3);
  second->unregister_parameter("weight");
  second->weight = second->register_parameter("weight", first->weight);
  second->unregister_parameter("bias");
  second->bias = second->register_parameter("bias", first->bias);
  const nn::Sequential tied(first, second);
  const auto tied_copy = std::dynamic_pointer_cast<nn::SequentialImpl>(tied->clone());
  EXPECT_EQ(tied_copy->parameters().size(), 2U);
  EXPECT_TRUE(tied_copy->forward(ones({1, 3})).equal(tied->forward(ones({1, 3}))));
  EXPECT_FALSE(tied_copy->parameters()[0].is_same(first->weight));
}

TEST_F(TiedTest, what_reset_does_not_tie_is_no_clone) {
  struct LooseImpl : nn::Cloneable<LooseImpl> {
    LooseImpl() { reset(); }
    void reset() override {
      a = register_parameter("a", ones({2}));
      b = register_module("b", Head(2));
    }
    Tensor a;
    Head b{nullptr};
  };
  const auto loose = std::make_shared<LooseImpl>();
  loose->b->weight = loose->b->register_parameter("weight", loose->a);
  EXPECT_THROW(loose->clone(), ValueError);
}

TEST_F(TiedTest, every_optimizer_steps_once_for_each_parameter) {
  const auto steps = [](const auto& make) {
    Tied tied;
    const auto optimizer = make(tied->parameters());
    const Tensor before = tied->embedding->weight.detach().clone();
    step(tied, *optimizer);
    EXPECT_FALSE(tied->embedding->weight.equal(before));
    EXPECT_TRUE(tied->head->weight.is_same(tied->embedding->weight));
  };
  steps([](auto p) { return std::make_unique<optim::SGD>(p, optim::SGDOptions(0.1).momentum(0.9)); });
  steps([](auto p) { return std::make_unique<optim::Adam>(p); });
  steps([](auto p) { return std::make_unique<optim::AdamW>(p); });
  steps([](auto p) { return std::make_unique<optim::RMSprop>(p); });
  steps([](auto p) { return std::make_unique<optim::Adagrad>(p); });
  Tied model;
  optim::LBFGS lbfgs(model->parameters());
  const auto loss = [&] {
    lbfgs.zero_grad();
    const Tensor value = model(tokens).square().mean();
    value.backward();
    return value;
  };
  const auto before = loss().item<double>();
  lbfgs.step(loss);
  EXPECT_LT(loss().item<double>(), before);
}

TEST_F(TiedTest, clipping_counts_each_gradient_once) {
  Tied model;
  model(tokens).square().sum().backward();
  double squares = 0;
  for (const Tensor& parameter : model->parameters()) squares += parameter.grad().square().sum().item<double>();
  EXPECT_NEAR(nn::utils::clip_grad_norm_(model->parameters(), 1e-3), std::sqrt(squares), 1e-4 * std::sqrt(squares));
  double clipped = 0;
  for (const Tensor& parameter : model->parameters()) clipped += parameter.grad().square().sum().item<double>();
  EXPECT_NEAR(std::sqrt(clipped), 1e-3, 1e-7);
}

TEST_F(TiedTest, a_state_with_one_of_the_names_is_whole_and_one_with_none_is_not) {
  const Tied saved;
  auto state = nn::state_dict(*saved);
  for (const char* missing : {"head.weight", "embedding.weight"}) {
    auto part = state;
    part.erase(missing);
    const Tied loaded;
    EXPECT_NO_THROW(nn::load_state_dict(*loaded, part)) << missing;
    EXPECT_TRUE(loaded->head->weight.equal(saved->head->weight));
    EXPECT_TRUE(loaded->head->weight.is_same(loaded->embedding->weight));
    save_tensors(part, path("part.safetensors"));
    const Tied from_file;
    EXPECT_NO_THROW(load(from_file, path("part.safetensors"))) << missing;
    EXPECT_TRUE(from_file->embedding->weight.equal(saved->head->weight));
    EXPECT_TRUE(nn::load_state_dict(*loaded, part, false).missing_keys.empty());
  }
  state.erase("head.weight");
  state.erase("embedding.weight");
  const Tied loaded;
  EXPECT_THAT(
      [&] { nn::load_state_dict(*loaded, state); },
      ThrowsMessage<ValueError>(testing::AllOf(HasSubstr("missing: head.weight"), HasSubstr("missing: embedding.weight"))));
}

TEST_F(TiedTest, files_of_every_format_and_streams_bring_it_back) {
  const Tied saved;
  for (const char* name : {"tied.pt", "tied.safetensors", "tied.npz"}) {
    save(saved, path(name));
    const Tied loaded;
    load(loaded, path(name));
    EXPECT_TRUE(loaded->head->weight.is_same(loaded->embedding->weight)) << name;
    const auto expected = nn::state_dict(*saved);
    for (const auto& [key, tensor] : nn::state_dict(*loaded)) EXPECT_TRUE(tensor.equal(expected.at(key))) << name << key;
  }
  std::stringstream stream;
  save(saved, stream);
  const Tied loaded;
  load(loaded, stream);
  EXPECT_TRUE(loaded->head->weight.equal(saved->head->weight));
}

TEST_F(TiedTest, a_resumed_run_computes_the_same_bits) {
  Tied model;
  optim::Adam adam(model->parameters(), 0.1);
  step(model, adam);
  Checkpoint checkpoint(path("run"));
  checkpoint.add("model", model).add("optimizer", adam);
  checkpoint.save(1);
  step(model, adam);

  Tied again;
  optim::Adam adam_again(again->parameters(), 0.1);
  Checkpoint resumed(path("run"));
  resumed.add("model", again).add("optimizer", adam_again);
  resumed.resume();
  step(again, adam_again);
  const auto expected = nn::state_dict(*model);
  for (const auto& [name, tensor] : nn::state_dict(*again)) EXPECT_TRUE(tensor.equal(expected.at(name))) << name;
  EXPECT_TRUE(again->head->weight.is_same(again->embedding->weight));
}

TEST_F(TiedTest, a_file_of_pytorch_loads_and_lists_the_same_names) {
  const Value file = load_value(XGRAD_GOLDEN_DIR "/pytorch/tied.pt");
  Tied model;
  nn::load_state_dict(*model, named_tensors(file.at("state")));
  model->eval();
  EXPECT_TRUE(model(tokens).allclose(file.at("output").to_tensor(), 1e-4, 1e-5))
      << model(tokens) << file.at("output").to_tensor();
  const auto names = [&](const char* key) {
    std::vector<std::string> result;
    for (const Value& name : file.at(key).list()) result.push_back(name.to_string());
    return result;
  };
  EXPECT_EQ(model->named_parameters().keys(), names("parameters"));
  EXPECT_EQ(model->named_buffers().keys(), names("buffers"));
  EXPECT_EQ(model->named_modules().keys(), names("modules"));
}

/// Two tables for lookup that are one, tied in reset(), and a third use of it that may ask for all rows.
struct TiedTablesImpl : nn::Cloneable<TiedTablesImpl> {
  TiedTablesImpl() { reset(); }
  void reset() override {
    questions = register_module("questions", nn::Embedding(nn::EmbeddingOptions(6, 3).sparse(true)));
    answers = register_parameter("answers", questions->weight);
  }
  Tensor forward(const Tensor& asked, const Tensor& answered) {
    return (questions(asked) * embedding(answers, answered, -1, false, true)).sum(1);
  }
  nn::Embedding questions{nullptr};
  Tensor answers;
};
XGRAD_MODULE(TiedTables);

TEST_F(TiedTest, sparse_adam_steps_the_rows_of_tied_tables_once) {
  TiedTables model;
  ASSERT_EQ(model->parameters().size(), 1U);
  // One table that is looked up twice, by operations alone.
  const Tensor table = model->questions->weight.detach().clone().requires_grad_();
  optim::SparseAdam optimizer(model->parameters(), 0.1);
  optim::SparseAdam expected(std::vector<Tensor>{table}, 0.1);
  const Tensor unused = table.detach().clone().select(0, 5).clone();
  for (std::int64_t i = 0; i < 20; ++i) {
    const Tensor asked = tensor({i % 3, (i + 1) % 4});
    const Tensor answered = tensor({(i + 2) % 5, i % 2});
    optimizer.zero_grad();
    expected.zero_grad();
    (model(asked, answered) - 1).square().mean().backward();
    ((embedding(table, asked, -1, false, true) * embedding(table, answered, -1, false, true)).sum(1) - 1)
        .square()
        .mean()
        .backward();
    optimizer.step();
    expected.step();
    ASSERT_TRUE(model->answers.equal(table)) << "step " << i;
  }
  EXPECT_TRUE(model->answers.is_same(model->questions->weight));
  EXPECT_TRUE(table.select(0, 5).equal(unused));
  EXPECT_EQ(optimizer.state_dict().at("state").at(0).at("step").to_int(), 20);
}

TEST_F(TiedTest, sparse_adam_refuses_a_table_that_is_tied_to_a_dense_layer_and_changes_nothing) {
  TiedTables model;
  optim::SparseAdam optimizer(model->parameters(), 0.1);
  const Tensor before = model->answers.detach().clone();
  const auto all_rows = [&] { return model(tensor({0, 1}), tensor({2, 3})).sum() + model->answers.square().sum(); };
  all_rows().backward();
  EXPECT_THAT([&] { optimizer.step(); }, ThrowsMessage<ValueError>(HasSubstr("sparse(true)")));
  EXPECT_TRUE(model->answers.equal(before));
  // Another optimizer takes both kinds of gradient together.
  optim::Adam adam(model->parameters(), 0.1);
  adam.step();
  EXPECT_FALSE(model->answers.select(0, 5).equal(before.select(0, 5)));
}

/// Has a list of layers, of which its clones draw the values anew in reset().
struct DrawnAnewImpl : nn::Cloneable<DrawnAnewImpl> {
  DrawnAnewImpl() {
    given->push_back(nn::Linear(2, 2));
    more->append(ones({3}));
    reset();
  }
  void reset() override {
    const bool cloning = !list.is_empty();
    list = register_module("list", cloning ? as<nn::ModuleListImpl>(*given) : given);
    extra = register_module("extra", cloning ? as<nn::ParameterListImpl>(*more) : more);
    const NoGradGuard no_grad;
    for (const Tensor& parameter : parameters()) parameter.uniform_();
  }
  template <class Impl>
  static nn::ModuleHolder<Impl> as(const Impl& module) {
    return nn::ModuleHolder<Impl>(std::dynamic_pointer_cast<Impl>(module.clone()));
  }
  nn::ModuleList given;
  nn::ParameterList more;
  nn::ModuleHolder<nn::ModuleListImpl> list{nullptr};
  nn::ModuleHolder<nn::ParameterListImpl> extra{nullptr};
};
XGRAD_MODULE(DrawnAnew);

template <class Holder>
void expect_clones_equal(const Holder& model) {
  const auto first = model->clone();
  const auto second = first->clone();
  for (const auto& item : model->named_parameters()) {
    for (const auto& clone : {first, second}) {
      const Tensor copy = clone->named_parameters()[item.key()];
      EXPECT_TRUE(copy.equal(item.value())) << item.key();
      EXPECT_NE(copy.impl(), item.value().impl()) << item.key();
    }
  }
}

TEST_F(TiedTest, clones_have_the_values_also_where_reset_clones_and_draws_anew) {
  expect_clones_equal(DrawnAnew());
  const nn::TransformerEncoder encoder(nn::TransformerEncoderLayer(4, 2), 1);
  expect_clones_equal(nn::Transformer(nn::TransformerOptions(4, 2, 1, 1).custom_encoder(nn::AnyModule(encoder))));
  const nn::TransformerDecoder decoder(nn::TransformerDecoderLayer(4, 2), 1);
  expect_clones_equal(nn::Transformer(nn::TransformerOptions(4, 2, 1, 1).custom_decoder(nn::AnyModule(decoder))));
}

}  // namespace
}  // namespace xgrad
