/// Writing into a tensor's memory, and what that means for the graph.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Throws GraphError where grad mode is on and `target` is a leaf that requires a gradient, or a view of one, or a view that
/// was made without grad mode of what requires one; ShapeError where several of its elements share one place in memory. The
/// first thing that an in-place operation does.
void require_writable(const char* operation, const Tensor& target);

/// Notes that `target` was overwritten with values that depend on nothing: its version rises, and its gradient ends here.
void mark_written(const Tensor& target);

/// After `target`'s memory was overwritten with `value` (undefined: with constants): the part that was written takes its
/// gradient to `value`, the rest of the base keeps the base's old history. A target that is no view takes over the place in
/// the graph of `value`, which must be nobody else's.
void rebase_history(const Tensor& target, const Tensor& value);

/// Writes `value`, broadcast and converted, into `target`, and makes it `target`'s history. Its base and the base's other
/// views follow. Throws as require_writable, and ShapeError where the shape does not fit.
Tensor& write_in_place(const char* operation, const Tensor& target, const Tensor& value);

/// The same for what an operation computed after require_writable, which is not asked again. Throws TypeError besides, where
/// the result's dtype is of a higher category than the target's: a floating-point number does not fit into an integer, nor
/// an integer into a bool.
Tensor& write_result(const char* operation, const Tensor& target, const Tensor& result);

/// The handle itself, as methods in place, which are const, return it.
inline Tensor& itself(const Tensor& target) { return const_cast<Tensor&>(target); }  // NOLINT(*-pro-type-const-cast)

/// What an operation in place computes from: a copy of the target where the graph will ask for the values before.
Tensor before_change(const Tensor& target);

/// x = function(x). What may not be written is refused before anything is computed, or drawn from a generator. Throws as
/// require_writable and write_result.
template <class Function>
Tensor& change_in_place(const char* operation, const Tensor& x, const Function& function) {
  require_writable(operation, x);
  return write_result(operation, x, function(before_change(x)));
}

}  // namespace xgrad
