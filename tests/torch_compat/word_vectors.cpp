// Skip-gram word vectors with negative sampling, and a bag-of-words classifier over them.
#include <torch/torch.h>

#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <unordered_map>

class SkipGram : public torch::nn::Cloneable<SkipGram> {
 public:
  SkipGram(int64_t words, int64_t size) : words_(words), size_(size) { reset(); }
  void reset() override {
    in = register_module("in", torch::nn::Embedding(torch::nn::EmbeddingOptions(words_, size_)));
    out = register_module("out", torch::nn::Embedding(words_, size_));
    torch::nn::init::uniform_(in->weight, -0.5, 0.5);
    torch::nn::init::zeros_(out->weight);
  }
  torch::Tensor forward(torch::Tensor center, torch::Tensor context, torch::Tensor negatives) {
    auto v = in(center).unsqueeze(2);
    auto positive = torch::nn::functional::logsigmoid(torch::bmm(out(context).unsqueeze(1), v).squeeze());
    auto negative = torch::nn::functional::logsigmoid(-torch::bmm(out(negatives), v).squeeze(2)).sum(1);
    return -(positive + negative).mean();
  }
  torch::nn::Embedding in{nullptr}, out{nullptr};

 private:
  int64_t words_, size_;
};

int main() {
  torch::manual_seed(17);
  const std::string text =
      "the cat sat on the mat and the dog sat on the rug while the cat saw the dog and the dog saw the cat on the mat";
  std::unordered_map<std::string, int64_t> index;
  std::vector<int64_t> ids;
  std::vector<double> counts;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) {
    auto [place, is_new] = index.try_emplace(word, static_cast<int64_t>(index.size()));
    if (is_new) counts.push_back(0);
    ids.push_back(place->second);
    counts[place->second] += 1;
  }
  std::vector<int64_t> centers, contexts;
  for (int64_t i = 0; i < static_cast<int64_t>(ids.size()); ++i) {
    for (int64_t j = std::max<int64_t>(0, i - 2); j <= std::min<int64_t>(ids.size() - 1, i + 2); ++j) {
      if (i != j) centers.push_back(ids[i]), contexts.push_back(ids[j]);
    }
  }
  const auto center = torch::tensor(centers), context = torch::tensor(contexts);
  const auto noise = torch::tensor(counts).pow(0.75);
  std::cout << index.size() << " words, " << center.numel() << " pairs\n";

  auto model = std::make_shared<SkipGram>(index.size(), 6);
  torch::optim::Adagrad optimizer(model->parameters(), torch::optim::AdagradOptions(0.3));
  for (int epoch = 1; epoch <= 20; ++epoch) {
    auto order = torch::randperm(center.numel());
    double total = 0;
    for (const auto& rows : order.split(32)) {
      auto negatives = torch::multinomial(noise, rows.numel() * 3, /*replacement=*/true).view({rows.numel(), 3});
      optimizer.zero_grad();
      auto loss = model->forward(center.index_select(0, rows), context.index_select(0, rows), negatives);
      loss.backward();
      optimizer.step();
      total += loss.item<double>() * rows.numel();
    }
    if (epoch % 5 == 0) std::printf("epoch %d loss %.3f\n", epoch, total / center.numel());
  }
  auto vectors = model->in->weight.detach();
  vectors = vectors / vectors.norm(2, {1}, /*keepdim=*/true);
  auto similar = vectors.mm(vectors.t());
  std::cout << similar.sizes() << " " << torch::allclose(similar.diag(), torch::ones({vectors.size(0)})) << "\n";
  auto copy = std::dynamic_pointer_cast<SkipGram>(model->clone());
  std::cout << torch::equal(copy->in->weight, model->in->weight) << copy->in->weight.is_same(model->in->weight) << "\n";

  auto bag = torch::nn::EmbeddingBag::from_pretrained(
      vectors, torch::nn::EmbeddingBagFromPretrainedOptions().freeze(true).mode(torch::kMean));
  auto pooled = bag(torch::tensor({0, 1, 2, 0, 3}), torch::tensor({0, 3}));
  std::cout << pooled.sizes() << " " << bag->weight.requires_grad() << "\n" << bag << "\n";
}
