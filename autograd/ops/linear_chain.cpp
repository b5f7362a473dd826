#include "autograd/ops/linear_chain.h"

#include <array>
#include <cstddef>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/grad.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/linear_chain.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

void require_chain(const char* operation, const LinearChainScores& scores, const Tensor& lengths) {
  const Tensor& emissions = scores.emissions;
  check<ShapeError>(emissions.dim() == 3 && emissions.size(2) > 0, "{}: expected emissions (time, batch, labels), got {}",
                    operation, emissions.sizes());
  check<TypeError>(emissions.dtype() == kFloat32 || emissions.dtype() == kFloat64, "{}: expected float32 or float64, got {}",
                   operation, emissions.dtype());
  const std::int64_t labels = emissions.size(2);
  check<ShapeError>(scores.transitions.sizes() == IntArrayRef({labels, labels}) &&
                        scores.start.sizes() == IntArrayRef({labels}) && scores.end.sizes() == IntArrayRef({labels}),
                    "{}: transitions {}, start {} and end {} do not fit {} labels", operation, scores.transitions.sizes(),
                    scores.start.sizes(), scores.end.sizes(), labels);
  for (const Tensor& other : {scores.transitions, scores.start, scores.end}) {
    check<TypeError>(other.dtype() == emissions.dtype(), "{}: emissions are {}, other scores {}", operation,
                     emissions.dtype(), other.dtype());
  }
  check<TypeError>(lengths.dtype() == kInt64, "{}: lengths must be int64, got {}", operation, lengths.dtype());
  check<ShapeError>(lengths.sizes() == IntArrayRef({emissions.size(1)}), "{}: lengths {} do not fit a batch of {}",
                    operation, lengths.sizes(), emissions.size(1));
  for (const std::int64_t length : lengths.to_vector<std::int64_t>()) {
    check<ValueError>(length >= 1 && length <= emissions.size(0), "{}: length {} is not in [1, {}]", operation, length,
                      emissions.size(0));
  }
}

/// The tensors in row-major order, and what the kernels see of them.
struct ContiguousChain {
  ContiguousChain(const LinearChainScores& scores, const Tensor& given_lengths)
      : emissions(scores.emissions.detach().contiguous()),
        transitions(scores.transitions.detach().contiguous()),
        start(scores.start.detach().contiguous()),
        end(scores.end.detach().contiguous()),
        lengths(given_lengths.contiguous()) {}

  template <class T>
  kernels::LinearChain<T> view() const {
    return {emissions.data_ptr<T>(),          transitions.data_ptr<T>(), start.data_ptr<T>(), end.data_ptr<T>(),
            lengths.data_ptr<std::int64_t>(), emissions.size(1),         emissions.size(2)};
  }

  Tensor emissions;
  Tensor transitions;
  Tensor start;
  Tensor end;
  Tensor lengths;
};

/// The log-partition in generic operations: for gradients of gradients.
Tensor composed(const LinearChainScores& scores, const Tensor& lengths) {
  constexpr double forbidden = -1e30;  // finite: its exponential is 0, and so is its gradient
  const auto finite = [](const Tensor& x) { return masked_fill(x, isneginf(x.detach()), forbidden); };
  const Tensor emissions = finite(scores.emissions);
  const Tensor transitions = finite(scores.transitions);
  Tensor forward = finite(scores.start) + select(emissions, 0, 0);
  for (std::int64_t t = 1; t < emissions.size(0); ++t) {
    const Tensor next = logsumexp(unsqueeze(forward, 2) + transitions, 1) + select(emissions, 0, t);
    forward = where(unsqueeze(gt(lengths, t), 1), next, forward);
  }
  return logsumexp(forward + finite(scores.end), 1);
}

}  // namespace

