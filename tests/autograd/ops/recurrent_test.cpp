#include "autograd/ops/recurrent.h"

#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <array>
#include <functional>
#include <thread>
#include <vector>

#include "autograd/graph/record.h"

namespace xgrad {
namespace {

const std::vector<RecurrentCell> every_cell{RecurrentCell::RnnTanh, RecurrentCell::RnnRelu, RecurrentCell::Lstm,
                                            RecurrentCell::Gru};

RecurrentWeights random_weights(RecurrentCell cell, std::int64_t input, std::int64_t hidden) {
  const auto options = TensorOptions(kFloat64).requires_grad(true);
  const std::int64_t rows = gates_of(cell) * hidden;
  return {randn({rows, input}, options), randn({rows, hidden}, options), randn({rows}, options), randn({rows}, options)};
}

/// Each layer kind, in double precision: gradients of the fused operation, and gradients of gradients.
TEST(RecurrentGradcheckTest, layers_pass_gradcheck_and_gradgradcheck) {
  for (const RecurrentCell cell : {RecurrentCell::RnnTanh, RecurrentCell::Lstm, RecurrentCell::Gru}) {
    for (const bool reverse : {false, true}) {
      manual_seed(7);
      const std::int64_t gates = gates_of(cell);
      const auto options = TensorOptions(kFloat64).requires_grad(true);
      const Tensor batch_sizes = tensor({3, 2, 2});
      TensorList inputs{randn({7, 3}, options),         randn({3, 2}, options),      randn({gates * 2, 3}, options),
                        randn({gates * 2, 2}, options), randn({gates * 2}, options), randn({gates * 2}, options)};
      if (cell == RecurrentCell::Lstm) inputs.push_back(randn({3, 2}, options));
      const auto layer = [&](const TensorList& in) {
        const RecurrentResult result = recurrent_layer(cell, in[0], batch_sizes, in[1], in.size() > 6 ? in[6] : Tensor(),
                                                       {in[2], in[3], in[4], in[5]}, reverse);
        TensorList outputs{result.output, result.h_n};
        if (result.c_n.defined()) outputs.push_back(result.c_n);
        return outputs;
      };
      EXPECT_TRUE(autograd::gradcheck(std::function<TensorList(const TensorList&)>(layer), inputs));
      EXPECT_TRUE(autograd::gradgradcheck(std::function<TensorList(const TensorList&)>(layer), inputs));
    }
  }
}

/// The fused kernels against the composition of cells, for sizes around whole vectors and blocks.
TEST(RecurrentKernelTest, fused_layers_equal_the_composition_of_cells) {
  for (const RecurrentCell cell : every_cell) {
    for (const std::int64_t hidden : {1, 7, 8, 16, 19, 50}) {
      for (const bool reverse : {false, true}) {
        manual_seed(8);
        const std::int64_t gates = gates_of(cell);
        const std::int64_t input = hidden + 3;
        const auto options = TensorOptions(kFloat64).requires_grad(true);
        const Tensor batch_sizes = tensor({19, 17, 12, 12, 5, 1});
        const TensorList in{randn({66, input}, options),
                            randn({19, hidden}, options),
                            randn({19, hidden}, options),
                            randn({gates * hidden, input}, options),
                            randn({gates * hidden, hidden}, options),
                            randn({gates * hidden}, options),
                            randn({gates * hidden}, options)};
        const auto run = [&](auto layer) {
          const RecurrentResult result =
              layer(cell, in[0], batch_sizes, in[1], in[2], {in[3], in[4], in[5], in[6]}, reverse);
          TensorList outputs{result.output, result.h_n};
          if (result.c_n.defined()) outputs.push_back(result.c_n);
          Tensor sum = (result.output * result.output).sum() + result.h_n.sum();
          if (result.c_n.defined()) sum = sum + (result.c_n * 0.3).sum();
          for (Tensor& gradient : autograd::grad({sum}, in, {}, std::nullopt, false, true)) outputs.push_back(gradient);
          return outputs;
        };
        const TensorList fused = run(recurrent_layer);
        const TensorList composed = run(recurrent_layer_composed);
        ASSERT_EQ(fused.size(), composed.size());
        for (std::size_t i = 0; i < fused.size(); ++i) {
          ASSERT_EQ(fused[i].defined(), composed[i].defined());
          if (!fused[i].defined()) continue;
          EXPECT_TRUE(fused[i].allclose(composed[i], 1e-10, 1e-10)) << "hidden " << hidden << " result " << i;
        }
      }
    }
  }
}

/// Hidden sizes whose gates would alias in the cache are laid out with a gap.
TEST(RecurrentKernelTest, layers_of_64_and_128_equal_the_composition_of_cells) {
  for (const RecurrentCell cell : every_cell) {
    for (const std::int64_t hidden : {64, 128}) {
      manual_seed(9);
      const Tensor x = randn({22, 5}, kFloat64).requires_grad_();
      const RecurrentWeights weights = random_weights(cell, 5, hidden);
      const Tensor batch_sizes = tensor({9, 9, 4});
      const auto run = [&](auto layer) {
        const RecurrentResult result = layer(cell, x, batch_sizes, Tensor(), Tensor(), weights, false);
        TensorList all = autograd::grad({result.output.square().sum()}, {x, weights.weight_ih, weights.weight_hh});
        all.push_back(result.output);
        return all;
      };
      const TensorList fused = run(recurrent_layer);
      const TensorList composed = run(recurrent_layer_composed);
      for (std::size_t i = 0; i < fused.size(); ++i) EXPECT_TRUE(fused[i].allclose(composed[i], 1e-10, 1e-10)) << i;
    }
  }
}

TEST(RecurrentInitialStateTest, an_undefined_state_is_zero_forward_and_backward) {
  for (const RecurrentCell cell : every_cell) {
    for (const bool reverse : {false, true}) {
      manual_seed(10);
      const Tensor x = randn({11, 4}, kFloat64).requires_grad_();
      const RecurrentWeights weights = random_weights(cell, 4, 5);
      const Tensor batch_sizes = tensor({5, 3, 2, 1});
      const Tensor zero = zeros({5, 5}, kFloat64);
      const auto run = [&](const Tensor& initial) {
        const RecurrentResult result = recurrent_layer(cell, x, batch_sizes, initial, initial, weights, reverse);
        TensorList all = autograd::grad({(result.output * result.output).sum() + result.h_n.sum()},
                                        {x, weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh});
        all.insert(all.end(), {result.output, result.h_n});
        return all;
      };
      const TensorList without = run(Tensor());
      const TensorList with = run(zero);
      for (std::size_t i = 0; i < with.size(); ++i) EXPECT_TRUE(without[i].equal(with[i])) << "result " << i;
    }
  }
}

/// Backward that keeps no graph overwrites the gates that forward kept.
class RecurrentMemoryTest : public testing::Test {
 protected:
  TensorList inputs() const { return {x, weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh}; }
  Tensor loss(RecurrentCell cell) {
    manual_seed(13);
    x = randn({30, 4}, kFloat64).requires_grad_();
    weights = random_weights(cell, 4, 21);
    return recurrent_layer(cell, x, tensor({13, 11, 6}), Tensor(), Tensor(), weights).output.square().sum();
  }

