// Teaches a GRU to remember: it is given numbers from 0 to 3, and says each of them again three steps later.
#include <xgrad/xgrad.h>

#include <iostream>

using namespace xgrad;

constexpr std::int64_t symbols = 4;
constexpr std::int64_t delay = 3;

struct EchoImpl : nn::Module {
  /// (batch, time) -> scores of each symbol (batch, time, symbols)
  Tensor forward(const Tensor& numbers) {
    return output(std::get<0>(gru->forward(nn::functional::one_hot(numbers, symbols).to(kFloat32))));
  }
  nn::GRU gru = register_module("gru", nn::GRU(nn::GRUOptions(symbols, 32).batch_first(true)));
  nn::Linear output = register_module("output", nn::Linear(32, symbols));
};
XGRAD_MODULE(Echo);

int main() {
  manual_seed(0);
  Echo model;
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.01));
  double accuracy = 0;
  for (int step = 1; step <= 300; ++step) {
    const Tensor numbers = randint(symbols, {32, 20});
    const Tensor target = numbers.slice(1, 0, -delay).flatten();
    const Tensor scores = model(numbers).slice(1, delay).flatten(0, 1);
    const Tensor loss = nn::functional::cross_entropy(scores, target);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    accuracy = scores.argmax(1).eq(target).to(kFloat64).mean().item<double>();
    if (step % 50 == 0) std::cout << "step " << step << ": loss " << loss.item<double>() << '\n';
  }
  save(model, "echo.safetensors");
  std::cout << "result: accuracy=" << accuracy << '\n';
}
