/// What the two directions of attention share: blocks of scores. For .cpp files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "autograd/kernels/attention.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/panel_gemm.h"

namespace xgrad::kernels {

/// A block of scores stays in the first-level cache.
inline constexpr std::int64_t query_block = 64;
inline constexpr std::int64_t key_block = 96;

inline std::int64_t block_count(std::int64_t length, std::int64_t block) { return (length + block - 1) / block; }
inline std::int64_t block_size(std::int64_t length, std::int64_t block, std::int64_t i) {
  return std::min(block, length - i * block);
}

/// A matrix's rows in blocks, each packed as it is, or turned.
template <class T>
std::vector<PackedMatrix<T>> pack_blocks(const T* rows, std::int64_t stride, std::int64_t length, std::int64_t size,
                                         std::int64_t block, bool turned) {
  std::vector<PackedMatrix<T>> blocks;
  for (std::int64_t i = 0; i < block_count(length, block); ++i) {
    const T* source = rows + i * block * stride;
    const std::int64_t count = block_size(length, block, i);
    if (turned) blocks.emplace_back(source, size, count, std::int64_t{1}, stride);
    else blocks.emplace_back(source, count, size, stride, std::int64_t{1});
  }
  return blocks;
}

/// How many keys the last of some queries sees.
inline std::int64_t keys_seen(const AttentionShape& shape, std::int64_t last_query) {
  return shape.causal ? std::min(shape.keys, last_query + 1) : shape.keys;
}

/// Scores of a block, row-major with key_block columns: the products, what the mask adds, and -infinity for keys that do not
/// count, those behind the last included.
template <class T>
void masked_scores(const AttentionShape& shape, const AttentionMask<T>& mask, std::int64_t b, std::int64_t first_query,
                   std::int64_t queries, std::int64_t first_key, const T* scaled_queries, const PackedMatrix<T>& keys,
                   T* scores) {
  constexpr T nothing = -std::numeric_limits<T>::infinity();
  const std::int64_t count = keys.columns();
  panel_gemm<T>(queries, Term<T>{scaled_queries, shape.size, &keys}, Start::zero, nullptr, scores, key_block);
  for (std::int64_t i = 0; i < queries; ++i) {
    T* row = scores + i * key_block;
    if (mask.counts != nullptr) {
      const bool* counts = mask.counts + mask.offsets[static_cast<std::size_t>(b)] + (first_query + i) * mask.query_stride +
                           first_key * mask.key_stride;
      for (std::int64_t j = 0; j < count; ++j) row[j] = counts[j * mask.key_stride] ? row[j] : nothing;
    } else if (mask.added != nullptr) {
      const T* added = mask.added + mask.offsets[static_cast<std::size_t>(b)] + (first_query + i) * mask.query_stride +
                       first_key * mask.key_stride;
      for (std::int64_t j = 0; j < count; ++j) row[j] += added[j * mask.key_stride];
    }
    const std::int64_t seen = std::clamp<std::int64_t>(keys_seen(shape, first_query + i) - first_key, 0, count);
    std::fill(row + seen, row + round_up(count, vector_width<T>), nothing);
  }
}

/// Queries of a block, scaled, without gaps.
template <class T>
void scale_queries(const AttentionShape& shape, const T* rows, std::int64_t stride, std::int64_t count, T* scaled) {
  const auto scale = static_cast<T>(shape.scale);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t e = 0; e < shape.size; ++e) scaled[i * shape.size + e] = rows[i * stride + e] * scale;
  }
}

}  // namespace xgrad::kernels
