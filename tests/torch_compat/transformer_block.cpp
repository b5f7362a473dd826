// A small language model of attention blocks, with a causal mask and tied weights by hand.
#include <torch/torch.h>

#include <cmath>
#include <iostream>

struct BlockOptions {
  BlockOptions(int64_t width, int64_t heads) : width_(width), heads_(heads) {}
  TORCH_ARG(int64_t, width);
  TORCH_ARG(int64_t, heads);
  TORCH_ARG(double, dropout) = 0.0;
};

struct SelfAttentionImpl : torch::nn::Module {
  explicit SelfAttentionImpl(BlockOptions options_) : options(std::move(options_)) {
    qkv = register_module("qkv", torch::nn::Linear(options.width(), 3 * options.width()));
    proj = register_module("proj", torch::nn::Linear(options.width(), options.width()));
  }
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& mask) {
    const auto B = x.size(0), T = x.size(1), C = x.size(2), H = options.heads();
    auto parts = qkv(x).chunk(3, -1);
    auto split = [&](const torch::Tensor& t) { return t.view({B, T, H, C / H}).transpose(1, 2); };
    auto q = split(parts[0]), k = split(parts[1]), v = split(parts[2]);
    auto att = q.matmul(k.transpose(-2, -1)) * (1.0 / std::sqrt(C / H));
    att = att.masked_fill(mask == 0, -std::numeric_limits<float>::infinity());
    att = torch::dropout(torch::softmax(att, -1), options.dropout(), is_training());
    return proj(att.matmul(v).transpose(1, 2).contiguous().view({B, T, C}));
  }
  BlockOptions options;
  torch::nn::Linear qkv{nullptr}, proj{nullptr};
};
TORCH_MODULE(SelfAttention);

struct BlockImpl : torch::nn::Module {
  explicit BlockImpl(const BlockOptions& options)
      : norm1(torch::nn::LayerNormOptions({options.width()})),
        norm2(torch::nn::LayerNormOptions({options.width()}).eps(1e-6)),
        attention(options),
        mlp(torch::nn::Linear(options.width(), 2 * options.width()), torch::nn::GELU(),
            torch::nn::Linear(2 * options.width(), options.width())) {
    register_module("norm1", norm1);
    register_module("norm2", norm2);
    register_module("attention", attention);
    register_module("mlp", mlp);
  }
  torch::Tensor forward(torch::Tensor x, const torch::Tensor& mask) {
    x = x + attention(norm1(x), mask);
    return x + mlp->forward(norm2(x));
  }
  torch::nn::LayerNorm norm1, norm2;
  SelfAttention attention;
  torch::nn::Sequential mlp;
};
TORCH_MODULE(Block);

class GPT : public torch::nn::Module {
 public:
  GPT(int64_t words, int64_t length, BlockOptions options, int layers) {
    token = register_module("token", torch::nn::Embedding(words, options.width()));
    position = register_parameter("position", torch::zeros({1, length, options.width()}));
    blocks = register_module("blocks", torch::nn::ModuleList());
    for (int i = 0; i < layers; ++i) blocks->push_back(Block(options));
    norm = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({options.width()})));
    mask = register_buffer("mask", torch::tril(torch::ones({length, length})).view({1, 1, length, length}));
    apply([](torch::nn::Module& module) {
      if (auto* linear = module.as<torch::nn::Linear>()) {
        torch::nn::init::normal_(linear->weight, 0.0, 0.08);
        if (linear->options.bias()) torch::nn::init::zeros_(linear->bias);
      } else if (auto* embedding = module.as<torch::nn::Embedding>()) {
        torch::nn::init::normal_(embedding->weight, 0.0, 0.08);
      }
    });
  }
  torch::Tensor forward(torch::Tensor ids) {
    const auto T = ids.size(1);
    using torch::indexing::Slice;
    auto x = token->forward(ids) + position.index({Slice(), Slice(torch::indexing::None, T)});
    auto m = mask.index({Slice(), Slice(), Slice(0, T), Slice(0, T)});
    for (const auto& block : *blocks) x = block->as<Block>()->forward(x, m);
    return torch::matmul(norm->forward(x), token->weight.t());
  }
  torch::nn::Embedding token{nullptr};
  torch::Tensor position, mask;
  torch::nn::ModuleList blocks{nullptr};
  torch::nn::LayerNorm norm{nullptr};
};

int main() {
  torch::manual_seed(31);
  GPT model(9, 8, BlockOptions(16, 4).dropout(0.0), 2);
  int64_t n = 0;
  for (const auto& p : model.parameters()) n += p.numel();
  std::cout << n << " parameters, " << model.buffers().size() << " buffer, " << model.named_modules("gpt", false).size()
            << " modules\n";
  std::vector<torch::Tensor> decay, no_decay;
  for (const auto& p : model.named_parameters()) (p.value().dim() >= 2 ? decay : no_decay).push_back(p.value());
  std::vector<torch::optim::OptimizerParamGroup> groups = {
      {decay, std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions(5e-3).weight_decay(0.1))},
      {no_decay, std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions(5e-3).weight_decay(0.0))}};
  torch::optim::AdamW optimizer(groups, torch::optim::AdamWOptions(5e-3));
  const int warmup = 10, total = 60;
  for (int step = 1; step <= total; ++step) {
    const double lr =
        step < warmup ? 5e-3 * step / warmup : 5e-3 * 0.5 * (1 + std::cos(M_PI * (step - warmup) / (total - warmup)));
    for (auto& group : optimizer.param_groups()) static_cast<torch::optim::AdamWOptions&>(group.options()).lr(lr);
    auto start = torch::randint(0, 9, {16, 1}, torch::kLong);
    auto ids = (start + torch::arange(9).unsqueeze(0) * 2) % 9;
    auto logits = model.forward(ids.slice(1, 0, -1));
    auto loss = torch::nn::functional::cross_entropy(logits.reshape({-1, 9}), ids.slice(1, 1).reshape({-1}));
    optimizer.zero_grad();
    loss.backward();
    torch::nn::utils::clip_grad_norm_(model.parameters(), 1.0);
    optimizer.step();
    if (step % 20 == 0) std::printf("step %d lr %.5f loss %.2f\n", step, lr, loss.item<double>());
  }
  model.eval();
  torch::InferenceMode guard;
  auto ids = torch::tensor({{3}}, torch::kLong);
  for (int i = 0; i < 7; ++i) ids = torch::cat({ids, model.forward(ids).select(1, -1).argmax(-1, true)}, 1);
  std::cout << ids << "\n";
}
