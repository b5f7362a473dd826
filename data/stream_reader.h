/// Batches of an iterable dataset, for several workers.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/tensor/generator.h"
#include "data/dataset.h"
#include "data/turns.h"

namespace xgrad::data::detail {

/// Batches out of a stream of examples. Whoever asks for a batch waits until those before it are read.
template <class Example>
class StreamReader {
 public:
  /// Passes over the batches before number `first`; `generator(i)` is the default one while batch i is passed over.
  StreamReader(typename IterableDataset<Example>::Stream stream, std::size_t batch_size, bool drop_last, std::size_t first,
               std::function<Generator(std::size_t)> generator)
      : stream_(std::move(stream)),
        batch_size_(batch_size),
        drop_last_(drop_last),
        first_(first),
        generator_(std::move(generator)),
        turns_(first) {}

  std::optional<std::vector<Example>> operator()(std::size_t number) {
    const Turns::Turn turn(turns_, number);
    std::vector<Example> examples;
    try {
      for (; passed_ < first_; ++passed_) {
        const DefaultGeneratorGuard guard(generator_(passed_));
        read();
      }
      examples = read();
    } catch (...) {
      over_ = true;
      throw;
    }
    if (examples.empty() || (drop_last_ && examples.size() < batch_size_)) return std::nullopt;
    return examples;
  }

 private:
  std::vector<Example> read() {
    std::vector<Example> examples;
    while (examples.size() < batch_size_ && !over_) {
      std::optional<Example> example = stream_();
      if (example) examples.push_back(*std::move(example));
      else over_ = true;
    }
    return examples;
  }

  typename IterableDataset<Example>::Stream stream_;
  std::size_t batch_size_;
  bool drop_last_;
  std::size_t first_;
  std::function<Generator(std::size_t)> generator_;
  Turns turns_;
  std::size_t passed_ = 0;
  bool over_ = false;
};

}  // namespace xgrad::data::detail
