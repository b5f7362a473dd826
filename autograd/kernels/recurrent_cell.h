/// The kinds of recurrent cells.
#pragma once

#include <cstdint>

namespace xgrad {

/// What the functions for recurrent layers take and return.
namespace recurrent {

/// Which cell a recurrent layer is made of.
enum class RecurrentCell { RnnTanh, RnnRelu, Lstm, Gru };

/// Gates of a cell: 4 for LSTM (i, f, g, o), 3 for GRU (r, z, n), 1 for RNN.
constexpr std::int64_t gates_of(RecurrentCell cell) {
  return cell == RecurrentCell::Lstm ? 4 : cell == RecurrentCell::Gru ? 3 : 1;
}

}  // namespace recurrent

// Not in programs written for libtorch, which may well have a RecurrentCell of their own.
#ifndef torch
using recurrent::RecurrentCell;
#endif

}  // namespace xgrad
