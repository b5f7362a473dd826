/// Batches of an iterable dataset, for several workers.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "data/dataset.h"

namespace xgrad::data::detail {

/// Batches out of a stream of examples. Whoever asks for a batch waits until those before it are read.
template <class Example>
class StreamReader {
 public:
  /// Passes over the first `skipped` examples.
  StreamReader(typename IterableDataset<Example>::Stream stream, std::size_t batch_size, bool drop_last, std::size_t skipped)
      : stream_(std::move(stream)), batch_size_(batch_size), drop_last_(drop_last), skipped_(skipped) {}

  std::optional<std::vector<Example>> operator()(std::size_t number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return turn_ == number; });
    std::vector<Example> examples;
    std::exception_ptr error;
    try {
      for (; skipped_ > 0 && !over_; --skipped_) over_ = !stream_();
      while (examples.size() < batch_size_ && !over_) {
        std::optional<Example> example = stream_();
        if (example) examples.push_back(*std::move(example));
        else over_ = true;
      }
    } catch (...) {
      over_ = true;
      error = std::current_exception();
    }
    ++turn_;
    lock.unlock();
    changed_.notify_all();
    if (error) std::rethrow_exception(error);
    if (examples.empty() || (drop_last_ && examples.size() < batch_size_)) return std::nullopt;
    return examples;
  }

 private:
  typename IterableDataset<Example>::Stream stream_;
  std::size_t batch_size_;
  bool drop_last_;
  std::size_t skipped_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t turn_ = 0;
  bool over_ = false;
};

}  // namespace xgrad::data::detail
