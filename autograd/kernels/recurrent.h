/// One layer of a recurrent net over a whole batch of sequences, forward and backward, over plain memory.
///
/// Sequences lie time step after time step: a row for each sequence that is still running, longest first (PyTorch's packed
/// layout; a padded batch is the case where all run to the end). Rows of the batch are independent of one another, so the
/// batch is cut into slices, and a thread takes a slice through all steps. Only the weight gradients add over rows: each of
/// their elements is summed by one thread in the order of the rows. Results therefore have the same bits however many
/// threads there are.
#pragma once

#include <cstdint>
#include <memory>

#include "autograd/kernels/recurrent_cell.h"

namespace xgrad::kernels {

struct RecurrentShape {
  RecurrentCell cell;
  std::int64_t input;
  std::int64_t hidden;
  std::int64_t batch;               ///< sequences
  std::int64_t steps;               ///< of the longest
  const std::int64_t* batch_sizes;  ///< sequences running at each step, not increasing
  const std::int64_t* offsets;      ///< row at which each step begins; one more entry for the end
  bool reverse;                     ///< from the last step to the first

  std::int64_t tokens() const { return offsets[steps]; }
};

/// Numbers kept for backward for each row: activated gates, in groups that start on whole vectors. 0 for RNN, which needs
/// its outputs only.
template <class T>
std::int64_t kept_gates(RecurrentCell cell, std::int64_t hidden);

template <class T>
struct RecurrentInputs {
  const T* x;          ///< tokens x input
  const T* h0;         ///< batch x hidden, or nullptr for zeros
  const T* c0;         ///< the same; LSTM only
  const T* weight_ih;  ///< gates * hidden x input
  const T* weight_hh;  ///< gates * hidden x hidden
  const T* bias_ih;    ///< gates * hidden, or nullptr
  const T* bias_hh;
};

template <class T>
struct RecurrentOutputs {
  T* y;      ///< tokens x hidden
  T* h_n;    ///< batch x hidden
  T* c_n;    ///< batch x hidden; LSTM only
  T* gates;  ///< tokens x kept_gates, or nullptr where there is no backward
  T* cells;  ///< tokens x hidden, as `gates`; LSTM only
};

/// The weights in the kernels' own layout (recurrent_weights.h), empty at first: calls put into it what they need and find
/// there what others put. Good while the weights do not change.
template <class T>
class PackedWeights;
template <class T>
std::shared_ptr<PackedWeights<T>> packed_weights();

/// A single row that keeps no gates is multiplied by the BLAS, from the weights as they are; its sums may round otherwise.
template <class T>
void recurrent_forward(const RecurrentShape& shape, const RecurrentInputs<T>& in, PackedWeights<T>& weights,
                       const RecurrentOutputs<T>& out);

/// Gradients that come in; nullptr where there is none.
template <class T>
struct RecurrentGradients {
  const T* y;
  const T* h_n;
  const T* c_n;
};

/// Gradients to compute; nullptr for those that nobody needs.
template <class T>
struct RecurrentInputGradients {
  T* x;
  T* h0;
  T* c0;
  T* weight_ih;
  T* weight_hh;
  T* bias_ih;
  T* bias_hh;
  bool add = false;  ///< to what is there, for weights and biases; else it is overwritten
};

/// With `consume`, the gates that were kept are overwritten: with their gradients, which then need no memory of their own.
template <class T>
void recurrent_backward(const RecurrentShape& shape, const RecurrentInputs<T>& in, PackedWeights<T>& weights,
                        const RecurrentOutputs<T>& kept, bool consume, const RecurrentGradients<T>& gradients,
                        const RecurrentInputGradients<T>& out);

}  // namespace xgrad::kernels
