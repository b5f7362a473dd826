#include "autograd/ops/argument_forms.h"

#include <array>
#include <cmath>

#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

TEST(ArgumentForms, a_number_and_a_tensor_are_two_tensors) {
  const Tensor x = tensor({1, 2, 5, 12});
  const Tensor three = tensor(3);
  EXPECT_TRUE(equal(bitwise_and(3, x), bitwise_and(three, x)));
  EXPECT_TRUE(equal(bitwise_or(3, x), bitwise_or(three, x)));
  EXPECT_TRUE(equal(bitwise_xor(3, x), bitwise_xor(three, x)));
  EXPECT_TRUE(equal(bitwise_left_shift(3, x), tensor({6, 12, 96, 12288})));
  EXPECT_TRUE(equal(bitwise_right_shift(96, x), tensor({48, 24, 3, 0})));
  EXPECT_TRUE(equal(remainder(7, x), tensor({0, 1, 2, 7})));
  EXPECT_EQ(remainder(7, x.to(kInt32)).scalar_type(), kInt32);
  EXPECT_TRUE(equal(remainder(0.1, tensor({0.03}, kFloat64)), tensor({std::fmod(0.1, 0.03)}, kFloat64)));
  EXPECT_TRUE(equal(float_power(2, x), tensor({2.0, 4.0, 32.0, 4096.0}, kFloat64)));
  EXPECT_NEAR(special_zeta(2, tensor({1.0}, kFloat64)).item<double>(), 1.6449340668482264, 1e-12);
  EXPECT_NEAR(special_zeta(tensor({2.0}, kFloat64), 1).item<double>(), 1.6449340668482264, 1e-12);
  EXPECT_TRUE(equal(rsub(x, 10, 2), tensor({8, 6, 0, -14})));
  EXPECT_TRUE(equal(rsub(x, x * 10, 2), x * 8));
}

TEST(ArgumentForms, parameters_may_be_scalars) {
  const Tensor x = linspace(-3, 3, 13);
  const Scalar half = 0.5;
  EXPECT_TRUE(equal(celu(x, half), celu(x, 0.5)));
  EXPECT_TRUE(equal(elu(x, half), elu(x, 0.5)));
  EXPECT_TRUE(equal(hardshrink(x, half), hardshrink(x, 0.5)));
  EXPECT_TRUE(equal(x.hardshrink(half), hardshrink(x, 0.5)));
  EXPECT_TRUE(equal(softshrink(x, half), softshrink(x, 0.5)));
  EXPECT_TRUE(equal(leaky_relu(x, half), leaky_relu(x, 0.5)));
  EXPECT_TRUE(equal(hardtanh(x, Scalar(-1), half), hardtanh(x, -1, 0.5)));
  EXPECT_TRUE(equal(softplus(x, half, Scalar(20)), softplus(x, 0.5, 20)));
  EXPECT_TRUE(equal(threshold(x, half, Scalar(-2)), threshold(x, 0.5, -2)));
  EXPECT_TRUE(equal(rrelu(x, half, half), leaky_relu(x, 0.5)));
  Tensor y = x.clone();
  EXPECT_TRUE(equal(gelu_(y, "tanh"), gelu(x, "tanh")));
  y = x.clone();
  EXPECT_TRUE(equal(elu_(y, half), elu(x, 0.5)));
  EXPECT_TRUE(equal(fill_(y, tensor(2.5)), full_like(x, 2.5)));
}

TEST(ArgumentForms, elu_scales_its_result_and_its_input) {
  const Tensor x = tensor({-1000.0, -1.0, -1e-3, 0.0, 1.0, 1000.0}, TensorOptions(kFloat64).requires_grad(true));
  const Tensor y = elu(x, 1.5, 2.0, 0.5);
  EXPECT_TRUE(allclose(y, tensor({-3.0, 3 * std::expm1(-0.5), 3 * std::expm1(-0.5e-3), 0.0, 2.0, 2000.0}, kFloat64)));
  y.sum().backward();
  EXPECT_TRUE(allclose(x.grad(), tensor({0.0, 1.5 * std::exp(-0.5), 1.5 * std::exp(-0.5e-3), 1.5, 2.0, 2.0}, kFloat64)));
  autograd::gradcheck([](const TensorList& in) { return elu(in[0], 1.5, 2.0, 0.5); },
                      {tensor({-2.0, -0.5, 0.7}, TensorOptions(kFloat64).requires_grad(true))});
}

