/// How fast a layer of one's own can be: the simple recurrent unit, whose recurrence is elementwise, with that recurrence as
/// one operation over the whole sequence; the same cell step by step in an nn::RecurrentWrapper; and nn::LSTM beside both.
/// Lei et al., 2018, https://arxiv.org/abs/1709.02755
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "support/program.h"

namespace {

using namespace xgrad;

template <class T>
void run_recurrence(const Tensor& f, const Tensor& x, const Tensor& c, bool reverse) {
  const std::int64_t steps = x.size(0);
  const std::int64_t width = x.numel() / std::max<std::int64_t>(1, steps);
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t first = (reverse ? steps - 1 - i : i) * width;
    const T* factor = f.data_ptr<T>() + first;
    const T* added = x.data_ptr<T>() + first;
    T* now = c.data_ptr<T>() + first;
    if (i == 0) {
      std::copy_n(added, width, now);
      continue;
    }
    const T* before = reverse ? now + width : now - width;
    for (std::int64_t j = 0; j < width; ++j) now[j] = factor[j] * before[j] + added[j];
  }
}

/// c_t = f_t c_(t-1) + x_t along the first dimension, with c = 0 before the first step; or, from the end,
/// c_t = f_t c_(t+1) + x_t.
struct LinearRecurrence : autograd::Function<LinearRecurrence> {
  static Tensor forward(autograd::AutogradContext* context, const Tensor& f, const Tensor& x, bool reverse) {
    if (x.dim() == 0 || f.sizes() != x.sizes()) {
      throw ShapeError("linear_recurrence: expected two tensors (time, ...), got " + to_string(f.sizes()) + " and " +
                       to_string(x.sizes()));
    }
    if (f.dtype() != x.dtype() || (x.dtype() != kFloat32 && x.dtype() != kFloat64)) {
      throw TypeError("linear_recurrence: expected two tensors of float32 or float64");
    }
    const Tensor c = empty(x.sizes(), x.dtype());
    const auto run = x.dtype() == kFloat32 ? run_recurrence<float> : run_recurrence<double>;
    run(f.contiguous(), x.contiguous(), c, reverse);
    context->save_for_backward({f, c});
    context->saved_data["reverse"] = reverse;
    return c;
  }

  /// What reaches x_t is what reaches c_t, and f_(t+1) of what reaches the step behind: the same recurrence, the other way.
  static TensorList backward(autograd::AutogradContext* context, const TensorList& grads) {
    const TensorList saved = context->get_saved_variables();
    const bool reverse = context->saved_data["reverse"].toBool();
    const Tensor to_x = apply(moved(saved[0], reverse), grads[0], !reverse);
    return {to_x * moved(saved[1], !reverse), to_x, Tensor()};
  }

 private:
  /// Each step's neighbour in its place, the one before or the one behind; zeros where there is none.
  static Tensor moved(const Tensor& x, bool later) {
    if (x.size(0) == 0) return x;
    const Tensor none = zeros_like(x.slice(0, 0, 1));
    return later ? cat({none, x.slice(0, 0, -1)}) : cat({x.slice(0, 1), none});
  }
};

/// What both forms share: z, f, r = W x + b, the last two through a sigmoid; c' = f c + (1 - f) z;
/// h = r tanh(c') + (1 - r) x.
struct SRUImpl : nn::Module {
  explicit SRUImpl(std::int64_t size) : gates(register_module("gates", nn::Linear(size, 3 * size))) {}
  /// (time, batch, size) to the same shape: all products at once, since none of them waits for a state.
  Tensor forward(const Tensor& x) {
    const TensorList parts = gates(x).chunk(3, 2);
    const Tensor f = parts[1].sigmoid();
    const Tensor c = LinearRecurrence::apply(f, (1 - f) * parts[0], false);
    return x + parts[2].sigmoid() * (c.tanh() - x);
  }
  nn::Linear gates;
};
XGRAD_MODULE(SRU);

struct SRUCellImpl : nn::RecurrentCellModule {
  explicit SRUCellImpl(const nn::Linear& shared) : gates(register_module("gates", shared)) {}
  TensorList first_states(std::int64_t batch, TensorOptions options) const override {
    const std::int64_t size = gates->weight.size(1);
    return {zeros({batch, size}, options), zeros({batch, size}, options)};
  }
  TensorList step(const Tensor& x, const TensorList& states) override {
    const TensorList parts = gates(x).chunk(3, 1);
    const Tensor f = parts[1].sigmoid();
    const Tensor c = f * states[1] + (1 - f) * parts[0];
    return {x + parts[2].sigmoid() * (c.tanh() - x), c};
  }
  nn::Linear gates;
};
XGRAD_MODULE(SRUCell);

/// Milliseconds of a step of training, the least of several: forward, and backward from the mean of the squares.
double milliseconds(std::int64_t rounds, const std::function<Tensor()>& forward) {
  double least = 1e9;
  for (std::int64_t i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    forward().square().mean().backward();
    least = std::min(least, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return least;
}

int program(int argc, char** argv) {
  support::CommonOptions options{.epochs = 5};
  support::OptionParser parser(
      "A simple recurrent unit, its recurrence one operation: checked, and measured beside an LSTM.");
  options.add_to(parser, "Rounds of measuring");
  std::int64_t steps = 40;
  std::int64_t batch = 64;
  std::int64_t size = 256;
  parser.add("--steps", steps, "Steps of a sequence", support::Range::positive);
  parser.add("--batch", batch, "Sequences at a time", support::Range::positive);
  parser.add("--size", size, "Features", support::Range::positive);
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.apply();

  const TensorOptions checked = TensorOptions(kFloat64).requires_grad(true);
  for (const bool reverse : {false, true}) {
    const auto recurrence = [&](const TensorList& inputs) { return LinearRecurrence::apply(inputs[0], inputs[1], reverse); };
    const TensorList inputs{randn({4, 2, 3}, checked), randn({4, 2, 3}, checked)};
    autograd::gradcheck(recurrence, inputs);
    autograd::gradgradcheck(recurrence, inputs);
  }
  fmt::print("gradients and gradients of gradients agree with finite differences\n");

  SRU sru(size);
  nn::RecurrentWrapper wrapped(SRUCell(sru->gates));
  nn::LSTM lstm(size, size);
  const Tensor x = randn({steps, batch, size}).requires_grad_();
  const double difference = (sru(x) - std::get<0>(wrapped(x))).abs().max().item<double>();
  const double fused = milliseconds(options.epochs, [&] { return sru(x); });
  const double by_steps = milliseconds(options.epochs, [&] { return std::get<0>(wrapped(x)); });
  const double of_lstm = milliseconds(options.epochs, [&] { return std::get<0>(lstm(x)); });
  fmt::print(
      "a step of training, {} x {}, {} features: one operation {:.2f} ms, step by step {:.2f} ms, nn::LSTM {:.2f} ms\n",
      batch, steps, size, fused, by_steps, of_lstm);
  support::print_result({{"max_difference", difference}, {"sru_ms", fused}, {"wrapped_ms", by_steps}, {"lstm_ms", of_lstm}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
