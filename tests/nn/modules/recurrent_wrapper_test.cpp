#include "nn/modules/recurrent_wrapper.h"

#include "autograd/autograd.h"
#include "nn/modules/recurrent_cells.h"
#include "nn/modules/rnn.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

namespace rnn = nn::utils::rnn;

/// An Elman cell as a user writes one, of the weights of a layer that has kernels of its own.
struct ElmanCellImpl : nn::RecurrentCellModule {
  explicit ElmanCellImpl(const nn::RNN& layer) {
    for (const auto& item : layer->named_parameters()) register_parameter(item.key(), item.value().detach().clone());
  }
  TensorList first_states(std::int64_t batch, TensorOptions options) const override { return {zeros({batch, 3}, options)}; }
  TensorList step(const Tensor& x, const TensorList& states) override {
    auto parameters = named_parameters();
    return {tanh(linear(x, parameters["weight_ih_l0"], parameters["bias_ih_l0"]) +
                 linear(states[0], parameters["weight_hh_l0"], parameters["bias_hh_l0"]))};
  }
};
XGRAD_MODULE(ElmanCell);

template <class Holder>
void check_cell(const Holder& cell) {
  cell->to(kFloat64);
  nn::RecurrentWrapper wrapper(cell);
  const Tensor x = randn({3, 2, 4}, TensorOptions(kFloat64).requires_grad(true));
  TensorList inputs = cell->parameters();
  inputs.push_back(x);
  const std::function<Tensor(const TensorList&)> run = [&](const TensorList& in) {
    return std::get<0>(wrapper->forward(in.back())).sum({0});
  };
  EXPECT_NO_THROW(autograd::gradcheck(run, inputs));
  // A clone computes the same, with parameters of its own.
  const auto clone = std::dynamic_pointer_cast<nn::RecurrentWrapperImpl>(wrapper->clone());
  EXPECT_TRUE(equal(std::get<0>(clone->forward(x)).detach(), std::get<0>(wrapper->forward(x)).detach()));
  EXPECT_EQ(clone->named_parameters().keys(), wrapper->named_parameters().keys());
  EXPECT_FALSE(clone->parameters()[0].is_same(wrapper->parameters()[0]));
}

}  // namespace

TEST(RecurrentWrapper, runs_a_users_cell_as_the_layer_runs_padded_and_packed) {
  const nn::RNN layer(nn::RNNOptions(2, 3));
  const nn::RecurrentWrapper wrapper{ElmanCell(layer)};
  const Tensor x = randn({5, 4, 2});
  const Tensor first = randn({1, 4, 3});
  const auto [expected, last] = layer->forward(x, first);
  const auto [outputs, states] = wrapper->forward(x, {first[0]});
  EXPECT_TRUE(close(expected.detach(), outputs.detach(), 1e-5));
  EXPECT_TRUE(close(last[0].detach(), states[0].detach(), 1e-5));
  const auto packed = rnn::pack_padded_sequence(x, tensor({2, 5, 1, 3}), false, false);
  const auto [packed_expected, packed_last] = layer->forward_with_packed_input(packed, first);
  const auto [packed_outputs, packed_states] = wrapper->forward_with_packed_input(packed, {first[0]});
  EXPECT_TRUE(close(packed_expected.data().detach(), packed_outputs.data().detach(), 1e-5));
  EXPECT_TRUE(close(packed_last[0].detach(), packed_states[0].detach(), 1e-5));
}

TEST(RecurrentWrapper, runs_packed_sequences_from_their_ends) {
  const nn::RNN layer(nn::RNNOptions(2, 3));
  const nn::RecurrentWrapper backwards(ElmanCell(layer), nn::RecurrentWrapperOptions().reverse(true));
  const nn::RecurrentWrapper forwards{ElmanCell(layer)};
  const TensorList sequences{randn({4, 2}), randn({2, 2})};
  const auto [outputs, states] = backwards->forward_with_packed_input(rnn::pack_sequence(sequences));
  for (std::int64_t i = 0; i < 2; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const auto [alone, last] = forwards->forward(sequences[index].flip({0}).unsqueeze(1));
    EXPECT_TRUE(close(alone.select(1, 0).flip({0}).detach(), rnn::unpack_sequence(outputs)[index].detach(), 1e-5));
    EXPECT_TRUE(close(last[0][0].detach(), states[0][i].detach(), 1e-5));
  }
}

