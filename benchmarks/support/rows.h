/// The work that is measured, and the program around it: every library measures the same rows through the same main.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace benchmarks {

enum class Cell { rnn, lstm, gru };

/// How a row runs: a padded batch, sequences packed by length, one step at a time, or no layer at all.
enum class Kind { padded, packed, step_by_step, chain };

/// One step of training of a recurrent layer on a batch: zero_grad, forward, mean of the squared outputs, backward, Adam.
struct Row {
  std::string name;
  Kind kind;
  Cell cell;
  std::int64_t batch;
  std::int64_t steps;
  std::int64_t input;
  std::int64_t hidden;

  /// Of each sequence, longest first: spread evenly from 1 to `steps` where packed.
  std::vector<std::int64_t> lengths() const;
  /// Sequences that run at each step.
  std::vector<std::int64_t> batch_sizes() const;
  std::int64_t tokens() const;
  /// Multiplications and additions of the matrix products of a step of training: outputs, and gradients of inputs and
  /// weights.
  double flops() const;
};

/// Operations, forward and backward, that a step of the row of small operations consists of: tanh(y * w), again and again.
inline constexpr std::int64_t chain_operations = 1000;
inline constexpr std::int64_t chain_elements = 16;

/// Rows A to J.
const std::vector<Row>& rows();
/// An LSTM of 32 sequences of 64 steps, 64 to 128, with one of steps, batch and hidden varied.
const std::vector<Row>& throughput_rows();

using Step = std::function<void()>;

/// What a library brings.
struct Library {
  std::string name;
  std::function<void(int)> set_threads;
  /// A step of training; empty where the library has no such row.
  std::function<Step(const Row&)> training;
  /// One time step of one sequence without gradients, the state carried on; empty where the library does not do it.
  std::function<Step(const Row&)> streaming;
};

/// The main of each program; see --help.
int run(int argc, char** argv, const Library& library);

}  // namespace benchmarks
