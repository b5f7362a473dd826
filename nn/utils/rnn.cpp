#include "nn/utils/rnn.h"

#include <algorithm>

#include "autograd/base/check.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::nn::utils::rnn {

namespace {

/// (time, batch, ...) as rows (time * batch, ...).
Tensor as_rows(const Tensor& padded) {
  DimVector sizes = to_dims(padded.sizes());
  sizes[1] *= sizes[0];
  sizes.erase(sizes.begin());
  return reshape(padded, sizes);
}

}  // namespace

PackedSequence::PackedSequence(Tensor data, Tensor batch_sizes, Tensor sorted_indices, Tensor unsorted_indices)
    : data_(std::move(data)),
      batch_sizes_(std::move(batch_sizes)),
      sorted_indices_(std::move(sorted_indices)),
      unsorted_indices_(std::move(unsorted_indices)) {
  check<TypeError>(batch_sizes_.dtype() == kInt64 && batch_sizes_.dim() == 1,
                   "PackedSequence: batch_sizes must be an int64 vector, got {} {}", batch_sizes_.dtype(),
                   batch_sizes_.sizes());
  std::int64_t rows = 0;
  const auto sizes = batch_sizes_.to_vector<std::int64_t>();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    check<ValueError>(sizes[i] >= 1 && (i == 0 || sizes[i] <= sizes[i - 1]),
                      "PackedSequence: batch_sizes must be positive and not increase, got {} at place {}", sizes[i], i);
    rows += sizes[i];
  }
  check<ShapeError>(data_.dim() >= 1 && data_.size(0) == rows,
                    "PackedSequence: data {} does not fit batch sizes that add up to {}", data_.sizes(), rows);
  const std::int64_t batch = sizes.empty() ? 0 : sizes.front();
  for (const Tensor* indices : {&sorted_indices_, &unsorted_indices_}) {
    check<ShapeError>(!indices->defined() || indices->numel() == batch,
                      "PackedSequence: expected the places of {} sequences, got {}", batch,
                      indices->defined() ? indices->numel() : 0);
  }
  if (!sorted_indices_.defined()) {
    invert_permutation(unsorted_indices_);  // throws where it is none
    return;
  }
  const Tensor inverse = invert_permutation(sorted_indices_);
  if (!unsorted_indices_.defined()) unsorted_indices_ = inverse;
  check<ValueError>(inverse.equal(unsorted_indices_),
                    "PackedSequence: sorted and unsorted indices are not one another's inverse");
}

PackedSequence pack_padded_sequence(const Tensor& input, const Tensor& lengths, OnlyBool batch_first,
                                    OnlyBool enforce_sorted) {
  check<ShapeError>(input.dim() >= 2, "pack_padded_sequence: expected at least 2 dimensions, got {}", input.sizes());
  check<TypeError>(lengths.dtype() == kInt64 && lengths.dim() == 1,
                   "pack_padded_sequence: lengths must be an int64 vector, got {} {}", lengths.dtype(), lengths.sizes());
  const std::int64_t batch = input.size(batch_first ? 0 : 1);
  const std::int64_t time = input.size(batch_first ? 1 : 0);
  check<ShapeError>(lengths.size(0) == batch, "pack_padded_sequence: {} lengths for a batch of {}", lengths.size(0), batch);
  check<ShapeError>(batch > 0, "pack_padded_sequence: the batch is empty");
  Tensor order;
  Tensor sorted = lengths;
  if (!enforce_sorted) std::tie(sorted, order) = sort(lengths, 0, true);
  const auto steps = sorted.to_vector<std::int64_t>();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    check<ValueError>(steps[i] > 0 && steps[i] <= time,
                      "pack_padded_sequence: length {} must lie between 1 and the time dimension {}", steps[i], time);
    check<ValueError>(
        i == 0 || steps[i] <= steps[i - 1],
        "pack_padded_sequence: lengths must not increase ({} after {}); pass enforce_sorted = false for a batch in "
        "any order",
        steps[i], i == 0 ? 0 : steps[i - 1]);
  }
  // The rows of the padded batch that hold data, step after step.
  const std::vector<std::int64_t> positions =
      order.defined() ? order.to_vector<std::int64_t>() : std::vector<std::int64_t>();
  std::vector<std::int64_t> batch_sizes;
  std::vector<std::int64_t> rows;
  for (std::int64_t step = 0; step < steps.front(); ++step) {
    std::int64_t running = 0;
    for (; running < batch && steps[static_cast<std::size_t>(running)] > step; ++running) {
      const std::int64_t sequence = positions.empty() ? running : positions[static_cast<std::size_t>(running)];
      rows.push_back(batch_first ? sequence * time + step : step * batch + sequence);
    }
    batch_sizes.push_back(running);
  }
  return {index_select(as_rows(input), 0, tensor(rows)), tensor(batch_sizes), order};
}

