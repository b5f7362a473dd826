// Every optimizer, groups with options of their own, learning rates by hand and by schedulers, and the state.
#include <torch/torch.h>

#include <cstdio>
#include <iostream>
#include <sstream>

using namespace torch::optim;

// Sign descent, as a program would add it.
struct SignOptions : public OptimizerCloneableOptions<SignOptions> {
  SignOptions(double lr = 0.01) : lr_(lr) {}
  TORCH_ARG(double, lr);
  double get_lr() const override { return lr(); }
  void set_lr(const double lr) override { this->lr(lr); }
};
struct SignParamState : public OptimizerCloneableParamState<SignParamState> {
  TORCH_ARG(int64_t, step) = 0;
};
class Sign : public Optimizer {
 public:
  explicit Sign(std::vector<torch::Tensor> params, SignOptions defaults = {})
      : Optimizer({OptimizerParamGroup(std::move(params))}, std::make_unique<SignOptions>(defaults)) {}
  torch::Tensor step(LossClosure closure = nullptr) override {
    torch::NoGradGuard no_grad;
    torch::Tensor loss = {};
    if (closure != nullptr) {
      at::AutoGradMode enable_grad(true);
      loss = closure();
    }
    for (auto& group : param_groups_) {
      const auto& options = static_cast<SignOptions&>(group.options());
      for (auto& p : group.params()) {
        if (!p.grad().defined()) continue;
        auto key = c10::guts::to_string(p.unsafeGetTensorImpl());
        auto found = state_.find(key);
        if (found == state_.end()) {
          auto state = std::make_unique<SignParamState>();
          state->step(0);
          state_[key] = std::move(state);
        }
        auto& state = static_cast<SignParamState&>(*state_[key]);
        state.step(state.step() + 1);
        p.add_(p.grad().sign(), -options.lr());
      }
    }
    return loss;
  }
};

template <class OptimizerType>
double run(OptimizerType& optimizer, torch::Tensor& w, int steps) {
  double last = 0;
  for (int i = 0; i < steps; ++i) {
    optimizer.zero_grad();
    auto loss = ((w - torch::tensor({1.0, -2.0, 0.5})) * torch::tensor({1.0, 3.0, 0.5})).pow(2).sum();
    loss.backward();
    optimizer.step();
    last = loss.template item<double>();
  }
  return last;
}

torch::Tensor start() { return torch::tensor({0.3, 0.2, -0.1}, torch::requires_grad()); }

int main() {
  {
    auto w = start();
    SGD optimizer({w}, SGDOptions(0.02).momentum(0.9).weight_decay(1e-3).nesterov(true));
    std::printf("SGD %.5f\n", run(optimizer, w, 20));
  }
  {
    auto w = start();
    Adam optimizer({w}, AdamOptions(0.1).betas(std::make_tuple(0.8, 0.99)).amsgrad(true).eps(1e-7));
    std::printf("Adam %.5f\n", run(optimizer, w, 20));
    auto& state = static_cast<AdamParamState&>(*optimizer.state()[c10::guts::to_string(w.unsafeGetTensorImpl())]);
    std::cout << optimizer.state().size() << " " << state.step() << " " << state.exp_avg().sizes() << "\n";
  }
  {
    auto w = start();
    AdamW optimizer({w}, AdamWOptions(0.1).weight_decay(0.1));
    std::printf("AdamW %.5f\n", run(optimizer, w, 20));
  }
  {
    auto w = start();
    RMSprop optimizer({w}, RMSpropOptions(0.05).alpha(0.9).centered(true).momentum(0.5));
    std::printf("RMSprop %.5f\n", run(optimizer, w, 20));
  }
  {
    auto w = start();
    Adagrad optimizer({w}, AdagradOptions(0.5).lr_decay(0.01).initial_accumulator_value(0.1));
    std::printf("Adagrad %.4f\n", run(optimizer, w, 20));
  }
  {
    auto w = start();
    Sign optimizer({w}, SignOptions(0.05));
    std::printf("Sign %.5f\n", run(optimizer, w, 20));
    for (const auto& entry : optimizer.state()) std::cout << static_cast<SignParamState&>(*entry.second).step() << "\n";
  }

  torch::manual_seed(0);
  torch::nn::Linear encoder(3, 4), decoder(4, 1);
  std::vector<OptimizerParamGroup> groups;
  groups.emplace_back(encoder->parameters());
  groups.emplace_back(decoder->parameters(), std::make_unique<SGDOptions>(SGDOptions(0.5).momentum(0.1)));
  SGD optimizer(groups, SGDOptions(0.1));
  StepLR scheduler(optimizer, /*step_size=*/2, /*gamma=*/0.5);
  std::cout << optimizer.size() << " " << optimizer.param_groups().size() << " "
            << static_cast<SGDOptions&>(optimizer.param_groups()[1].options()).momentum() << "\n";
  for (auto& group : optimizer.param_groups()) {
    if (group.has_options()) {
      auto& options = static_cast<SGDOptions&>(group.options());
      options.lr(options.lr() * 0.1);
    }
  }
  for (const auto& group : optimizer.param_groups()) std::cout << group.options().get_lr() << " ";
  optimizer.add_param_group(OptimizerParamGroup({torch::zeros({2}, torch::requires_grad())}));
  std::cout << optimizer.size() << " " << optimizer.parameters().size() << "\n";
  std::cout << (AdamOptions(0.1) == AdamOptions(0.1)) << (AdamOptions(0.1) == AdamOptions(0.2))
            << (SGDOptions(0.1).momentum(0.9) == SGDOptions(0.1)) << "\n";

  auto a = start(), b = start();
  Adam first({a}, AdamOptions(0.1)), second({b}, AdamOptions(0.1));
  run(first, a, 5);
  std::stringstream stream;
  torch::save(first, stream);
  torch::load(second, stream);
  {
    torch::NoGradGuard guard;
    b.copy_(a);
  }
  std::printf("%.5f %.5f\n", run(first, a, 5), run(second, b, 5));
  try {
    Adam bad({start()}, AdamOptions(-1));
  } catch (const c10::Error&) {
    std::cout << "a negative learning rate is refused\n";
  }
}