TEST(ArgumentForms, bounds_may_be_tensors) {
  const Tensor x = linspace(-2, 2, 5);
  const Tensor low = full({}, -1.0);
  const Tensor high = tensor({0.0, 0.0, 1.0, 1.0, 1.0});
  EXPECT_TRUE(equal(clip(x, low, high), x.clamp(low, high)));
  Tensor y = x.clone();
  EXPECT_TRUE(equal(clamp_(y, low, high), x.clamp(low, high)));
  y = x.clone();
  EXPECT_TRUE(equal(clamp_max_(y, high), x.clamp_max(high)));
  y = x.clone();
  EXPECT_TRUE(equal(clamp_min_(y, low), x.clamp_min(low)));
  y = x * 0.37;
  EXPECT_TRUE(equal(round_(y, 1), round(x * 0.37, 1)));
  EXPECT_TRUE(equal(divide(x, 3, "floor"), x.div(3, "floor")));
}

TEST(ArgumentForms, what_may_be_left_out) {
  const Tensor x = tensor({{0, 1, 2}, {0, 0, 3}});
  EXPECT_TRUE(equal(count_nonzero(x, std::optional<std::int64_t>(1)), tensor({2, 1})));
  EXPECT_EQ(x.count_nonzero(std::nullopt).item<int>(), 3);
  EXPECT_TRUE(equal(std::get<0>(sort(x, std::optional<bool>(true), 1, true)), tensor({{2, 1, 0}, {3, 0, 0}})));
  EXPECT_TRUE(equal(x.slice(), x));
  EXPECT_TRUE(equal(x.narrow(1, tensor(1), 2), x.narrow(1, 1, 2)));
  EXPECT_THROW(x.narrow(1, tensor({1}), 2), ShapeError);
  EXPECT_THROW(x.narrow(1, tensor(1.0), 2), TypeError);
  EXPECT_TRUE(equal(x.gather(1, x.clamp_max(1), true), x.gather(1, x.clamp_max(1))));
  EXPECT_TRUE(equal(x.expand({2, 2, 3}, true), x.expand({2, 2, 3})));
  EXPECT_TRUE(equal(x.repeat_interleave(2, 0, 4), x.repeat_interleave(2, 0)));
  EXPECT_THROW(x.repeat_interleave(2, 0, 5), ShapeError);
  const Tensor y = x.to(kFloat64);
  EXPECT_TRUE(equal(y.norm(std::nullopt, {1}), y.norm(2, {1})));
  EXPECT_TRUE(equal(gradient(y, ArrayRef<Scalar>{0.5, 2.0})[1], gradient(y, 2.0, 1)[0]));
  EXPECT_THROW(gradient(y, ArrayRef<Scalar>{0.5}), ValueError);
}

TEST(ArgumentForms, padding_by_the_name_of_its_mode) {
  const Tensor x = arange(6, kFloat32).view({1, 2, 3});
  EXPECT_TRUE(equal(pad(x, {1, 2}, "constant", 2.5), pad(x, {1, 2}, PadMode::Constant, 2.5)));
  EXPECT_TRUE(equal(pad(x, {1, 2}, "reflect"), pad(x, {1, 2}, PadMode::Reflect)));
  EXPECT_TRUE(equal(pad(x, {1, 2}, "circular"), pad(x, {1, 2}, PadMode::Circular)));
  EXPECT_TRUE(equal(reflection_pad1d(x, {1, 2}), pad(x, {1, 2}, PadMode::Reflect)));
  EXPECT_TRUE(equal(replication_pad1d(x, {1, 2}), pad(x, {1, 2}, PadMode::Replicate)));
  EXPECT_TRUE(equal(constant_pad_nd(x, {1, 2}, 3), pad(x, {1, 2}, PadMode::Constant, 3)));
  EXPECT_THROW(pad(x, {1, 2}, "mirror"), ValueError);
  EXPECT_THROW(pad(x, {1, 2}, "reflect", 1.0), ValueError);
  EXPECT_THROW(reflection_pad1d(x, {1, 2, 0, 0}), ValueError);
}

