// An optimizer, a schedule and functions of the program's own.
#include <torch/torch.h>

#include <cmath>
#include <iomanip>
#include <iostream>
#include <memory>
#include <vector>

using namespace torch;

// Lion: Chen et al., 2023.
struct LionOptions : public optim::OptimizerCloneableOptions<LionOptions> {
  LionOptions(double lr = 1e-2) : lr_(lr) {}
  TORCH_ARG(double, lr) = 1e-2;
  TORCH_ARG(double, beta1) = 0.9;
  TORCH_ARG(double, beta2) = 0.99;
  TORCH_ARG(double, weight_decay) = 0;

 public:
  double get_lr() const override { return lr(); }
  void set_lr(const double lr) override { lr_ = lr; }
};

class Lion : public optim::Optimizer {
 public:
  explicit Lion(std::vector<Tensor> params, LionOptions defaults = {})
      : Optimizer({optim::OptimizerParamGroup(std::move(params))}, std::make_unique<LionOptions>(defaults)) {}

  Tensor step(LossClosure closure = nullptr) override {
    NoGradGuard no_grad;
    Tensor loss = {};
    if (closure != nullptr) {
      at::AutoGradMode enable_grad(true);
      loss = closure();
    }
    size_t index = 0;
    for (auto& group : param_groups_) {
      auto& options = static_cast<LionOptions&>(group.options());
      for (auto& p : group.params()) {
        if (!p.grad().defined()) continue;
        if (momentum_.size() <= index) momentum_.push_back(torch::zeros_like(p));
        auto& m = momentum_[index++];
        p.mul_(1 - options.lr() * options.weight_decay());
        p.add_(m.mul(options.beta1()).add(p.grad(), 1 - options.beta1()).sign(), -options.lr());
        m.mul_(options.beta2()).add_(p.grad(), 1 - options.beta2());
      }
    }
    return loss;
  }

 private:
  std::vector<Tensor> momentum_;
};

class WarmUp : public optim::LRScheduler {
 public:
  WarmUp(optim::Optimizer& optimizer, unsigned warm_up)
      : LRScheduler(optimizer), warm_up_(warm_up), base_(get_current_lrs()) {}

 private:
  std::vector<double> get_lrs() override {
    auto lrs = base_;
    for (auto& lr : lrs) {
      const double t = step_count_ + 1;
      lr *= std::min(t / warm_up_, std::sqrt(warm_up_ / t));
    }
    return lrs;
  }
  unsigned warm_up_;
  std::vector<double> base_;
};

// Straight-through rounding, with a number and a tensor kept for backward.
struct Quantize : public autograd::Function<Quantize> {
  static Tensor forward(autograd::AutogradContext* ctx, Tensor x, double step, bool clip) {
    ctx->saved_data["step"] = step;
    ctx->saved_data["clip"] = clip;
    ctx->save_for_backward({x});
    return (x / step).round() * step;
  }
  static autograd::tensor_list backward(autograd::AutogradContext* ctx, autograd::tensor_list grads) {
    const auto x = ctx->get_saved_variables()[0];
    auto grad = grads[0];
    if (ctx->saved_data["clip"].toBool()) grad = grad * (x.abs() <= 1).to(grad.dtype());
    std::cout << "";
    return {grad, Tensor(), Tensor()};
  }
};

// Two outputs.
struct SplitSign : public autograd::Function<SplitSign> {
  static autograd::variable_list forward(autograd::AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return {x.clamp_min(0), x.clamp_max(0)};
  }
  static autograd::variable_list backward(autograd::AutogradContext* ctx, autograd::variable_list grads) {
    const auto x = ctx->get_saved_variables()[0];
    return {torch::where(x > 0, grads[0], grads[1])};
  }
};

struct Net : nn::Module {
  Net() {
    fc1 = register_module("fc1", nn::Linear(4, 16));
    fc2 = register_module("fc2", nn::Linear(32, 1));
    scale = register_parameter("scale", torch::ones(1));
  }
  Tensor forward(Tensor x) {
    const auto parts = SplitSign::apply(fc1->forward(x));
    return fc2->forward(torch::cat({parts[0], Quantize::apply(parts[1], 0.25, true)}, 1)) * scale;
  }
  nn::Linear fc1{nullptr}, fc2{nullptr};
  Tensor scale;
};

int main() {
  manual_seed(7);
  auto net = std::make_shared<Net>();
  Lion optimizer(net->parameters(), LionOptions(0.02).weight_decay(0.01));
  WarmUp schedule(optimizer, 20);
  const auto x = torch::randn({64, 4});
  const auto y = (x.select(1, 0) * x.select(1, 1)).unsqueeze(1);
  for (int step = 1; step <= 100; ++step) {
    const auto loss = optimizer.step([&] {
      optimizer.zero_grad();
      auto error = mse_loss(net->forward(x), y);
      error.backward();
      return error;
    });
    schedule.step();
    if (step % 25 == 0) {
      std::cout << std::fixed << std::setprecision(3) << step << " loss " << loss.item<float>() << " lr "
                << static_cast<LionOptions&>(optimizer.param_groups()[0].options()).lr() << '\n';
    }
  }
  auto copy = std::make_unique<LionOptions>(LionOptions(0.5));
  optimizer.add_param_group(optim::OptimizerParamGroup({torch::ones({2}, torch::requires_grad())}, std::move(copy)));
  std::cout << optimizer.param_groups().size() << " groups, " << optimizer.size() << " parameters, lr "
            << optimizer.param_groups()[1].options().get_lr() << '\n';

  // Memory put in the place of other memory, and parts of several sizes.
  auto t = torch::arange(6, torch::kFloat);
  auto u = torch::empty({0});
  u.set_(t.storage(), 2, {2, 2}, {2, 1});
  u.mul_(10);
  std::cout << t << '\n';
  u.set_();
  std::cout << u.sizes() << ' ' << t.split({1, 2, 3}, 0)[2] << '\n';
  u.set_(t, 1, {3}, {1});
  u.copy_(torch::ones({3}), /*non_blocking=*/true);
  std::cout << t << '\n' << t.view({2, 3}).hsplit({1, 2})[1] << '\n' << t.tensor_split(torch::tensor({1, 4}))[1] << '\n';
}
