#include "autograd/kernels/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/base/parallel.h"
#include "autograd/kernels/attention_blocks.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/panel_gemm.h"
#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

namespace {

/// A mixing of bits after which neighbours have nothing in common. https://nullprogram.com/blog/2018/07/31/
std::uint32_t mixed(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  return x ^ (x >> 16);
}

template <class T>
struct RunningSoftmax {
  T largest = -std::numeric_limits<T>::infinity();
  T sum = 0;

  /// Scores of further keys become weights that belong to the new largest; the weights before are to be multiplied by what
  /// is returned.
  T take(T* row, std::int64_t columns) {
    constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
    Batch<T> maxima(largest);
    for (std::int64_t j = 0; j < columns; j += width) maxima = xsimd::max(maxima, Batch<T>::load_aligned(row + j));
    alignas(64) T lanes[width];
    maxima.store_aligned(lanes);
    const T found = *std::max_element(lanes, lanes + width);
    const T shift = found == -std::numeric_limits<T>::infinity() ? T(0) : found;
    const Batch<T> below(shift);
    Batch<T> total(T(0));
    for (std::int64_t j = 0; j < columns; j += width) {
      const Batch<T> weight = exp<T>(Batch<T>::load_aligned(row + j) - below);
      total += weight;
      weight.store_aligned(row + j);
    }
    const T factor = found == largest ? T(1) : std::exp(largest - shift);
    sum = sum * factor + xsimd::hadd(total);
    largest = found;
    return factor;
  }
};

}  // namespace

template <class T>
void attention_dropout(const AttentionShape& shape, std::int64_t b, std::int64_t query, std::int64_t first_key,
                       std::int64_t count, T* factors) {
  const auto row = static_cast<std::uint64_t>(b * shape.queries + query);
  const std::uint64_t place = shape.seed + row * 0x9e3779b97f4a7c15U;
  const std::uint32_t start = mixed(static_cast<std::uint32_t>(place) ^ mixed(static_cast<std::uint32_t>(place >> 32)));
  const auto dropped = static_cast<std::uint32_t>(shape.dropout * 4294967295.0);
  const T kept = shape.dropout < 1 ? static_cast<T>(1 / (1 - shape.dropout)) : T(0);
  for (std::int64_t j = 0; j < count; ++j) {
    const std::uint32_t number = mixed(start + static_cast<std::uint32_t>(first_key + j) * 0x9e3779b9U);
    factors[j] = number < dropped ? T(0) : kept;
  }
}

template <class T>
void attention(const AttentionShape& shape, const AttentionRows<T>& q, const AttentionRows<T>& k, const AttentionRows<T>& v,
               const AttentionMask<T>& mask, T* out, T* logsumexp) {
  const std::int64_t blocks = block_count(shape.queries, query_block);
  // A job packs the keys and values of its matrix once, for a share of the queries.
  const std::int64_t shares =
      std::clamp<std::int64_t>(8 / std::max<std::int64_t>(1, shape.batch), 1, std::max<std::int64_t>(1, blocks));
  const std::int64_t pairs = shape.queries * shape.keys / shares;
  const double work = static_cast<double>(pairs) * static_cast<double>(shape.size + shape.value_size);
  const auto grain = std::max<std::int64_t>(1, static_cast<std::int64_t>(4e5 / std::max(1.0, work)));
  parallel_for(0, shape.batch * shares, grain, [&](std::int64_t first, std::int64_t last) {
    const std::int64_t row_size = round_up(shape.value_size, vector_width<T>);
    const Buffer<T> scaled(query_block * shape.size);
    const Buffer<T> scores(query_block * key_block);
    const Buffer<T> sums(query_block * row_size);
    const Buffer<T> factors(key_block);
    std::vector<PackedMatrix<T>> keys;
    std::vector<PackedMatrix<T>> values;
    std::int64_t packed = -1;
    for (std::int64_t job = first; job < last; ++job) {
      const std::int64_t b = job / shares;
      const std::int64_t share = job % shares;
      const std::int64_t end = blocks * (share + 1) / shares;
      if (packed != b) {
        keys = pack_blocks(k.matrix(b), k.stride, shape.keys, shape.size, key_block, true);
        values = pack_blocks(v.matrix(b), v.stride, shape.keys, shape.value_size, key_block, false);
        packed = b;
      }
      for (std::int64_t block = blocks * share / shares; block < end; ++block) {
        const std::int64_t begin = block * query_block;
        const std::int64_t count = block_size(shape.queries, query_block, block);
        scale_queries(shape, q.matrix(b) + begin * q.stride, q.stride, count, scaled.data());
        std::fill(sums.data(), sums.data() + count * row_size, T(0));
        RunningSoftmax<T> rows[query_block];
        const std::int64_t seen = keys_seen(shape, begin + count - 1);
        for (std::int64_t kb = 0; kb * key_block < seen; ++kb) {
          const auto index = static_cast<std::size_t>(kb);
          masked_scores(shape, mask, b, begin, count, kb * key_block, scaled.data(), keys[index], scores.data());
          const std::int64_t columns = keys[index].columns();
          for (std::int64_t i = 0; i < count; ++i) {
            T* row = scores.data() + i * key_block;
            const T factor = rows[i].take(row, round_up(columns, vector_width<T>));
            if (factor != 1 && kb > 0) {
              for (std::int64_t e = 0; e < row_size; ++e) sums[i * row_size + e] *= factor;
            }
            if (shape.dropout > 0) {
              attention_dropout(shape, b, begin + i, kb * key_block, columns, factors.data());
              for (std::int64_t j = 0; j < columns; ++j) row[j] *= factors[j];
            }
          }
          panel_gemm<T>(count, Term<T>{scores.data(), key_block, &values[index]}, Start::result, nullptr, sums.data(),
                        row_size);
        }
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t place = b * shape.queries + begin + i;
          const bool none = rows[i].sum == 0;
          const T inverse = none ? T(0) : 1 / rows[i].sum;
          for (std::int64_t e = 0; e < shape.value_size; ++e) {
            out[place * shape.value_size + e] = none ? T(0) : sums[i * row_size + e] * inverse;
          }
          logsumexp[place] = none ? std::numeric_limits<T>::infinity() : rows[i].largest + std::log(rows[i].sum);
        }
      }
    }
  });
}

template void attention_dropout(const AttentionShape&, std::int64_t, std::int64_t, std::int64_t, std::int64_t, float*);
template void attention_dropout(const AttentionShape&, std::int64_t, std::int64_t, std::int64_t, std::int64_t, double*);
template void attention(const AttentionShape&, const AttentionRows<float>&, const AttentionRows<float>&,
                        const AttentionRows<float>&, const AttentionMask<float>&, float*, float*);
template void attention(const AttentionShape&, const AttentionRows<double>&, const AttentionRows<double>&,
                        const AttentionRows<double>&, const AttentionMask<double>&, double*, double*);

}  // namespace xgrad::kernels
