/// Batches of sequences of different lengths.
/// https://pytorch.org/docs/1.13/generated/torch.nn.utils.rnn.pack_padded_sequence.html
#pragma once

#include <optional>
#include <tuple>

#include "autograd/tensor/tensor.h"

namespace xgrad::nn::utils::rnn {

/// Sequences without padding: for each time step the rows of the sequences that still run, longest sequence first.
class PackedSequence {
 public:
  PackedSequence() = default;
  /// `batch_sizes` (int64) says how many sequences run at each step. The index tensors tell how the batch was sorted by
  /// length and how to undo it; undefined where it was given in order. Throws ShapeError where the rows do not add up.
  PackedSequence(Tensor data, Tensor batch_sizes, Tensor sorted_indices = {}, Tensor unsorted_indices = {});

  /// The rows of all steps.
  const Tensor& data() const { return data_; }
  /// How many sequences run at each step.
  const Tensor& batch_sizes() const { return batch_sizes_; }
  /// Which sequence of the batch each sorted one is.
  const Tensor& sorted_indices() const { return sorted_indices_; }
  /// Where each sequence of the batch lies among the sorted ones.
  const Tensor& unsorted_indices() const { return unsorted_indices_; }

  /// With the rows in another dtype; there is one device.
  PackedSequence to(const TensorOptions& options) const {
    return {data_.to(options), batch_sizes_, sorted_indices_, unsorted_indices_};
  }
  PackedSequence cpu() const { return *this; }         ///< The sequences themselves.
  bool is_cuda() const { return false; }               ///< There is one device.
  PackedSequence pin_memory() const { return *this; }  ///< The sequences themselves: no device needs pinned memory.
  bool is_pinned() const { return false; }             ///< As pin_memory() leaves them.

  /// Calls visit(data): what a module's hooks see of packed sequences.
  template <class Visit>
  void visit_tensors(const Visit& visit) {
    visit(data_);
  }

 private:
  Tensor data_;
  Tensor batch_sizes_;
  Tensor sorted_indices_;
  Tensor unsorted_indices_;
};

/// Packs a padded batch (time, batch, ...), or (batch, time, ...) with batch_first. `lengths` (int64, batch) lie between 1
/// and the time dimension, and do not increase unless enforce_sorted is false. Throws ShapeError, ValueError.
PackedSequence pack_padded_sequence(const Tensor& input, const Tensor& lengths, OnlyBool batch_first = false,
                                    OnlyBool enforce_sorted = true);

/// The padded batch and the lengths, in the order before packing. `total_length`, where given, is the time dimension.
/// Throws ValueError where a sequence is longer.
std::tuple<Tensor, Tensor> pad_packed_sequence(const PackedSequence& sequence, OnlyBool batch_first = false,
                                               double padding_value = 0,
                                               std::optional<std::int64_t> total_length = std::nullopt);

/// Sequences (length, ...) one beside the other, filled up with `padding_value`: (longest, batch, ...), or
/// (batch, longest, ...) with batch_first. Throws ShapeError where the other dimensions differ.
Tensor pad_sequence(const TensorList& sequences, OnlyBool batch_first = false, double padding_value = 0);

/// A number in the place of `batch_first` would be taken for a bool.
void pad_sequence(const TensorList& sequences, IsNumber auto padding_value, auto&&... rest) = delete;
void pad_packed_sequence(const PackedSequence& sequence, IsNumber auto padding_value, auto&&... rest) = delete;

/// Packs sequences (length, ...). Throws ShapeError, ValueError as pad_sequence and pack_padded_sequence.
PackedSequence pack_sequence(const TensorList& sequences, OnlyBool enforce_sorted = true);

/// The sequences of a padded batch without their padding. Throws ShapeError where the lengths (int64, batch) are not one for
/// each sequence, ValueError where one is negative or larger than the time dimension.
TensorList unpad_sequence(const Tensor& padded, const Tensor& lengths, OnlyBool batch_first = false);

/// The sequences of a packed batch, in the order before packing.
TensorList unpack_sequence(const PackedSequence& sequence);

/// The permutation (int64 vector) that undoes another; undefined for undefined. Throws ValueError for what is none.
Tensor invert_permutation(const Tensor& permutation);

}  // namespace xgrad::nn::utils::rnn
