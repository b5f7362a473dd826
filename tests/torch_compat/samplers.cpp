// Data sets, transforms and samplers, the program's own among them.
#include <torch/torch.h>

#include <iostream>

using namespace torch::data;

// Numbers that know nothing of tensors.
struct Numbers : datasets::Dataset<Numbers, int> {
  explicit Numbers(size_t size) : size_(size) {}
  int get(size_t index) override { return static_cast<int>(10 * index); }
  torch::optional<size_t> size() const override { return size_; }
  size_t size_;
};

// Only the even indices, in pairs from both ends.
class Ends : public samplers::Sampler<> {
 public:
  explicit Ends(size_t size) : size_(size) {}
  void reset(torch::optional<size_t> size = torch::nullopt) override {
    if (size) size_ = *size;
    at_ = 0;
  }
  torch::optional<std::vector<size_t>> next(size_t batch_size) override {
    std::vector<size_t> indices;
    while (indices.size() < batch_size && at_ < size_) {
      indices.push_back(at_ % 2 == 0 ? at_ / 2 : size_ - 1 - at_ / 2);
      ++at_;
    }
    if (indices.empty()) return torch::nullopt;
    return indices;
  }
  void save(torch::serialize::OutputArchive& archive) const override {
    archive.write("at", torch::tensor(static_cast<int64_t>(at_)), /*is_buffer=*/true);
  }
  void load(torch::serialize::InputArchive& archive) override {
    auto tensor = torch::empty(1, torch::kInt64);
    archive.read("at", tensor, /*is_buffer=*/true);
    at_ = tensor.item<int64_t>();
  }

 private:
  size_t size_, at_ = 0;
};

struct Noise : transforms::TensorTransform<example::NoTarget> {
  torch::Tensor operator()(torch::Tensor x) override { return x + 0.5; }
};

int main() {
  torch::manual_seed(3);
  auto doubled = Numbers(6).map(transforms::Lambda<int, double>([](int x) { return x * 0.5; }));
  auto sum = transforms::BatchLambda<std::vector<double>, double>([](std::vector<double> values) {
    double total = 0;
    for (double value : values) total += value;
    return total;
  });
  auto loader =
      make_data_loader<samplers::SequentialSampler>(std::move(doubled).map(sum), DataLoaderOptions().batch_size(4));
  for (double& total : *loader) std::cout << total << " ";
  std::cout << "\n";

  auto tensors = datasets::TensorDataset(torch::arange(10, torch::kFloat).view({5, 2}))
                     .map(Noise())
                     .map(transforms::Stack<TensorExample>());
  auto by_ends = make_data_loader(std::move(tensors), Ends(5), DataLoaderOptions(2).drop_last(true));
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (auto& batch : *by_ends) std::cout << batch.data.select(1, 0) << " ";
  }
  std::cout << "\n";

  samplers::RandomSampler random(8);
  std::cout << *random.next(3) << " " << random.index() << " " << *random.next(10) << " " << random.next(1).has_value()
            << "\n";
  samplers::SequentialSampler sequential(5);
  std::cout << *sequential.next(3) << *sequential.next(3) << "\n";
  samplers::DistributedSequentialSampler distributed(10, /*num_replicas=*/3, /*rank=*/1, /*allow_duplicates=*/false);
  std::cout << *distributed.next(10) << "\n";
  samplers::StreamSampler stream(/*epoch_size=*/10);
  std::cout << stream.next(6)->size() << stream.next(6)->size() << stream.next(6).has_value() << "\n";

  Ends first(6), second(6);
  first.next(3);
  torch::serialize::OutputArchive out;
  first.save(out);
  std::stringstream bytes;
  out.save_to(bytes);
  torch::serialize::InputArchive in;
  in.load_from(bytes);
  second.load(in);
  std::cout << *second.next(6) << "\n";

  auto shared = datasets::make_shared_dataset<Numbers>(4);
  auto one = make_data_loader<samplers::SequentialSampler>(shared, 3);
  for (auto& values : *one) std::cout << values << " ";
  std::cout << shared->size().value() << "\n";
  for (auto it = one->begin(); it != one->end(); ++it) std::cout << it->size() << " ";
  std::cout << "\n";
}