Tensor linear_chain_log_partition(const LinearChainScores& scores, const Tensor& lengths) {
  const autograd::profiler::RecordFunction profiled("linear_chain_log_partition");
  require_chain("linear_chain_log_partition", scores, lengths);
  const std::int64_t batch = scores.emissions.size(1);
  const std::int64_t labels = scores.emissions.size(2);
  const Dtype dtype = scores.emissions.dtype();
  Tensor result = empty({batch}, dtype);
  const bool records = must_record({scores.emissions, scores.transitions, scores.start, scores.end});
  const Tensor posterior = records ? zeros(scores.emissions.sizes(), dtype) : Tensor();
  const Tensor pairs = records ? empty({batch, labels * labels}, dtype) : Tensor();
  const Tensor last = records ? empty({batch, labels}, dtype) : Tensor();
  const ContiguousChain chain(scores, lengths);
  visit_floating(dtype, "linear_chain_log_partition", [&]<class T>() {
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
      const kernels::LinearChainPosterior<T> out =
          records ? kernels::LinearChainPosterior<T>{posterior.data_ptr<T>(), pairs.data_ptr<T>(), last.data_ptr<T>()}
                  : kernels::LinearChainPosterior<T>{};
      kernels::linear_chain_sum(chain.view<T>(), result.data_ptr<T>(), records ? &out : nullptr);
    }
  });
  return record(
      "LinearChainLogPartition", result, {scores.emissions, scores.transitions, scores.start, scores.end},
      [posterior, pairs, last, lengths, labels, impossible = isneginf(result), emissions = SavedTensor(scores.emissions),
       transitions = SavedTensor(scores.transitions), start = SavedTensor(scores.start),
       end = SavedTensor(scores.end)](const Tensor& grad) -> std::array<Tensor, 4> {
        if (!GradMode::is_enabled()) {
          const Tensor row = view(grad, {1, -1});
          return {posterior * view(grad, {1, -1, 1}), view(matmul(row, pairs), {labels, labels}),
                  view(matmul(row, select(posterior, 0, 0)), {labels}), view(matmul(row, last), {labels})};
        }
        const LinearChainScores given{emissions.unpack(), transitions.unpack(), start.unpack(), end.unpack()};
        const TensorList inputs{given.emissions, given.transitions, given.start, given.end};
        TensorList wanted;
        for (const Tensor& input : inputs) {
          if (input.requires_grad()) wanted.push_back(input);
        }
        // Of sequences of one step, transitions have no part in the sum.
        // Where no sequence is allowed, none has a share; the scores there are finite.
        const Tensor weight = masked_fill(grad, impossible, 0);
        TensorList found = autograd::grad({composed(given, lengths)}, wanted, {weight}, true, true, true);
        std::array<Tensor, 4> gradients;
        std::size_t next = 0;
        for (std::size_t i = 0; i < 4; ++i) {
          if (!inputs[i].requires_grad()) continue;
          const Tensor& of_input = found[next++];
          gradients[i] = of_input.defined() ? of_input : zeros_like(inputs[i]);
        }
        return gradients;
      });
}

std::vector<std::vector<ScoredLabels>> linear_chain_best(const LinearChainScores& scores, const Tensor& lengths,
                                                         std::int64_t count) {
  const autograd::profiler::RecordFunction profiled("linear_chain_best");
  require_chain("linear_chain_best", scores, lengths);
  check<ValueError>(count >= 1, "linear_chain_best: expected a count of at least 1, got {}", count);
  const std::int64_t batch = scores.emissions.size(1);
  std::vector<std::vector<ScoredLabels>> result(static_cast<std::size_t>(batch));
  const ContiguousChain chain(scores, lengths);
  visit_floating(scores.emissions.dtype(), "linear_chain_best", [&]<class T>() {
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
      kernels::parallel_for(0, batch, 4, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t n = first; n < last; ++n) {
          for (auto& [score, labels] : kernels::linear_chain_best(chain.view<T>(), n, count)) {
            result[static_cast<std::size_t>(n)].emplace_back(static_cast<double>(score), std::move(labels));
          }
        }
      });
    }
  });
  return result;
}

}  // namespace xgrad
