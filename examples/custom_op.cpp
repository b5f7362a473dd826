/// An operation and a recurrent cell of one's own: checked against finite differences, then trained.
#include <fmt/core.h>

#include <numbers>

#include "support/program.h"
#include "support/training.h"

namespace {

using namespace xgrad;

/// snake(x, a) = x + sin^2(a x) / a, which helps to learn what is periodic. Ziyin, Hartwig and Ueda, 2020,
/// https://arxiv.org/abs/2006.08195
struct Snake : autograd::Function<Snake> {
  static Tensor forward(autograd::AutogradContext* context, const Tensor& x, const Tensor& a) {
    context->save_for_backward({x, a});
    const Tensor s = (a * x).sin();
    return x + s * s / a;
  }
  static TensorList backward(autograd::AutogradContext* context, const TensorList& grads) {
    const TensorList saved = context->get_saved_variables();
    const Tensor& x = saved[0];
    const Tensor& a = saved[1];
    const Tensor s = (a * x).sin();
    const Tensor twice = (a * x * 2).sin();  // the derivative of sin^2
    const Tensor to_a = grads[0] * (twice * x / a - s * s / (a * a));
    return {grads[0] * (1 + twice), to_a.sum(IntArrayRef{0})};  // a (features) was broadcast over x (batch, features)
  }
};

/// A leaky cell: h' = h + r (snake(W x + U h + b) - h), with a rate r in (0, 1) that each unit learns.
struct LeakyCellImpl : nn::Module {
  LeakyCellImpl(std::int64_t input_size, std::int64_t hidden_size)
      : input(register_module("input", nn::Linear(input_size, hidden_size))),
        hidden(register_module("hidden", nn::Linear(nn::LinearOptions(hidden_size, hidden_size).bias(false)))),
        frequency(register_parameter("frequency", ones({hidden_size}))),
        rate(register_parameter("rate", zeros({hidden_size}))) {}
  /// (batch, input), (batch, hidden) -> (batch, hidden)
  Tensor forward(const Tensor& x, const Tensor& h) {
    const Tensor candidate = Snake::apply(input(x) + hidden(h), frequency);
    return h + sigmoid(rate) * (candidate - h);
  }
  nn::Linear input;
  nn::Linear hidden;
  Tensor frequency;
  Tensor rate;
};
XGRAD_MODULE(LeakyCell);

/// Predicts the next value of a series at every step.
struct PredictorImpl : nn::Module {
  Tensor forward(const Tensor& series) {  // (time, batch, 1) -> (time, batch, 1)
    Tensor h = zeros({series.size(1), 24});
    TensorList predictions;
    for (const Tensor& x : series.unbind()) predictions.push_back(output(h = cell(x, h)));
    return stack(predictions);
  }
  LeakyCell cell = register_module("cell", LeakyCell(1, 24));
  nn::Linear output = register_module("output", nn::Linear(24, 1));
};
XGRAD_MODULE(Predictor);

/// Sums of two waves, with random frequencies and phases: (time, batch, 1).
Tensor make_waves(std::int64_t steps, std::int64_t batch) {
  const Tensor time = arange(steps).to(kFloat32).unsqueeze(1);
  const auto wave = [&](double slow, double fast) {
    const Tensor frequency = rand({batch}) * (fast - slow) + slow;
    return (time * frequency + rand({batch}) * 2 * std::numbers::pi).sin();
  };
  return ((wave(0.2, 0.4) + wave(0.5, 0.8)) / 2).unsqueeze(2);
}

/// Gradients, and gradients of gradients, of the operation and of the cell. Throws where one is wrong.
void check_gradients() {
  const auto x = [](IntArrayRef sizes) { return randn(sizes, TensorOptions(kFloat64).requires_grad(true)); };
  const Tensor a = (rand({3}, kFloat64) + 0.5).requires_grad_();
  const auto snake = [](const TensorList& inputs) { return Snake::apply(inputs[0], inputs[1]); };
  autograd::gradcheck(snake, {x({4, 3}), a});
  autograd::gradgradcheck(snake, {x({4, 3}), a});
  LeakyCell cell(2, 3);
  cell->to(kFloat64);
  const auto step = [&](const TensorList& inputs) { return cell(inputs[0], inputs[1]); };
  autograd::gradcheck(step, {x({4, 2}), x({4, 3})});
  autograd::gradgradcheck(step, {x({4, 2}), x({4, 3})});
  fmt::print("gradients and gradients of gradients agree with finite differences\n");
}

int program(int argc, char** argv) {
  support::CommonOptions options{.epochs = 10};
  support::OptionParser parser(
      "A custom operation in a custom recurrent cell, checked by gradcheck and trained to predict waves.");
  options.add_training_to(parser, "Epochs, of 30 steps each");
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.apply();

  check_gradients();
  constexpr std::int64_t steps = 30;
  constexpr std::int64_t batch = 32;
  Predictor model;
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.01));
  support::print_model(nn::summary(model));
  support::Training training(options, "custom_op", *model, optimizer);
  while (training.next_epoch(steps * batch, "series")) {
    for (std::int64_t step = training.first_step(); step < steps; ++step) {
      const Tensor waves = make_waves(51, batch);
      optimizer.zero_grad();
      const Tensor loss = nn::functional::mse_loss(model(waves.slice(0, 0, -1)), waves.slice(0, 1));
      loss.backward();
      optimizer.step();
      training.step(batch, {{"loss", loss.item<double>()}});
    }
    training.end_epoch();
  }
  training.finish();

  const NoGradGuard no_grad;
  const Tensor waves = make_waves(51, 500);
  const Tensor next = waves.slice(0, 1);
  const double loss = nn::functional::mse_loss(model(waves.slice(0, 0, -1)), next).item<double>();
  const double same_again = nn::functional::mse_loss(waves.slice(0, 0, -1), next).item<double>();
  support::print_result({{"loss", loss}, {"last_value_loss", same_again}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