  Tensor x;
  RecurrentWeights weights;
};

TEST_F(RecurrentMemoryTest, gradients_have_the_same_bits_whether_the_graph_is_kept_or_not) {
  for (const RecurrentCell cell : every_cell) {
    const Tensor sum = loss(cell);
    const TensorList kept = autograd::grad({sum}, inputs(), {}, true);
    const TensorList again = autograd::grad({sum}, inputs(), {}, true);
    const TensorList last = autograd::grad({sum}, inputs());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      EXPECT_TRUE(kept[i].equal(again[i])) << i;
      EXPECT_TRUE(kept[i].equal(last[i])) << i;
    }
    EXPECT_THROW(autograd::grad({sum}, inputs()), GraphError);
  }
}

TEST_F(RecurrentMemoryTest, a_backward_inside_of_another_keeps_what_it_is_told_to_keep) {
  const Tensor inner = loss(RecurrentCell::Lstm);
  const TensorList expected = autograd::grad({inner}, inputs(), {}, true);
  const Tensor outer = ones({1}, kFloat64).requires_grad_();
  const Tensor result = outer * 2;
  result.register_hook([&](const Tensor&) {
    autograd::grad({inner}, inputs(), {}, true);
    return Tensor();
  });
  result.backward();
  const TensorList after = autograd::grad({inner}, inputs());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_TRUE(expected[i].equal(after[i])) << i;
}

/// Anomaly mode stops after the layer's gradient was computed, and before the engine drops what the layer saved.
TEST_F(RecurrentMemoryTest, a_backward_that_failed_halfway_is_not_repeated_on_overwritten_gates) {
  loss(RecurrentCell::Lstm);
  {  // a feature that has no weight, and whose weight has a gradient beyond all numbers
    const NoGradGuard guard;
    x.select(1, 0).fill_(1e300);
    weights.weight_ih.select(1, 0).fill_(0);
  }
  const RecurrentResult result = recurrent_layer(RecurrentCell::Lstm, x, tensor({13, 11, 6}), Tensor(), Tensor(), weights);
  const Tensor sum = result.output.square().sum() * 1e20;
  {
    const autograd::DetectAnomalyGuard guard;
    EXPECT_THROW(autograd::grad({sum}, inputs()), GraphError);
  }
  EXPECT_THROW(autograd::grad({sum}, inputs()), GraphError);
}

/// Steps add to the gradients that later steps have sent: but in anomaly mode, which looks at each by itself.
TEST(RecurrentAccumulationTest, sums_over_steps_have_the_same_bits_as_sums_of_gradients) {
  for (const RecurrentCell cell : every_cell) {
    for (const bool with_bias : {true, false}) {
      manual_seed(14);
      const Tensor x = randn({9, 4}, kFloat64).requires_grad_();
      RecurrentWeights weights = random_weights(cell, 4, 5);
      if (!with_bias) weights.bias_ih = weights.bias_hh = Tensor();
      TensorList inputs{x, weights.weight_ih, weights.weight_hh};
      if (with_bias) inputs.insert(inputs.end(), {weights.bias_ih, weights.bias_hh});
      const auto gradients = [&] {
        Tensor state = zeros({9, 5}, kFloat64);
        Tensor loss = weights.weight_hh.square().sum();  // whose gradient comes from elsewhere
        for (int i = 0; i < 5; ++i) {
          state = recurrent_layer(cell, x, tensor({9}), state, zeros({9, 5}, kFloat64), weights).output;
          loss = loss + state.square().sum();
        }
        return autograd::grad({loss}, inputs);
      };
      const TensorList added = gradients();
      const autograd::DetectAnomalyGuard guard;
      const TensorList apart = gradients();
      for (std::size_t i = 0; i < inputs.size(); ++i) EXPECT_TRUE(added[i].equal(apart[i])) << i;
    }
  }
}

TEST(RecurrentAccumulationTest, one_tensor_in_two_places_gets_the_gradients_of_both) {
  manual_seed(15);
  const Tensor x = randn({6, 5}, kFloat64);
  const Tensor tied = randn({5, 5}, kFloat64).requires_grad_();
  const auto gradient = [&](auto layer) {
    Tensor state = zeros({6, 5}, kFloat64);
    for (int i = 0; i < 3; ++i) {
      state = layer(RecurrentCell::RnnTanh, x, tensor({6}), state, Tensor(), {tied, tied, Tensor(), Tensor()}, false).output;
    }
    return autograd::grad({state.square().sum()}, {tied})[0];
  };
  EXPECT_TRUE(gradient(recurrent_layer).allclose(gradient(recurrent_layer_composed), 1e-12, 1e-12));
}

TEST(RecurrentAccumulationTest, a_gradient_of_another_shape_is_not_added_to) {
  manual_seed(17);
  const Tensor x = randn({6, 5}, kFloat64);
  const Tensor weight_ih = randn({5, 5}, kFloat64);
  const Tensor weight_hh = randn({5, 5}, kFloat64).requires_grad_();
  const auto wrong = [&] {
    return record("Wrong", zeros({}, kFloat64), {weight_hh}, [](const Tensor&) { return ones({2}, kFloat64); });
  };
  const auto right = [&] {
    return recurrent_layer(RecurrentCell::RnnTanh, x, tensor({3, 3}), Tensor(), Tensor(), {weight_ih, weight_hh, {}, {}})
        .output.sum();
  };
  EXPECT_THROW((right() + wrong()).backward(), Error);
  EXPECT_THROW((wrong() + right()).backward(), Error);
}

TEST(RecurrentAccumulationTest, a_gradient_of_another_dtype_is_promoted) {
  manual_seed(18);
  const Tensor x = randn({6, 5}, kFloat64);
  const Tensor weight_ih = randn({5, 5}, kFloat64);
  const Tensor weight_hh = randn({5, 5}, kFloat64).requires_grad_();
  const auto gradient = [&](bool narrow) {
    const Tensor other = weight_hh * 2;
    if (narrow) other.register_hook([](const Tensor& g) { return g.to(kFloat32); });
    const Tensor y =
        recurrent_layer(RecurrentCell::RnnTanh, x, tensor({3, 3}), {}, {}, {weight_ih, weight_hh, {}, {}}).output;
    return autograd::grad({y.sum() + other.sum()}, {weight_hh})[0];
  };
  EXPECT_TRUE(gradient(true).equal(gradient(false)));
}

TEST(RecurrentInputTest, an_input_without_features_has_a_gradient_without_elements) {
  manual_seed(16);
  for (const RecurrentCell cell : every_cell) {
    const Tensor x = zeros({5, 0}, kFloat64).requires_grad_();
    const RecurrentWeights weights = random_weights(cell, 0, 3);
    const auto gradients = [&](auto layer) {
      const RecurrentResult result = layer(cell, x, tensor({3, 2}), Tensor(), Tensor(), weights, false);
      return autograd::grad({result.output.square().sum()}, {x, weights.weight_hh, weights.bias_ih});
    };
    const TensorList fused = gradients(recurrent_layer);
    const TensorList composed = gradients(recurrent_layer_composed);
    EXPECT_EQ(fused[0].sizes(), x.sizes());
    const NoGradGuard guard;
    const Tensor row = zeros({1, 0}, kFloat64);
    EXPECT_TRUE(
        recurrent_layer(cell, row, tensor({1}), {}, {}, weights)
            .output.allclose(recurrent_layer_composed(cell, row, tensor({1}), {}, {}, weights).output, 1e-12, 1e-12));
    for (std::size_t i = 1; i < fused.size(); ++i) EXPECT_TRUE(fused[i].allclose(composed[i], 1e-12, 1e-12)) << i;
  }
}

TEST(RecurrentInputTest, a_batch_without_sequences_has_weight_gradients_of_zero) {
  for (const RecurrentCell cell : every_cell) {
    manual_seed(17);
    const RecurrentWeights weights = random_weights(cell, 4, 5);
    const Tensor x = zeros({0, 4}, TensorOptions(kFloat64).requires_grad(true));
    const auto result = recurrent_layer(cell, x, RecurrentSteps(2, 0), {}, {}, weights);
    for (int i = 0; i < 8; ++i) full_like(weights.weight_ih, 7);  // what their memory may hold
    sum(result.output).backward();
    EXPECT_TRUE(equal(weights.weight_ih.grad(), zeros_like(weights.weight_ih)));
    EXPECT_TRUE(equal(weights.weight_hh.grad(), zeros_like(weights.weight_hh)));
  }
}

/// Inference one step at a time multiplies by the weights as they are.
TEST(RecurrentStreamingTest, a_single_step_equals_the_composition_of_cells) {
  const NoGradGuard guard;
  for (const RecurrentCell cell : every_cell) {
    for (const bool with_state : {false, true}) {
      manual_seed(12);
      const Tensor x = randn({1, 7}, kFloat64);
      RecurrentWeights weights = random_weights(cell, 7, 19);
      const Tensor state = with_state ? randn({1, 19}, kFloat64) : Tensor();
      for (const bool bias : {true, false}) {
        if (!bias) weights.bias_ih = weights.bias_hh = Tensor();
        const RecurrentResult fused = recurrent_layer(cell, x, tensor({1}), state, state, weights);
        const RecurrentResult composed = recurrent_layer_composed(cell, x, tensor({1}), state, state, weights);
        EXPECT_TRUE(fused.output.allclose(composed.output, 1e-12, 1e-12));
        EXPECT_TRUE(fused.h_n.equal(fused.output));
        EXPECT_EQ(fused.c_n.defined(), composed.c_n.defined());
        EXPECT_TRUE(!fused.c_n.defined() || fused.c_n.allclose(composed.c_n, 1e-12, 1e-12));
      }
    }
  }
}

/// Steps of a graph share packed weights; these tests pin down when they must not.
class StepwiseTest : public testing::Test {
 protected:
  Tensor step() const { return recurrent_layer(RecurrentCell::Gru, x, tensor({3}), h, Tensor(), weights).output; }

