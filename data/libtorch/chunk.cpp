#include "data/libtorch/chunk.h"

#include "autograd/base/check.h"

namespace xgrad::data::datasets {

ChunkDatasetOptions::ChunkDatasetOptions(std::size_t preloader_count, std::size_t batch_size, std::size_t cache_size,
                                         std::size_t cross_chunk_shuffle_count)
    : preloader_count_(preloader_count),
      batch_size_(batch_size),
      cache_size_(cache_size),
      cross_chunk_shuffle_count_(cross_chunk_shuffle_count) {
  validate();
}

void ChunkDatasetOptions::validate() const {
  check<ValueError>(preloader_count_ >= 1, "ChunkDataset: there must be at least 1 preloader");
  check<ValueError>(batch_size_ >= 1, "ChunkDataset: the batch size must be at least 1");
  check<ValueError>(cache_size_ >= batch_size_, "ChunkDataset: a cache of {} has no room for a batch of {}", cache_size_,
                    batch_size_);
  check<ValueError>(cross_chunk_shuffle_count_ >= 1, "ChunkDataset: cross_chunk_shuffle_count must be at least 1");
}

}  // namespace xgrad::data::datasets
