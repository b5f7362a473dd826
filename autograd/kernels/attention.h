/// Scaled dot-product attention over plain memory, in blocks of queries and keys: no matrix of queries by keys is ever
/// whole. Dao et al., 2022, https://arxiv.org/abs/2205.14135
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace xgrad::kernels {

/// Matrices of a batch, row-major, anywhere in memory.
template <class T>
struct AttentionRows {
  const T* data = nullptr;
  std::vector<std::int64_t> offsets;  ///< of each matrix of the batch
  std::int64_t stride = 0;            ///< from row to row
  const T* matrix(std::int64_t b) const { return data + offsets[static_cast<std::size_t>(b)]; }
};

/// What is known of the scores beforehand: which count, or what is added to them; neither for no mask.
template <class T>
struct AttentionMask {
  const bool* counts = nullptr;
  const T* added = nullptr;
  std::vector<std::int64_t> offsets;  ///< of each matrix of the batch
  std::int64_t query_stride = 0;
  std::int64_t key_stride = 0;
};

struct AttentionShape {
  std::int64_t batch;
  std::int64_t queries;
  std::int64_t keys;
  std::int64_t size;        ///< of queries and keys
  std::int64_t value_size;  ///< of values
  double scale;
  bool causal;         ///< query i sees keys 0 to i
  double dropout;      ///< the probability with which a weight is dropped
  std::uint64_t seed;  ///< of what is dropped
};

/// What weight (query, key) of matrix b is multiplied by: 0, or 1 / (1 - dropout), by the seed and the place alone.
template <class T>
void attention_dropout(const AttentionShape& shape, std::int64_t b, std::int64_t query, std::int64_t first_key,
                       std::int64_t count, T* factors);

/// out[b, i] = sum over j of softmax(scale q[b, i] k[b, j] + mask)[j] v[b, j]; and logsumexp[b, i] of the scores, infinite
/// where no key counts: then out is 0. Results are row-major without gaps. T is float or double.
template <class T>
void attention(const AttentionShape& shape, const AttentionRows<T>& q, const AttentionRows<T>& k, const AttentionRows<T>& v,
               const AttentionMask<T>& mask, T* out, T* logsumexp);

/// The gradients of q, k and v, row-major without gaps, of the result and its gradient.
template <class T>
void attention_backward(const AttentionShape& shape, const AttentionRows<T>& q, const AttentionRows<T>& k,
                        const AttentionRows<T>& v, const AttentionMask<T>& mask, const T* out, const T* logsumexp,
                        const AttentionRows<T>& gradient, T* q_gradient, T* k_gradient, T* v_gradient);

}  // namespace xgrad::kernels