  const Tensor x = (manual_seed(11), randn({3, 4}, kFloat64));
  const Tensor h = randn({3, 5}, kFloat64);
  RecurrentWeights weights = random_weights(RecurrentCell::Gru, 4, 5);
};

TEST_F(StepwiseTest, a_change_of_the_weights_is_seen_while_an_older_graph_lives) {
  const Tensor before = step();
  {
    const NoGradGuard guard;
    weights.weight_hh.mul_(2);
  }
  const Tensor after = step();
  EXPECT_FALSE(after.allclose(before));
  const NoGradGuard guard;
  EXPECT_TRUE(after.equal(step()));
}

TEST_F(StepwiseTest, a_change_through_a_pointer_is_seen_once_the_older_graph_has_gone) {
  { const Tensor before = step(); }
  weights.weight_hh.data_ptr<double>()[0] += 1;
  const Tensor after = step();
  const NoGradGuard guard;
  EXPECT_TRUE(after.equal(step()));
}

TEST_F(StepwiseTest, other_weights_of_the_same_shape_are_told_apart) {
  const Tensor first = step();
  weights = random_weights(RecurrentCell::Gru, 4, 5);
  EXPECT_FALSE(step().allclose(first));
}

TEST_F(StepwiseTest, gradients_add_up_over_the_steps) {
  const auto unrolled = [&](auto layer) {
    Tensor state = h;
    for (int i = 0; i < 4; ++i) state = layer(RecurrentCell::Gru, x, tensor({3}), state, Tensor(), weights, false).output;
    return autograd::grad({state.square().sum()}, {weights.weight_ih, weights.weight_hh, weights.bias_hh});
  };
  const TensorList fused = unrolled(recurrent_layer);
  const TensorList composed = unrolled(recurrent_layer_composed);
  for (std::size_t i = 0; i < fused.size(); ++i) EXPECT_TRUE(fused[i].allclose(composed[i], 1e-12, 1e-12)) << i;
}

TEST_F(StepwiseTest, eight_threads_share_weights) {
  const auto unrolled = [&] {
    Tensor state = h;
    for (int i = 0; i < 5; ++i) state = recurrent_layer(RecurrentCell::Gru, x, tensor({3}), state, Tensor(), weights).output;
    return autograd::grad({state.sum()}, {weights.weight_hh})[0];
  };
  const Tensor expected = unrolled();
  std::array<Tensor, 8> results;
  std::vector<std::thread> threads;
  threads.reserve(results.size());
  for (Tensor& result : results) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) result = unrolled();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Tensor& result : results) EXPECT_TRUE(result.equal(expected));
}

}  // namespace
}  // namespace xgrad
