#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/attention.h"
#include "autograd/kernels/attention_blocks.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/panel_gemm.h"
#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

namespace {

/// Scores become weights, and the gradients of the dropped weights in `gradients` those of the scores, which are scaled.
template <class T>
void weights_and_gradients(T* scores, T* gradients, std::int64_t columns, T logsumexp, T mean, T scale, const T* factors) {
  constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
  const Batch<T> below(logsumexp);
  const Batch<T> average(mean);
  const Batch<T> by(scale);
  for (std::int64_t j = 0; j < columns; j += width) {
    Batch<T> weight = exp<T>(Batch<T>::load_aligned(scores + j) - below);
    Batch<T> gradient = Batch<T>::load_aligned(gradients + j);
    if (factors != nullptr) {
      const Batch<T> factor = Batch<T>::load_aligned(factors + j);
      (weight * (gradient * factor - average) * by).store_aligned(gradients + j);
      weight *= factor;
    } else {
      (weight * (gradient - average) * by).store_aligned(gradients + j);
    }
    weight.store_aligned(scores + j);
  }
}

/// Gradients of one matrix of the batch, for a share of its keys.
template <class T>
class MatrixGradient {
 public:
  MatrixGradient(const AttentionShape& shape, const AttentionRows<T>& q, const AttentionRows<T>& k,
                 const AttentionRows<T>& v, const AttentionMask<T>& mask, const AttentionRows<T>& gradient)
      : shape_(shape),
        q_(q),
        k_(k),
        v_(v),
        mask_(mask),
        gradient_(gradient),
        size_(round_up(shape.size, vector_width<T>)),
        value_size_(round_up(shape.value_size, vector_width<T>)),
        scaled_(query_block * shape.size),
        scores_(query_block * key_block),
        gradients_(query_block * key_block),
        factors_(key_block),
        key_sums_(key_block * size_),
        value_sums_(key_block * value_size_) {
    std::fill(factors_.data(), factors_.data() + key_block, T(0));
  }

  /// Adds to q_sums, of rows with room for whole vectors, and writes the keys' rows. `means` are the sums over out times its
  /// gradient, of each query.
  void run(std::int64_t b, std::int64_t first_block, std::int64_t last_block, const T* logsumexp, const T* means, T* q_sums,
           T* k_gradient, T* v_gradient) {
    if (packed_ != b) {
      packed_ = b;
      queries_ = pack_blocks(q_.matrix(b), q_.stride, shape_.queries, shape_.size, query_block, false);
      outputs_ = pack_blocks(gradient_.matrix(b), gradient_.stride, shape_.queries, shape_.value_size, query_block, false);
    }
    for (std::int64_t kb = first_block; kb < last_block; ++kb) {
      const std::int64_t first_key = kb * key_block;
      const std::int64_t count = block_size(shape_.keys, key_block, kb);
      const T* keys = k_.matrix(b) + first_key * k_.stride;
      const PackedMatrix<T> turned_keys(keys, shape_.size, count, 1, k_.stride);
      const PackedMatrix<T> packed_keys(keys, count, shape_.size, k_.stride, 1);
      const PackedMatrix<T> turned_values(v_.matrix(b) + first_key * v_.stride, shape_.value_size, count, 1, v_.stride);
      std::fill(key_sums_.data(), key_sums_.data() + count * size_, T(0));
      std::fill(value_sums_.data(), value_sums_.data() + count * value_size_, T(0));
      const std::int64_t first_query_block = shape_.causal ? first_key / query_block : 0;
      for (std::int64_t qb = first_query_block; qb < block_count(shape_.queries, query_block); ++qb) {
        run_block(b, qb, first_key, turned_keys, packed_keys, turned_values, logsumexp, means, q_sums);
      }
      for (std::int64_t j = 0; j < count; ++j) {
        std::copy_n(key_sums_.data() + j * size_, shape_.size, k_gradient + (first_key + j) * shape_.size);
        std::copy_n(value_sums_.data() + j * value_size_, shape_.value_size,
                    v_gradient + (first_key + j) * shape_.value_size);
      }
    }
  }

 private:
  void run_block(std::int64_t b, std::int64_t qb, std::int64_t first_key, const PackedMatrix<T>& turned_keys,
                 const PackedMatrix<T>& packed_keys, const PackedMatrix<T>& turned_values, const T* logsumexp,
                 const T* means, T* q_sums) {
    const std::int64_t begin = qb * query_block;
    const std::int64_t queries = block_size(shape_.queries, query_block, qb);
    const std::int64_t count = turned_keys.columns();
    const std::int64_t columns = round_up(count, vector_width<T>);
    scale_queries(shape_, q_.matrix(b) + begin * q_.stride, q_.stride, queries, scaled_.data());
    masked_scores(shape_, mask_, b, begin, queries, first_key, scaled_.data(), turned_keys, scores_.data());
    panel_gemm<T>(queries, Term<T>{gradient_.matrix(b) + begin * gradient_.stride, gradient_.stride, &turned_values},
                  Start::zero, nullptr, gradients_.data(), key_block);
    for (std::int64_t i = 0; i < queries; ++i) {
      const bool drops = shape_.dropout > 0;
      if (drops) attention_dropout(shape_, b, begin + i, first_key, count, factors_.data());
      weights_and_gradients(scores_.data() + i * key_block, gradients_.data() + i * key_block, columns, logsumexp[begin + i],
                            means[begin + i], static_cast<T>(shape_.scale), drops ? factors_.data() : nullptr);
    }
    const auto index = static_cast<std::size_t>(qb);
    transposed_panel_gemm<T>(count, scores_.data(), max_rows, key_block, outputs_[index], Start::result, value_sums_.data(),
                             value_size_);
    transposed_panel_gemm<T>(count, gradients_.data(), max_rows, key_block, queries_[index], Start::result, key_sums_.data(),
                             size_);
    panel_gemm<T>(queries, Term<T>{gradients_.data(), key_block, &packed_keys}, Start::result, nullptr,
                  q_sums + begin * size_, size_);
  }

