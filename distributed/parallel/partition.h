/// Parameters dealt to ranks by rows, for ZeroRedundancyOptimizer.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"
#include "distributed/process_group.h"

namespace xgrad::optim {

/// The rows of each parameter that a rank updates: [rank n / R, (rank + 1) n / R) of n.
class ParameterPartition {
 public:
  /// Throws ValueError for parameters that are not contiguous. `group` may be null for one rank.
  ParameterPartition(std::vector<Tensor> parameters, distributed::ProcessGroup* group);

  /// This rank's rows of each parameter: leaves that share its memory.
  const std::vector<Tensor>& slices() const { return slices_; }
  const std::vector<Tensor>& parameters() const { return parameters_; }

  /// Gives the slices the rows of the parameters' gradients.
  void take_gradients() const;
  /// After the slices were updated: each rank gets the others' rows.
  void gather_parameters() const;
  /// An optimizer's state of the slices as that of whole parameters. All ranks call it.
  io::Value whole_state(const io::Value& state) const;
  /// The part of a whole state that is about this rank's slices.
  io::Value state_of_slices(const io::Value& state) const;

 private:
  struct Range {
    std::int64_t begin;
    std::int64_t end;
  };
  Range rows_of(const Tensor& parameter, int rank) const;
  void exchange_rows(const std::vector<Tensor>& tensors) const;

  std::vector<Tensor> parameters_;
  std::vector<Tensor> slices_;
  std::shared_ptr<distributed::ProcessGroup> group_;
};

}  // namespace xgrad::optim