TEST(ArgumentForms, a_real_tensor_of_the_cpu_is_nothing_else) {
  const Tensor x = rand({2, 3});
  EXPECT_FALSE(x.is_complex() || x.is_conj() || x.is_neg() || x.is_pinned() || x.is_sparse() || x.is_quantized() ||
               x.is_meta() || x.is_mkldnn() || x.is_distributed() || x.has_names());
  EXPECT_FALSE(is_complex(x) || is_conj(x) || is_neg(x));
  EXPECT_TRUE(x.conj().is_same(x) && x.pin_memory().is_same(x) && x.resolve_conj().is_same(x) &&
              x.conj_physical_().is_same(x));
}

TEST(ArgumentForms, memory_is_row_major) {
  const Tensor x = rand({2, 3}).t();
  EXPECT_TRUE(x.contiguous(MemoryFormat::Contiguous).is_contiguous(MemoryFormat::Contiguous));
  EXPECT_TRUE(equal(x.clone(MemoryFormat::Preserve), x));
  EXPECT_EQ(empty_like(x, kInt32, MemoryFormat::Contiguous).sizes(), x.sizes());
  EXPECT_EQ(x.suggest_memory_format(), MemoryFormat::Contiguous);
  EXPECT_FALSE(rand({1, 2, 3, 4}).is_contiguous(MemoryFormat::ChannelsLast));
  EXPECT_THROW(x.contiguous(MemoryFormat::ChannelsLast), ValueError);
  EXPECT_THROW(x.clone(MemoryFormat::ChannelsLast), ValueError);
  EXPECT_THROW(x.to(kFloat64, false, false, MemoryFormat::ChannelsLast3d), ValueError);
  EXPECT_THROW(empty({1}, kFloat32, MemoryFormat::ChannelsLast), ValueError);
  EXPECT_THROW(rand_like(x, kFloat32, MemoryFormat::ChannelsLast), ValueError);
}

TEST(ArgumentForms, memory_is_seen_as_another_dtype) {
  const Tensor x = tensor({{1.0, -2.0}, {0.5, 0.0}});
  const Tensor bits = x.view(kInt32);
  EXPECT_TRUE(equal(bits, tensor({{0x3F800000, static_cast<int>(0xC0000000)}, {0x3F000000, 0}}, kInt32)));
  bits.select(0, 1).fill_(0x40400000);
  EXPECT_TRUE(equal(x, tensor({{1.0, -2.0}, {3.0, 3.0}})));
  EXPECT_EQ(x.view(kUInt8).sizes(), IntArrayRef({2, 8}));
  EXPECT_EQ(x.view(kFloat64).sizes(), IntArrayRef({2, 1}));
  EXPECT_TRUE(equal(x.view(kUInt8).view(kFloat32), x));
  EXPECT_TRUE(equal(x.t().view(kInt32), x.view(kInt32).t()));
  EXPECT_THROW(x.t().view(kUInt8), ShapeError);
  EXPECT_THROW(rand({3}).view(kFloat64), ShapeError);
  EXPECT_THROW(rand({4}).slice(0, 1, 3).view(kFloat64), ShapeError);
  EXPECT_THROW(rand({}).view(kUInt8), ShapeError);
  EXPECT_THROW(x.view(kBool), TypeError);
}

TEST(ArgumentForms, weights_of_observations) {
  const Tensor x = tensor({{1.0, 2.0, 4.0}, {0.0, 5.0, -1.0}}, kFloat64);
  const Tensor counts = tensor({2, 1, 3});
  const Tensor repeated = x.repeat_interleave(counts, 1);
  EXPECT_TRUE(allclose(cov(x, 1, counts), cov(repeated)));
  // numpy.cov(x, fweights=[2, 1, 3], aweights=[0.5, 1, 2])
  EXPECT_TRUE(allclose(x.cov(1, counts, tensor({0.5, 1.0, 2.0}, kFloat64)),
                       tensor({{1.56435644, -1.68316832}, {-1.68316832, 4.89108911}}, kFloat64), 1e-8));
  EXPECT_THROW(cov(x, 1, tensor({1, 2})), ShapeError);
  EXPECT_THROW(cov(x, 1, tensor({1, -2, 3})), ValueError);
  EXPECT_THROW(cov(x, 1, tensor({1.0, 2.0, 3.0})), TypeError);
}