  const AttentionShape& shape_;
  const AttentionRows<T>& q_;
  const AttentionRows<T>& k_;
  const AttentionRows<T>& v_;
  const AttentionMask<T>& mask_;
  const AttentionRows<T>& gradient_;
  std::int64_t size_;        ///< rounded up to whole vectors
  std::int64_t value_size_;  ///< rounded up to whole vectors
  Buffer<T> scaled_;
  Buffer<T> scores_;
  Buffer<T> gradients_;
  Buffer<T> factors_;
  Buffer<T> key_sums_;
  Buffer<T> value_sums_;
  std::int64_t packed_ = -1;  ///< the matrix whose blocks are these
  std::vector<PackedMatrix<T>> queries_;
  std::vector<PackedMatrix<T>> outputs_;
};

}  // namespace

template <class T>
void attention_backward(const AttentionShape& shape, const AttentionRows<T>& q, const AttentionRows<T>& k,
                        const AttentionRows<T>& v, const AttentionMask<T>& mask, const T* out, const T* logsumexp,
                        const AttentionRows<T>& gradient, T* q_gradient, T* k_gradient, T* v_gradient) {
  const std::int64_t blocks = block_count(shape.keys, key_block);
  // Shares of the keys where the matrices are few: each has sums of its own for the queries, added in order.
  const std::int64_t shares =
      std::clamp<std::int64_t>(8 / std::max<std::int64_t>(1, shape.batch), 1, std::max<std::int64_t>(1, blocks));
  const std::int64_t size = round_up(shape.size, vector_width<T>);
  const std::int64_t pairs = shape.queries * shape.keys / shares;
  const double work = static_cast<double>(pairs) * static_cast<double>(3 * shape.size + 2 * shape.value_size);
  const auto grain = std::max<std::int64_t>(1, static_cast<std::int64_t>(4e5 / std::max(1.0, work)));
  const Buffer<T> all_sums(shares == 1 ? 0 : shape.batch * shares * shape.queries * size);
  const auto finish = [&](std::int64_t b, const T* sums) {
    for (std::int64_t i = 0; i < shape.queries; ++i) {
      T* target = q_gradient + (b * shape.queries + i) * shape.size;
      std::copy_n(sums + i * size, shape.size, target);
      for (std::int64_t share = 1; share < shares; ++share) {
        const T* more = sums + (share * shape.queries + i) * size;
        for (std::int64_t e = 0; e < shape.size; ++e) target[e] += more[e];
      }
    }
  };
  parallel_for(0, shape.batch * shares, grain, [&](std::int64_t first, std::int64_t last) {
    MatrixGradient<T> matrix(shape, q, k, v, mask, gradient);
    const Buffer<T> own_sums(shares == 1 ? shape.queries * size : 0);
    const Buffer<T> means(shape.queries);
    for (std::int64_t job = first; job < last; ++job) {
      const std::int64_t b = job / shares;
      const std::int64_t share = job % shares;
      T* sums = shares == 1 ? own_sums.data() : all_sums.data() + job * shape.queries * size;
      std::fill(sums, sums + shape.queries * size, T(0));
      for (std::int64_t i = 0; i < shape.queries; ++i) {
        const T* result = out + (b * shape.queries + i) * shape.value_size;
        const T* of_result = gradient.matrix(b) + i * gradient.stride;
        T sum = 0;
        for (std::int64_t e = 0; e < shape.value_size; ++e) sum += result[e] * of_result[e];
        means[i] = sum;
      }
      matrix.run(b, blocks * share / shares, blocks * (share + 1) / shares, logsumexp + b * shape.queries, means.data(),
                 sums, k_gradient + b * shape.keys * shape.size, v_gradient + b * shape.keys * shape.value_size);
      if (shares == 1) finish(b, sums);
    }
  });
  if (shares == 1) return;
  parallel_for(0, shape.batch, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t b = first; b < last; ++b) finish(b, all_sums.data() + b * shares * shape.queries * size);
  });
}

template void attention_backward(const AttentionShape&, const AttentionRows<float>&, const AttentionRows<float>&,
                                 const AttentionRows<float>&, const AttentionMask<float>&, const float*, const float*,
                                 const AttentionRows<float>&, float*, float*, float*);
template void attention_backward(const AttentionShape&, const AttentionRows<double>&, const AttentionRows<double>&,
                                 const AttentionRows<double>&, const AttentionMask<double>&, const double*, const double*,
                                 const AttentionRows<double>&, double*, double*, double*);

}  // namespace xgrad::kernels
