#include "autograd/ops/ctc_loss.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/graph/grad.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/ctc.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduce_losses.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

using Alignment = kernels::CtcAlignment;

std::vector<std::int64_t> lengths_of(const char* which, const Tensor& lengths, std::int64_t batch) {
  check<TypeError>(lengths.dtype() == kInt64, "ctc_loss: {} must be int64, got {}", which, lengths.dtype());
  check<ShapeError>(lengths.dim() <= 1 && lengths.numel() == batch, "ctc_loss: {} has shape {}, expected [{}]", which,
                    lengths.sizes(), batch);
  return lengths.to_vector<std::int64_t>();
}

std::vector<Alignment> alignments(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                                  const Tensor& target_lengths, std::int64_t blank) {
  const std::int64_t time = log_probs.size(0);
  const std::int64_t batch = log_probs.size(1);
  const std::int64_t classes = log_probs.size(2);
  check<TypeError>(targets.dtype() == kInt64, "ctc_loss: targets must be int64, got {}", targets.dtype());
  check<ValueError>(blank >= 0 && blank < classes, "ctc_loss: blank {} is not in [0, {})", blank, classes);
  const auto steps = lengths_of("input_lengths", input_lengths, batch);
  const auto lengths = lengths_of("target_lengths", target_lengths, batch);
  std::int64_t total = 0;
  for (std::int64_t n = 0; n < batch; ++n) {
    const auto i = static_cast<std::size_t>(n);
    check<ValueError>(steps[i] >= 0 && steps[i] <= time, "ctc_loss: input length {} is not in [0, {}]", steps[i], time);
    check<ValueError>(lengths[i] >= 0, "ctc_loss: target length {} is negative", lengths[i]);
    check<ShapeError>(targets.dim() == 1 || lengths[i] <= targets.size(-1),
                      "ctc_loss: target length {} does not fit targets {}", lengths[i], targets.sizes());
    total += lengths[i];
  }
  const bool padded = targets.dim() == 2;
  check<ShapeError>(
      (padded && targets.size(0) == batch) || (targets.dim() == 1 && targets.size(0) == total),
      "ctc_loss: targets {} do not fit a batch of {} with {} labels: expected (N, S), or all one after the other",
      targets.sizes(), batch, total);
  const auto labels = targets.to_vector<std::int64_t>();
  std::vector<Alignment> result;
  std::int64_t first = 0;
  for (std::int64_t n = 0; n < batch; ++n) {
    const std::int64_t length = lengths[static_cast<std::size_t>(n)];
    Alignment& one = result.emplace_back(Alignment{steps[static_cast<std::size_t>(n)], {blank}});
    for (std::int64_t s = 0; s < length; ++s) {
      const std::int64_t label = labels[static_cast<std::size_t>(first + s)];
      check<IndexError>(label >= 0 && label < classes && label != blank,
                        "ctc_loss: label {} of sequence {} is the blank, or not in [0, {})", label, n, classes);
      one.places.push_back(label);
      one.places.push_back(blank);
    }
    first += padded ? targets.size(1) : length;
  }
  return result;
}

/// The losses of all sequences in generic operations: for gradients of gradients.
Tensor composed(const Tensor& log_probs, const std::vector<Alignment>& sequences) {
  constexpr double never = -1e30;  // finite: its exponential is 0, and so is its gradient
  TensorList losses;
  for (std::size_t n = 0; n < sequences.size(); ++n) {
    const Alignment& one = sequences[n];
    const auto places = static_cast<std::int64_t>(one.places.size());
    if (one.steps == 0) {
      losses.push_back(full({}, places == 1 ? 0.0 : std::numeric_limits<double>::infinity(), log_probs.dtype()));
      continue;
    }
    const Tensor emitted = index_select(select(log_probs, 1, static_cast<std::int64_t>(n)), 1, tensor(one.places));
    Tensor no_skip = ones({places}, kBool);
    for (std::size_t s = 0; s < one.places.size(); ++s) no_skip.data_ptr<bool>()[s] = !one.skips(s);
    const auto shifted = [&](const Tensor& x, std::int64_t by) {
      by = std::min(by, places);
      return cat({full({by}, never, x.dtype()), narrow(x, 0, 0, places - by)}, 0);
    };
    const Tensor elsewhere = ge(arange(places), 2);
    Tensor alpha = masked_fill(emitted[0], elsewhere, never);
    for (std::int64_t t = 1; t < one.steps; ++t) {
      const Tensor ways = stack({alpha, shifted(alpha, 1), masked_fill(shifted(alpha, 2), no_skip, never)});
      alpha = logsumexp(ways, 0) + emitted[t];
    }
    losses.push_back(
        -logsumexp(narrow(alpha, 0, std::max<std::int64_t>(0, places - 2), std::min<std::int64_t>(2, places)), 0));
  }
  return stack(losses);
}

}  // namespace

Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths, const Tensor& target_lengths,
                std::int64_t blank, Reduction reduction, OnlyBool zero_infinity) {
  const autograd::profiler::RecordFunction profiled("ctc_loss");
  check<TypeError>(log_probs.is_floating_point(), "ctc_loss: expected floating-point log-probabilities, got {}",
                   log_probs.dtype());
  check<ShapeError>(log_probs.dim() == 2 || log_probs.dim() == 3,
                    "ctc_loss: expected log-probabilities (T, N, C) or (T, C), got {}", log_probs.sizes());
  const bool single = log_probs.dim() == 2;
  const Tensor batch = single ? unsqueeze(log_probs, 1) : log_probs;
  std::vector<Alignment> sequences = alignments(batch, targets, input_lengths, target_lengths, blank);

  const auto size = static_cast<std::int64_t>(sequences.size());
  const std::int64_t classes = batch.size(2);
  const Tensor values = batch.detach().contiguous();
  Tensor losses = empty({size}, batch.dtype());
  const Tensor posterior = must_record({batch}) ? zeros(batch.sizes(), batch.dtype()) : Tensor();
  visit_floating(batch.dtype(), "ctc_loss", [&]<class T>() {
    kernels::parallel_for(0, size, 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t n = first; n < last; ++n) {
        T* probabilities = posterior.defined() ? posterior.data_ptr<T>() + n * classes : nullptr;
        losses.data_ptr<T>()[n] = kernels::ctc_align(values.data_ptr<T>() + n * classes, size * classes,
                                                     sequences[static_cast<std::size_t>(n)], zero_infinity, probabilities);
      }
    });
  });
  losses = record("CtcLoss", losses, {batch},
                  [posterior, batch = SavedTensor(batch), sequences = std::move(sequences)](const Tensor& grad) {
                    if (!GradMode::is_enabled()) return posterior * view(-grad, {1, -1, 1});
                    const Tensor input = batch.unpack();
                    return autograd::grad({composed(input, sequences)}, {input}, {grad}, true, true)[0];
                  });
  if (zero_infinity) losses = where(isinf(losses.detach()), zeros({}, losses.dtype()), losses);
  if (reduction == Reduction::Mean) {
    return mean(losses / to(clamp(reshape(target_lengths, {-1}), 1), losses.dtype()));
  }
  return reduce_losses(single && reduction == Reduction::None ? squeeze(losses, 0) : losses, reduction);
}

}  // namespace xgrad
