// Writes data_loader.json: the batches of libtorch's data loaders and samplers. Not part of the build:
//   g++ -std=c++17 make_data_loader.cpp -I/usr/include/torch/csrc/api/include -ltorch -ltorch_cpu -lc10 -o make_data_loader
//   ./make_data_loader > data_loader.json
#include <torch/torch.h>

#include <iostream>

using namespace torch::data;  // NOLINT: a script

struct Numbers : datasets::Dataset<Numbers, int64_t> {
  explicit Numbers(size_t count) : count_(count) {}
  int64_t get(size_t index) override { return static_cast<int64_t>(index); }
  torch::optional<size_t> size() const override { return count_; }
  size_t count_;
};

// Chunk i is 100 i, 100 i + 1, ...: i + 1 numbers.
struct Reader : datasets::ChunkDataReader<int64_t> {
  using BatchType = std::vector<int64_t>;
  BatchType read_chunk(size_t chunk) override {
    BatchType numbers;
    for (size_t i = 0; i <= chunk; ++i) numbers.push_back(static_cast<int64_t>(100 * chunk + i));
    return numbers;
  }
  size_t chunk_count() override { return 5; }
  void reset() override {}
};

bool first_case = true;

void begin(const char* name) {
  std::cout << (first_case ? "{\n" : ",\n") << '"' << name << "\": [";
  first_case = false;
}

template <class Batch>
void write(const Batch& batch, bool first) {
  std::cout << (first ? "[" : ", [");
  for (size_t i = 0; i < batch.size(); ++i) std::cout << (i == 0 ? "" : ", ") << batch[i];
  std::cout << "]";
}

template <class Loader>
void epochs(const char* name, Loader& loader) {
  begin(name);
  bool first = true;
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (auto& batch : *loader) write(batch, std::exchange(first, false));
  }
  std::cout << "]";
}

template <class Sampler>
void sampled(const char* name, Sampler sampler) {
  begin(name);
  bool first = true;
  for (int epoch = 0; epoch < 2; ++epoch) {
    sampler.set_epoch(epoch);
    sampler.reset();
    while (auto batch = sampler.next(3)) write(*batch, std::exchange(first, false));
  }
  std::cout << "]";
}

int main() {
  torch::manual_seed(1);
  auto random = make_data_loader(Numbers(10), DataLoaderOptions().batch_size(4));
  epochs("random", random);
  auto dropping = make_data_loader<samplers::SequentialSampler>(Numbers(10), DataLoaderOptions(4).drop_last(true));
  epochs("sequential_drop_last", dropping);
  sampled("distributed_random", samplers::DistributedRandomSampler(11, 3, 1));
  sampled("distributed_random_without_duplicates", samplers::DistributedRandomSampler(11, 3, 2, false));
  sampled("distributed_sequential", samplers::DistributedSequentialSampler(11, 3, 2));
  torch::manual_seed(2);
  using Chunks = datasets::ChunkDataset<Reader>;
  auto chunks = make_data_loader(
      datasets::make_shared_dataset<Chunks>(Reader(), samplers::RandomSampler(5), samplers::RandomSampler(0),
                                            datasets::ChunkDatasetOptions(1, 4, 2048, 2)),
      DataLoaderOptions(4));
  epochs("chunks", chunks);
  std::cout << "\n}\n";
}
