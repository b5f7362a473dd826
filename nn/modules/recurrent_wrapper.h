/// RecurrentWrapper: any cell, step by step over sequences.
#pragma once

#include <string>
#include <tuple>

#include "autograd/base/arg.h"
#include "nn/layer.h"
#include "nn/utils/rnn.h"

namespace xgrad::nn {

/// A cell of RecurrentWrapper: a module with these two.
class RecurrentCellModule : public Module {
 public:
  /// The states (batch, ...) of sequences that begin, of a batch and dtype.
  virtual TensorList first_states(std::int64_t batch, TensorOptions options) const = 0;
  /// The states after a step x (batch, features). The first of them is the step's output.
  virtual TensorList step(const Tensor& x, const TensorList& states) = 0;
};

struct RecurrentWrapperOptions {
  XGRAD_ARG(bool, batch_first) = false;  ///< whether padded input is (batch, time, features)
  XGRAD_ARG(bool, reverse) = false;      ///< whether each sequence runs from its end to its start
  /// Share of the inputs that are 0 while training, the same at all steps of a sequence.
  /// Gal and Ghahramani, 2016, https://arxiv.org/abs/1512.05287
  XGRAD_ARG(double, input_dropout) = 0;
  XGRAD_ARG(double, state_dropout) = 0;  ///< the same of the first state, where a step takes it
  /// Probability with which an element of a state stays as it was; in evaluation, the expected value is taken. Krueger et
  /// al., 2017, https://arxiv.org/abs/1606.01305
  XGRAD_ARG(double, zoneout) = 0;
  XGRAD_FIELDS(unless(batch_first, false), unless(reverse, false), unless(input_dropout, 0), unless(state_dropout, 0),
               unless(zoneout, 0));
  void validate(const std::string& module) const;
};

/// Runs a cell over sequences, padded or packed; of packed ones, a step takes those that still run. Registered as `cell`. A
/// clone has a cell of its own, where the cell can be cloned. Throws ValueError without a cell and for shares outside [0,
/// 1).
class RecurrentWrapperImpl : public Layer<RecurrentWrapperImpl, RecurrentWrapperOptions> {
 public:
  explicit RecurrentWrapperImpl(std::shared_ptr<RecurrentCellModule> cell_, const RecurrentWrapperOptions& options_ = {});
  /// With a module holder.
  template <class Impl>
  explicit RecurrentWrapperImpl(const ModuleHolder<Impl>& cell_, const RecurrentWrapperOptions& options_ = {})
      : RecurrentWrapperImpl(std::static_pointer_cast<RecurrentCellModule>(cell_.ptr()), options_) {}

  void reset() override;
  /// x (time, batch, features), and states or none for the cell's first ones. Returns outputs (time, batch, ...) and the
  /// states after the last step of each sequence.
  std::tuple<Tensor, TensorList> forward(const Tensor& x, const TensorList& states = {});
  /// Packed outputs, and the states in the order before packing.
  std::tuple<utils::rnn::PackedSequence, TensorList> forward_with_packed_input(const utils::rnn::PackedSequence& sequence,
                                                                               const TensorList& states = {});

  std::shared_ptr<RecurrentCellModule> cell;

 private:
  std::tuple<Tensor, TensorList> run(const Tensor& rows, const std::vector<std::int64_t>& batch_sizes, TensorList states);
};
XGRAD_MODULE(RecurrentWrapper);

}  // namespace xgrad::nn