TEST(ArgumentForms, parts_of_a_flat_vector_have_the_shapes_of_tensors) {
  const Tensor a = rand({2, 3});
  const Tensor b = rand({});
  const TensorList parts = unflatten_dense_tensors(flatten_dense_tensors({a, b}), {a, b});
  EXPECT_TRUE(equal(parts[0], a) && equal(parts[1], b));
  EXPECT_THROW(unflatten_dense_tensors(rand({6}), {a, b}), ShapeError);
}

TEST(ArgumentForms, dropped_features_are_dropped_as_a_whole) {
  const Tensor y = feature_dropout(ones({20, 10, 4}), 0.5, true);
  EXPECT_TRUE(equal(y, y.select(2, 0).unsqueeze(2).expand({20, 10, 4})));
  EXPECT_TRUE(((y == 0) | (y == 2)).all().item<bool>());
  EXPECT_TRUE(y.eq(0).any().item<bool>() && y.eq(2).any().item<bool>());
  Tensor x = ones({2, 3});
  EXPECT_TRUE(equal(feature_dropout_(x, 0.5, false), ones({2, 3})));
  EXPECT_THROW(feature_dropout(ones({3}), 0.5, true), ShapeError);
  EXPECT_THROW(feature_dropout(ones({3, 2}), 1.5, true), ValueError);
}

TEST(ArgumentForms, cells_take_their_weights_one_by_one) {
  manual_seed(0);
  const Tensor x = rand({2, 3});
  const Tensor h = rand({2, 4});
  const auto weights = [](std::int64_t gates) {
    return recurrent::RecurrentWeights{rand({gates * 4, 3}), rand({gates * 4, 4}), rand({gates * 4}), rand({gates * 4})};
  };
  const auto of_gru = weights(3);
  EXPECT_TRUE(
      equal(gru_cell(x, h, of_gru.weight_ih, of_gru.weight_hh, of_gru.bias_ih, of_gru.bias_hh), gru_cell(x, h, of_gru)));
  const auto of_rnn = weights(1);
  EXPECT_TRUE(equal(rnn_tanh_cell(x, h, of_rnn.weight_ih, of_rnn.weight_hh),
                    rnn_tanh_cell(x, h, {of_rnn.weight_ih, of_rnn.weight_hh, {}, {}})));
  const auto of_lstm = weights(4);
  const auto [out, state] = lstm_cell(x, {h, h * 2}, of_lstm.weight_ih, of_lstm.weight_hh, of_lstm.bias_ih, of_lstm.bias_hh);
  const auto [same_out, same_state] = lstm_cell(x, std::make_tuple(h, h * 2), of_lstm);
  EXPECT_TRUE(equal(out, same_out) && equal(state, same_state));
  EXPECT_THROW(lstm_cell(x, {h}, of_lstm.weight_ih, of_lstm.weight_hh), ValueError);
}

TEST(ArgumentForms, convolution_is_forwards_or_transposed) {
  const Tensor x = rand({2, 3, 7});
  const Tensor weight = rand({3, 4, 3});
  EXPECT_TRUE(equal(convolution(x, weight, {}, 2, 1, 1, true, 1, 1), conv_transpose1d(x, weight, {}, 2, 1, 1)));
  EXPECT_TRUE(
      equal(convolution(x, weight.transpose(0, 1), {}, 2, 1, 1, false, 0, 1), conv1d(x, weight.transpose(0, 1), {}, 2, 1)));
  EXPECT_THROW(convolution(x, weight.transpose(0, 1), {}, 1, 0, 1, false, 1, 1), ValueError);
}

}  // namespace xgrad::test