TEST(RecurrentWrapper, gradients_of_cells_agree_with_finite_differences) {
  check_cell(nn::LayerNormLSTMCell(4, 3));
  check_cell(nn::PeepholeLSTMCell(4, 3));
  check_cell(nn::MinimalGatedCell(4, 3));
}

TEST(RecurrentWrapper, variational_dropout_drops_the_same_at_all_steps) {
  const nn::RNN layer(nn::RNNOptions(40, 3));
  nn::RecurrentWrapper wrapper(ElmanCell(layer), nn::RecurrentWrapperOptions().input_dropout(0.5));
  const Tensor x = ones({6, 1, 40}).requires_grad_();
  const Tensor gradient = autograd::grad({std::get<0>(wrapper->forward(x)).sum()}, {x})[0];
  const Tensor dropped = gradient.eq(0);
  EXPECT_TRUE(dropped.any().item<bool>());
  EXPECT_TRUE(equal(dropped, dropped.narrow(0, 0, 1).expand({6, 1, 40})));
  wrapper->eval();
  EXPECT_FALSE(autograd::grad({std::get<0>(wrapper->forward(x)).sum()}, {x})[0].eq(0).any().item<bool>());
}

TEST(RecurrentWrapper, zoneout_keeps_states) {
  const nn::RNN layer(nn::RNNOptions(2, 3));
  nn::RecurrentWrapper wrapper(ElmanCell(layer), nn::RecurrentWrapperOptions().zoneout(0.6));
  const Tensor first = full({500, 3}, 7.0, kFloat32);
  const auto [outputs, states] = wrapper->forward(randn({1, 500, 2}), {first});
  EXPECT_NEAR(outputs.eq(7).to(kFloat32).mean().item<double>(), 0.6, 0.06);
  wrapper->eval();
  const Tensor x = randn({1, 500, 2});
  const Tensor plain = std::get<0>(nn::RecurrentWrapper(ElmanCell(layer))->forward(x, {first}));
  EXPECT_TRUE(close(std::get<0>(wrapper->forward(x, {first})).detach(), (plain * 0.4 + 7 * 0.6).detach(), 1e-5));
}

TEST(RecurrentWrapper, takes_a_batch_without_sequences) {
  nn::RecurrentWrapper lstm(nn::LayerNormLSTMCell(2, 3), nn::RecurrentWrapperOptions().zoneout(0.1).input_dropout(0.2));
  const auto [output, states] = lstm->forward(ones({4, 0, 2}));
  EXPECT_EQ(output.sizes(), IntArrayRef({4, 0, 3}));
  EXPECT_EQ(states.at(1).sizes(), IntArrayRef({0, 3}));
  output.sum().backward();
  for (const Tensor& parameter : lstm->parameters()) EXPECT_TRUE(equal(parameter.grad(), zeros_like(parameter)));
  EXPECT_THROW(lstm->forward(ones({0, 4, 2})), ShapeError);
}

TEST(RecurrentWrapper, rejects_bad_input) {
  EXPECT_THROW(nn::RecurrentWrapper(std::shared_ptr<nn::RecurrentCellModule>()), ValueError);
  EXPECT_THROW(nn::RecurrentWrapper(nn::MinimalGatedCell(2, 3), nn::RecurrentWrapperOptions().zoneout(1)), ValueError);
  EXPECT_THROW(nn::MinimalGatedCell(0, 3), ValueError);
  nn::RecurrentWrapper wrapper{nn::MinimalGatedCell(2, 3)};
  EXPECT_THROW(wrapper->forward(ones({4, 2})), ShapeError);
  EXPECT_THROW(wrapper->forward(ones({4, 3, 2}), {zeros({5, 3})}), ShapeError);
  EXPECT_THROW(wrapper->forward(ones({4, 3, 2}), {zeros({3, 3}), zeros({3, 3})}), ValueError);
  const auto packed = nn::utils::rnn::pack_sequence({ones({4, 2}), ones({3, 2})});
  EXPECT_THROW(wrapper->forward_with_packed_input(packed, {zeros({3, 3})}), ShapeError);
}

}  // namespace xgrad::test
