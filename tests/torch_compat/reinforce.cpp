// A policy learned by REINFORCE on a small corridor, with an actor and a critic that share a body.
#include <torch/torch.h>

#include <algorithm>
#include <cstdio>
#include <vector>

struct ActorCritic : torch::nn::Module {
  torch::nn::Linear body{nullptr}, actor{nullptr}, critic{nullptr};
  ActorCritic(int64_t in, int64_t actions) {
    body = register_module("body", torch::nn::Linear(in, 32));
    actor = register_module("actor", torch::nn::Linear(32, actions));
    critic = register_module("critic", torch::nn::Linear(32, 1));
    for (auto& module : modules(/*include_self=*/false)) {
      if (auto linear = std::dynamic_pointer_cast<torch::nn::LinearImpl>(module)) {
        torch::nn::init::orthogonal_(linear->weight, std::sqrt(2.0));
        torch::nn::init::constant_(linear->bias, 0);
      }
    }
  }
  std::pair<torch::Tensor, torch::Tensor> forward(torch::Tensor state) {
    auto h = torch::tanh(body(state));
    return {torch::log_softmax(actor(h), -1), critic(h).squeeze(-1)};
  }
};

struct Corridor {
  int position = 2;
  static constexpr int length = 7;
  torch::Tensor state() const {
    auto s = torch::zeros({length});
    s[position] = 1;
    return s;
  }
  std::tuple<torch::Tensor, float, bool> act(int64_t action) {
    position = std::max(0, position + (action == 1 ? 1 : -1));
    const bool done = position == length - 1;
    return {done ? torch::zeros({length}) : state(), done ? 1.0f : -0.05f, done};
  }
};

int main() {
  torch::manual_seed(12);
  auto model = std::make_shared<ActorCritic>(Corridor::length, 2);
  torch::optim::Adam optimizer(model->parameters(), 1e-2);
  double running = 0;
  for (int episode = 1; episode <= 60; ++episode) {
    Corridor world;
    std::vector<torch::Tensor> log_probs, values;
    std::vector<float> rewards;
    auto state = world.state();
    for (int step = 0; step < 30; ++step) {
      auto [log_prob, value] = model->forward(state.unsqueeze(0));
      auto action = torch::multinomial(log_prob.detach().exp(), 1);
      log_probs.push_back(log_prob.gather(1, action).squeeze());
      values.push_back(value.squeeze());
      auto [next, reward, done] = world.act(action.item<int64_t>());
      rewards.push_back(reward);
      state = next;
      if (done) break;
    }
    std::vector<float> returns(rewards.size());
    float R = 0;
    for (int64_t i = static_cast<int64_t>(rewards.size()) - 1; i >= 0; --i) returns[i] = R = rewards[i] + 0.95f * R;
    auto returns_tensor = torch::from_blob(returns.data(), {static_cast<int64_t>(returns.size())}, torch::kFloat).clone();
    auto value = torch::stack(values);
    auto advantage = returns_tensor - value.detach();
    auto policy_loss = -(torch::stack(log_probs) * advantage).sum();
    auto value_loss = torch::smooth_l1_loss(value, returns_tensor, torch::Reduction::Sum);
    optimizer.zero_grad();
    (policy_loss + value_loss).backward();
    torch::nn::utils::clip_grad_norm_(model->parameters(), 0.5);
    optimizer.step();
    running = 0.9 * running + 0.1 * static_cast<double>(rewards.size());
    if (episode % 15 == 0) std::printf("episode %d length %zu average %.3f\n", episode, rewards.size(), running);
  }
}