std::tuple<Tensor, Tensor> pad_packed_sequence(const PackedSequence& sequence, OnlyBool batch_first, double padding_value,
                                               std::optional<std::int64_t> total_length) {
  const auto batch_sizes = sequence.batch_sizes().to_vector<std::int64_t>();
  check<ShapeError>(!batch_sizes.empty(), "pad_packed_sequence: the sequence is empty");
  const auto longest = static_cast<std::int64_t>(batch_sizes.size());
  const std::int64_t time = total_length.value_or(longest);
  check<ValueError>(time >= longest, "pad_packed_sequence: total_length {} is less than the longest sequence, {}", time,
                    longest);
  const std::int64_t batch = batch_sizes.front();
  const std::vector<std::int64_t> positions = sequence.unsorted_indices().defined()
                                                  ? sequence.unsorted_indices().to_vector<std::int64_t>()
                                                  : std::vector<std::int64_t>();

  // Each place of the padded batch takes a row of the data, or the row of padding that is put behind them.
  const std::int64_t padding_row = sequence.data().size(0);
  Tensor source = empty({batch_first ? batch : time, batch_first ? time : batch}, kInt64);
  Tensor lengths = zeros({batch}, kInt64);
  auto* from = source.data_ptr<std::int64_t>();
  auto* length = lengths.data_ptr<std::int64_t>();
  std::int64_t first = 0;
  for (std::int64_t step = 0; step < time; ++step) {
    const std::int64_t running = step < longest ? batch_sizes[static_cast<std::size_t>(step)] : 0;
    for (std::int64_t b = 0; b < batch; ++b) {
      const std::int64_t sorted = positions.empty() ? b : positions[static_cast<std::size_t>(b)];
      const bool runs = sorted < running;
      from[batch_first ? b * time + step : step * batch + b] = runs ? first + sorted : padding_row;
      if (runs) ++length[b];
    }
    first += running;
  }
  DimVector padding_sizes = to_dims(sequence.data().sizes());
  padding_sizes[0] = 1;
  const Tensor rows = cat({sequence.data(), full(padding_sizes, padding_value, sequence.data().dtype())}, 0);
  DimVector sizes = padding_sizes;
  sizes[0] = source.size(1);
  sizes.insert(sizes.begin(), source.size(0));
  return {view(index_select(rows, 0, view(source, {-1})), sizes), lengths};
}

Tensor pad_sequence(const TensorList& sequences, OnlyBool batch_first, double padding_value) {
  check<ValueError>(!sequences.empty(), "pad_sequence: expected at least one sequence");
  std::int64_t longest = 0;
  const IntArrayRef first = sequences.front().sizes();
  for (const Tensor& sequence : sequences) {
    check<ShapeError>(sequence.dim() >= 1 && sequence.dim() == sequences.front().dim() &&
                          sequence.sizes().slice(1, first.size() - 1) == first.slice(1, first.size() - 1),
                      "pad_sequence: sequences {} and {} differ in more than their lengths", first, sequence.sizes());
    longest = std::max(longest, sequence.size(0));
  }
  TensorList padded;
  for (const Tensor& sequence : sequences) {
    DimVector missing = to_dims(sequence.sizes());
    missing[0] = longest - sequence.size(0);
    padded.push_back(missing[0] == 0 ? sequence : cat({sequence, full(missing, padding_value, sequence.dtype())}, 0));
  }
  return stack(padded, batch_first ? 0 : 1);
}

PackedSequence pack_sequence(const TensorList& sequences, OnlyBool enforce_sorted) {
  std::vector<std::int64_t> lengths;
  for (const Tensor& sequence : sequences) lengths.push_back(sequence.dim() == 0 ? 0 : sequence.size(0));
  return pack_padded_sequence(pad_sequence(sequences), tensor(lengths), false, enforce_sorted);
}

TensorList unpad_sequence(const Tensor& padded, const Tensor& lengths, OnlyBool batch_first) {
  check<ShapeError>(padded.dim() >= 2, "unpad_sequence: expected at least 2 dimensions, got {}", padded.sizes());
  const std::int64_t batch_dim = batch_first ? 0 : 1;
  check<ShapeError>(lengths.dim() == 1 && lengths.size(0) == padded.size(batch_dim),
                    "unpad_sequence: lengths {} for a batch {}", lengths.sizes(), padded.sizes());
  TensorList sequences;
  std::int64_t i = 0;
  for (const std::int64_t length : lengths.to_vector<std::int64_t>()) {
    check<ValueError>(length >= 0 && length <= padded.size(1 - batch_dim),
                      "unpad_sequence: length {} must lie between 0 and the time dimension {}", length,
                      padded.size(1 - batch_dim));
    sequences.push_back(narrow(select(padded, batch_dim, i++), 0, 0, length));
  }
  return sequences;
}

TensorList unpack_sequence(const PackedSequence& sequence) {
  const auto [padded, lengths] = pad_packed_sequence(sequence);
  return unpad_sequence(padded, lengths);
}

Tensor invert_permutation(const Tensor& permutation) {
  if (!permutation.defined()) return {};
  check<ValueError>(permutation.dtype() == kInt64 && permutation.dim() == 1,
                    "invert_permutation: expected an int64 vector, got {} {}", permutation.dtype(), permutation.sizes());
  const auto from = permutation.to_vector<std::int64_t>();
  std::vector<std::int64_t> inverse(from.size(), -1);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto place = static_cast<std::size_t>(from[i]);
    check<ValueError>(from[i] >= 0 && place < from.size() && inverse[place] < 0,
                      "invert_permutation: {} at place {} makes this no permutation", from[i], i);
    inverse[place] = static_cast<std::int64_t>(i);
  }
  return tensor(inverse);
}

}  // namespace xgrad::nn::utils::rnn
