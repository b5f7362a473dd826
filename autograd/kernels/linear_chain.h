/// Sequences of labels that depend on their neighbours: sums and maxima over all of them, by dynamic programming.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace xgrad::kernels {

/// The scores of a batch: that of a sequence of labels is the sum of its labels' emissions, of the transitions between
/// neighbours, and of its first label's start and its last one's end. -inf forbids.
template <class T>
struct LinearChain {
  const T* emissions;    ///< (steps, batch, labels)
  const T* transitions;  ///< (labels, labels), from row to column
  const T* start;        ///< (labels)
  const T* end;          ///< (labels)
  const std::int64_t* lengths;
  std::int64_t batch;
  std::int64_t labels;
};

/// Where the probabilities of a batch go, under which a sequence's logarithm is its score less the log-partition.
template <class T>
struct LinearChainPosterior {
  T* labels;  ///< (steps, batch, labels): of each label at each step; zeros where they come
  T* pairs;   ///< (batch, labels, labels): how often one follows another, expected
  T* last;    ///< (batch, labels): of the last label
};

/// The logarithm of the sum of the exponentials of all sequences' scores: (batch); with `posterior`, these too.
template <class T>
void linear_chain_sum(const LinearChain<T>& chain, T* log_partition, const LinearChainPosterior<T>* posterior);

/// The `count` best sequences of one of the batch with their scores, the best first; fewer where there are not as many.
template <class T>
std::vector<std::pair<T, std::vector<std::int64_t>>> linear_chain_best(const LinearChain<T>& chain, std::int64_t sequence,
                                                                       std::int64_t count);

}  // namespace xgrad::kernels
