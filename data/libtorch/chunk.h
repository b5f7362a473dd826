/// Chunked datasets, as libtorch's: data that is read in large pieces, such as files, and cut into batches.
/// https://pytorch.org/cppdocs/api/classtorch_1_1data_1_1datasets_1_1_chunk_dataset.html
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/io/archive.h"
#include "data/libtorch/datasets.h"
#include "data/libtorch/make_data_loader.h"
#include "data/libtorch/samplers.h"
#include "data/pipeline.h"

namespace xgrad::data::datasets {

/// Reads whole chunks.
template <class Example_, class Chunk_ = std::vector<Example_>>
class ChunkDataReader {
 public:
  using ChunkType = Chunk_;
  using ExampleType = Example_;
  using BatchType = Chunk_;

  virtual ~ChunkDataReader() = default;
  /// A chunk; called from several threads where there are several preloaders.
  virtual ChunkType read_chunk(std::size_t chunk_index) = 0;
  virtual std::size_t chunk_count() = 0;
  /// Begins an epoch.
  virtual void reset() = 0;
};

/// Options of ChunkDataset: `ChunkDatasetOptions(2, 64).cross_chunk_shuffle_count(4)`.
struct ChunkDatasetOptions {
  /// Throws ValueError for a number that is 0, and for a cache that is smaller than a batch.
  ChunkDatasetOptions(std::size_t preloader_count, std::size_t batch_size, std::size_t cache_size = 2048,
                      std::size_t cross_chunk_shuffle_count = 1);
  /// Throws as above for what was set since.
  void validate() const;
  /// Threads that read chunks ahead, whatever the cores.
  XGRAD_ARG(std::size_t, preloader_count);
  XGRAD_ARG(std::size_t, batch_size);
  /// No chunk is read ahead while so many examples wait.
  XGRAD_ARG(std::size_t, cache_size) = 2048;
  /// So many chunks are read at a time, and their examples sampled together.
  XGRAD_ARG(std::size_t, cross_chunk_shuffle_count) = 1;
};

/// Batches out of chunks. `ChunkSampler` gives the order of the chunks, `ExampleSampler` that of the examples in one. Chunks
/// are read ahead, and their batches come in the chunks' order, however many preloaders there are. Not for copying: use
/// `make_shared_dataset<ChunkDataset<Reader>>(reader, chunk_sampler, example_sampler, options)`.
template <class ChunkReader, class ChunkSampler = samplers::RandomSampler, class ExampleSampler = samplers::RandomSampler>
class ChunkDataset final
    : public StatefulDataset<ChunkDataset<ChunkReader, ChunkSampler, ExampleSampler>, typename ChunkReader::BatchType> {
 public:
  using UnwrappedBatchType = typename ChunkReader::BatchType;
  using BatchType = std::optional<UnwrappedBatchType>;
  using BatchRequestType = std::size_t;
  using ChunkSamplerType = ChunkSampler;
  using ExampleSamplerType = ExampleSampler;

  /// `preprocessing_policy`, where given, changes the chunks that are read together before their examples are sampled.
  /// Throws ValueError as ChunkDatasetOptions.
  ChunkDataset(ChunkReader chunk_reader, ChunkSampler chunk_sampler, ExampleSampler example_sampler,
               ChunkDatasetOptions options, std::function<void(UnwrappedBatchType&)> preprocessing_policy = nullptr)
      : chunk_reader_(std::move(chunk_reader)),
        chunk_sampler_(std::move(chunk_sampler)),
        example_sampler_(std::move(example_sampler)),
        options_(options),
        preprocessing_policy_(std::move(preprocessing_policy)) {
    options_.validate();
  }

  /// The next batch; nothing after the last one. Throws ValueError before the first reset, and for another batch size than
  /// that of the options, WorkerException where a chunk could not be read; the next call goes on behind it.
  BatchType get_batch(std::size_t batch_size) override {
    const std::lock_guard lock(mutex_);
    if (!chunks_) throw ValueError("ChunkDataset: reset comes before get_batch");
    if (batch_size != options_.batch_size()) {
      throw ValueError("ChunkDataset: expected a request for " + std::to_string(options_.batch_size()) + " examples, got " +
                       std::to_string(batch_size));
    }
    while (examples_.size() < batch_size && take_chunk()) {
    }
    if (examples_.empty()) return std::nullopt;
    const auto end = examples_.begin() + static_cast<std::ptrdiff_t>(std::min(batch_size, examples_.size()));
    UnwrappedBatchType batch(std::make_move_iterator(examples_.begin()), std::make_move_iterator(end));
    examples_.erase(examples_.begin(), end);
    return batch;
  }
  /// As above, of the options' batch size.
  BatchType get_batch() { return get_batch(options_.batch_size()); }

  /// Begins an epoch.
  void reset() override {
    const std::lock_guard lock(mutex_);
    chunks_.reset();
    if (!loaded_) {
      chunk_reader_.reset();
      chunk_sampler_.reset(chunk_reader_.chunk_count());
    }
    examples_.clear();
    waiting_ = 0;
    chunks_ = std::make_unique<Chunks>(options_.preloader_count(), options_.preloader_count() + 1,
                                       [this]() -> typename Chunks::Job {
                                         auto request = chunk_sampler_.next(options_.cross_chunk_shuffle_count());
                                         if (!request) return nullptr;
                                         return [this, request = *std::move(request)] { return read(request); };
                                       });
    loaded_ = false;
  }
  /// Not known before the chunks are read.
  std::optional<std::size_t> size() const override { return std::nullopt; }
  ChunkSamplerType& chunk_sampler() { return chunk_sampler_; }
  /// Where the order of the chunks stands; those that were read ahead count as done.
  void save(serialize::OutputArchive& archive) const override {
    const std::lock_guard lock(mutex_);
    chunk_sampler_.save(archive);
  }
  /// Goes to where `save` was called: the next reset begins there.
  void load(serialize::InputArchive& archive) override {
    const std::lock_guard lock(mutex_);
    chunk_sampler_.load(archive);
    loaded_ = true;
  }

 private:
  using Chunks = xgrad::data::detail::Pipeline<UnwrappedBatchType>;

  /// Samples the examples of the next chunk; false after the last one.
  bool take_chunk() {
    const bool ahead = waiting_ + examples_.size() < options_.cache_size();
    std::optional<UnwrappedBatchType> next;
    try {
      next = chunks_->next(std::nullopt, ahead ? options_.preloader_count() + 1 : 1);
    } catch (...) {
      throw WorkerException(std::current_exception());
    }
    if (!next) return false;
    UnwrappedBatchType& chunk = *next;
    waiting_ -= chunk.size();
    if (chunk.empty()) return true;
    example_sampler_.reset(chunk.size());
    while (auto indices = example_sampler_.next(chunk.size())) {
      for (const std::size_t index : *indices) {
        if (index >= chunk.size()) throw IndexError("ChunkDataset: the example sampler leaves the chunk");
        examples_.push_back(std::move(chunk[index]));
      }
    }
    return true;
  }

  /// On any thread.
  std::optional<UnwrappedBatchType> read(const typename ChunkSampler::BatchRequestType& chunks) {
    UnwrappedBatchType all;
    for (const std::size_t index : chunks) {
      auto chunk = chunk_reader_.read_chunk(index);
      all.insert(all.end(), std::make_move_iterator(chunk.begin()), std::make_move_iterator(chunk.end()));
    }
    if (preprocessing_policy_) preprocessing_policy_(all);
    waiting_ += all.size();
    return all;
  }

  ChunkReader chunk_reader_;
  ChunkSampler chunk_sampler_;
  ExampleSampler example_sampler_;
  ChunkDatasetOptions options_;
  std::function<void(UnwrappedBatchType&)> preprocessing_policy_;
  mutable std::mutex mutex_;
  bool loaded_ = false;                                     ///< since the last reset
  std::deque<typename ChunkReader::ExampleType> examples_;  ///< sampled, not yet in a batch
  std::atomic<std::size_t> waiting_ = 0;                    ///< examples of chunks that were read and not yet taken
  std::unique_ptr<Chunks> chunks_;                          ///< last: its end waits for the preloaders
};

}  // namespace xgrad::data::datasets
