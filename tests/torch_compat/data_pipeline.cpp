// Data in chunks and in streams: readers, transforms one after another, samplers of shards, workers and their errors.
#include <torch/torch.h>

#include <algorithm>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using namespace torch::data;

// A file of numbers, read in chunks of different sizes.
class NumberReader : public datasets::ChunkDataReader<int> {
 public:
  using BatchType = datasets::ChunkDataReader<int>::ChunkType;
  BatchType read_chunk(size_t index) override {
    BatchType chunk(3 + index);
    std::iota(chunk.begin(), chunk.end(), static_cast<int>(100 * index));
    return chunk;
  }
  size_t chunk_count() override { return 4; }
  void reset() override {}
};

// A stream that ends, in batches of what is there.
class Stream : public datasets::StatefulDataset<Stream, std::vector<std::string>, size_t> {
 public:
  torch::optional<std::vector<std::string>> get_batch(size_t batch_size) override {
    if (at_ >= 7) return torch::nullopt;
    std::vector<std::string> lines;
    while (lines.size() < batch_size && at_ < 7) lines.push_back("line " + std::to_string(at_++));
    return lines;
  }
  torch::optional<size_t> size() const override { return torch::nullopt; }
  void reset() override { at_ = 0; }
  void save(torch::serialize::OutputArchive& archive) const override {
    archive.write("at", torch::tensor(static_cast<int64_t>(at_)), /*is_buffer=*/true);
  }
  void load(torch::serialize::InputArchive& archive) override {
    auto at = torch::empty({}, torch::kInt64);
    archive.read("at", at, /*is_buffer=*/true);
    at_ = at.item<int64_t>();
  }

 private:
  size_t at_ = 0;
};

// Sequences of their own lengths, padded by the program's own collation.
struct Sequences : datasets::Dataset<Sequences> {
  Example<> get(size_t index) override {
    if (index == bad) throw std::runtime_error("example " + std::to_string(index) + " is damaged");
    const auto length = static_cast<int64_t>(1 + index % 4);
    return {torch::full({length}, static_cast<double>(index)), torch::tensor(static_cast<int64_t>(index % 2))};
  }
  torch::optional<size_t> size() const override { return 10; }
  size_t bad = 99;
};

struct Pad : transforms::Collation<Example<>> {
  Example<> apply_batch(std::vector<Example<>> batch) override {
    std::vector<torch::Tensor> sequences, labels;
    for (auto& example : batch) {
      sequences.push_back(example.data);
      labels.push_back(example.target);
    }
    return {torch::nn::utils::rnn::pad_sequence(sequences, /*batch_first=*/true, -1), torch::stack(labels)};
  }
};

struct Shift : transforms::TensorTransform<> {
  explicit Shift(double by) : by_(by) {}
  torch::Tensor operator()(torch::Tensor x) override { return x + by_; }
  double by_;
};

int main() {
  {
    samplers::SequentialSampler sampler(0);
    auto dataset = datasets::make_shared_dataset<
        datasets::ChunkDataset<NumberReader, samplers::SequentialSampler, samplers::SequentialSampler>>(
        NumberReader(), sampler, sampler, datasets::ChunkDatasetOptions(/*preloader_count=*/1, /*batch_size=*/5));
    auto loader = make_data_loader(dataset.map(transforms::BatchLambda<std::vector<int>, int>([](std::vector<int> numbers) {
      return std::accumulate(numbers.begin(), numbers.end(), 0);
    })),
                                   DataLoaderOptions(5).workers(0));
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (const int sum : *loader) std::cout << sum << ' ';
      std::cout << '\n';
    }
  }
  {
    Stream stream;
    stream.get_batch(2);
    torch::serialize::OutputArchive out;
    stream.save(out);
    auto loader = make_data_loader(std::move(stream), DataLoaderOptions().batch_size(3));
    for (auto& batch : *loader) std::cout << batch.size() << ' ' << batch.front() << "; ";
    std::cout << '\n';
  }
  for (const size_t workers : {0, 3}) {
    auto dataset = Sequences().map(Shift(0.5)).map(Pad());
    auto loader = make_data_loader<samplers::SequentialSampler>(std::move(dataset), DataLoaderOptions(4).workers(workers));
    for (auto& batch : *loader)
      std::cout << batch.data.sizes() << ' ' << batch.data.sum().item<float>() << ' ' << batch.target.sum().item<int64_t>()
                << "; ";
    std::cout << '\n';
  }
  {
    Sequences damaged;
    damaged.bad = 5;
    auto loader = make_data_loader<samplers::SequentialSampler>(damaged.map(Pad()), DataLoaderOptions(2).workers(2));
    size_t batches = 0;
    try {
      for (auto& batch : *loader) batches += batch.data.size(0) > 0;
    } catch (const torch::data::WorkerException& error) {
      try {
        std::rethrow_exception(error.original_exception);
      } catch (const std::exception& original) {
        std::cout << batches << " batches, then: " << original.what() << '\n';
      }
    }
  }
  for (size_t rank = 0; rank < 2; ++rank) {
    samplers::DistributedRandomSampler sampler(10, /*num_replicas=*/2, rank);
    sampler.set_epoch(3);
    auto mine = *sampler.next(10);
    std::sort(mine.begin(), mine.end());
    samplers::DistributedSequentialSampler in_order(10, 2, rank);
    std::cout << mine.size() << " of them; " << *in_order.next(3) << "; " << *in_order.next(3) << '\n';
  }
  {
    auto tensors = datasets::TensorDataset(torch::arange(12).view({6, 2})).map(transforms::Stack<TensorExample>());
    auto loader = make_data_loader(std::move(tensors), samplers::SequentialSampler(6), DataLoaderOptions(4).drop_last(true));
    for (auto& batch : *loader) std::cout << batch.data.flatten() << '\n';
    samplers::StreamSampler stream(/*epoch_size=*/5);
    std::cout << stream.next(3)->size() << stream.next(3)->size() << stream.next(3).has_value() << '\n';
  }
}
