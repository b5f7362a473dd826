// Deep Q-learning: a replay buffer, a target network copied softly and hard, actions gathered, a mask of ends.
#include <torch/torch.h>

#include <cstdio>
#include <deque>
#include <random>

class DQN : public torch::nn::Module {
 public:
  DQN(int64_t input, int64_t actions)
      : network(torch::nn::Sequential(torch::nn::Linear(input, 24), torch::nn::ReLU(torch::nn::ReLUOptions(true)),
                                      torch::nn::Linear(24, actions))) {
    register_module("network", network);
    register_buffer("steps", torch::zeros({1}, torch::kLong));
  }
  torch::Tensor forward(torch::Tensor x) { return network->forward(x); }
  torch::nn::Sequential network;
};

struct Transition {
  torch::Tensor state, next;
  int64_t action;
  float reward;
  bool done;
};

static void hard_update(torch::nn::Module& to, const torch::nn::Module& from) {
  torch::NoGradGuard no_grad;
  auto new_params = from.named_parameters();
  auto params = to.named_parameters(true);
  auto buffers = to.named_buffers(true);
  for (auto& val : new_params) {
    auto name = val.key();
    auto* t = params.find(name);
    if (t != nullptr) {
      t->copy_(val.value());
    } else {
      t = buffers.find(name);
      if (t != nullptr) t->copy_(val.value());
    }
  }
}
static void soft_update(torch::nn::Module& to, const torch::nn::Module& from, double tau) {
  torch::NoGradGuard no_grad;
  auto source = from.parameters();
  auto target = to.parameters();
  for (size_t i = 0; i < target.size(); ++i) target[i].mul_(1 - tau).add_(source[i], tau);
}

int main() {
  torch::manual_seed(21);
  DQN online(4, 3), target(4, 3);
  hard_update(target, online);
  torch::optim::RMSprop optimizer(online.parameters(), torch::optim::RMSpropOptions(5e-3));
  std::deque<Transition> replay;
  std::mt19937 generator(3);
  auto weights = torch::randn({4, 3});
  double epsilon = 1.0;
  auto state = torch::randn({4});
  for (int step = 1; step <= 300; ++step) {
    torch::NoGradGuard guard;
    int64_t action = 0;
    if (std::generate_canonical<double, 32>(generator) < epsilon) {
      action = static_cast<int64_t>(generator() % 3);
    } else {
      action = std::get<1>(online.forward(state.unsqueeze(0)).max(1)).item<int64_t>();
    }
    epsilon = std::max(0.1, epsilon * 0.99);
    const float reward = state.matmul(weights)[action].item<float>();
    auto next = torch::randn({4});
    replay.push_back({state, next, action, reward, step % 25 == 0});
    if (replay.size() > 200) replay.pop_front();
    state = next;
    if (replay.size() < 32) continue;

    torch::AutoGradMode enable(true);
    std::vector<torch::Tensor> states, nexts;
    std::vector<int64_t> actions;
    std::vector<float> rewards;
    std::vector<uint8_t> ends;
    for (int i = 0; i < 32; ++i) {
      const auto& one = replay[generator() % replay.size()];
      states.push_back(one.state);
      nexts.push_back(one.next);
      actions.push_back(one.action);
      rewards.push_back(one.reward);
      ends.push_back(one.done);
    }
    auto q = online.forward(torch::stack(states)).gather(1, torch::tensor(actions).unsqueeze(1)).squeeze(1);
    auto next_q = std::get<0>(target.forward(torch::stack(nexts)).max(1)).detach();
    auto alive = 1 - torch::tensor(ends).to(torch::kFloat32);
    auto expected = torch::tensor(rewards) + 0.5 * next_q * alive;
    auto loss = torch::nn::SmoothL1Loss()(q, expected);
    optimizer.zero_grad();
    loss.backward();
    for (auto& p : online.parameters()) p.mutable_grad().clamp_(-1, 1);
    optimizer.step();
    soft_update(target, online, 0.05);
    online.named_buffers()["steps"] += 1;
    if (step % 75 == 0) std::printf("step %d loss %.3f q %.3f\n", step, loss.item<float>(), q.mean().item<float>());
  }
  std::printf("%d updates, %zu parameters\n", static_cast<int>(online.buffers()[0].item<int64_t>()),
              target.parameters().size());
}
