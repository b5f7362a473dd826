#include "autograd/ops/recurrent.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/grad.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/graph/ownership.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/recurrent.h"
#include "autograd/tensor/companion.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

const char* name_of(RecurrentCell cell) {
  return cell == RecurrentCell::Lstm ? "LSTM" : cell == RecurrentCell::Gru ? "GRU" : "RNN";
}

/// The inputs of the operation.
struct Inputs {
  Tensor x;
  Tensor h0;
  Tensor c0;
  RecurrentWeights weights;

  /// Calls visit(number, tensor) for each, in the order of the operation's edges.
  template <class Self, class Visit>
  static void each(Self& self, const Visit& visit) {
    visit(std::size_t{0}, self.x);
    visit(std::size_t{1}, self.h0);
    visit(std::size_t{2}, self.c0);
    visit(first_weight, self.weights.weight_ih);
    visit(first_weight + 1, self.weights.weight_hh);
    visit(first_weight + 2, self.weights.bias_ih);
    visit(first_weight + 3, self.weights.bias_hh);
  }
  static constexpr std::size_t first_weight = 3;

  TensorList list() const { return {x, h0, c0, weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh}; }
  bool must_record() const {
    return xgrad::must_record({x, h0, c0, weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh});
  }
};

void check_inputs(RecurrentCell cell, const Inputs& in, const RecurrentSteps& steps) {
  const char* name = name_of(cell);
  const std::int64_t gates = gates_of(cell);
  check<ShapeError>(in.x.dim() == 2, "{}: expected rows (tokens, input), got {}", name, in.x.sizes());
  check<ShapeError>(in.weights.weight_hh.dim() == 2, "{}: weight_hh has shape {}", name, in.weights.weight_hh.sizes());
  const std::int64_t hidden = in.weights.weight_hh.size(1);
  check<ShapeError>(in.weights.weight_hh.size(0) == gates * hidden, "{}: weight_hh {} is not ({} * hidden, hidden)", name,
                    in.weights.weight_hh.sizes(), gates);
  check<ShapeError>(in.weights.weight_ih.sizes() == IntArrayRef({gates * hidden, in.x.size(1)}),
                    "{}: input of {} features does not fit weight_ih {}: expected ({}, {})", name, in.x.size(1),
                    in.weights.weight_ih.sizes(), gates * hidden, in.x.size(1));
  check<ShapeError>(in.x.size(0) == steps.tokens(), "{}: {} rows of input for batch sizes that add up to {}", name,
                    in.x.size(0), steps.tokens());
  const DimVector state{steps.batch(), hidden};
  for (const auto& [which, initial] : {std::pair("h0", in.h0), std::pair("c0", in.c0)}) {
    if (!initial.defined()) continue;
    check<ShapeError>(initial.sizes() == IntArrayRef(state), "{}: initial state {} has shape {}, expected {}", name, which,
                      initial.sizes(), state);
  }
  Inputs::each(in, [&](std::size_t /*number*/, const Tensor& tensor) {
    if (!tensor.defined()) return;
    check<TypeError>(tensor.dtype() == in.x.dtype() && tensor.is_floating_point(),
                     "{}: input, states and weights must have one floating-point dtype, got {} and {}", name, in.x.dtype(),
                     tensor.dtype());
  });
  for (const Tensor* bias : {&in.weights.bias_ih, &in.weights.bias_hh}) {
    check<ShapeError>(!bias->defined() || bias->sizes() == IntArrayRef({gates * hidden}),
                      "{}: a bias has shape {}, expected [{}]", name, bias->defined() ? bias->sizes() : IntArrayRef(),
                      gates * hidden);
  }
}

kernels::RecurrentShape shape_of(RecurrentCell cell, const Inputs& in, const RecurrentSteps& steps, bool reverse) {
  return {cell,          in.x.size(1),         in.weights.weight_hh.size(1), steps.batch(),
          steps.count(), steps.sizes().data(), steps.offsets().data(),       reverse};
}

template <class T>
T* data_or_null(const Tensor& tensor) {
  return tensor.defined() ? tensor.data_ptr<T>() : nullptr;
}

template <class T>
kernels::RecurrentInputs<T> kernel_inputs(const Inputs& in) {
  return {in.x.data_ptr<T>(),
          data_or_null<T>(in.h0),
          data_or_null<T>(in.c0),
          in.weights.weight_ih.data_ptr<T>(),
          in.weights.weight_hh.data_ptr<T>(),
          data_or_null<T>(in.weights.bias_ih),
          data_or_null<T>(in.weights.bias_hh)};
}

Inputs contiguous_inputs(Inputs in) {
  Inputs::each(in, [](std::size_t /*number*/, Tensor& tensor) {
    if (tensor.defined()) tensor = tensor.detach().contiguous();
  });
  return in;
}

/// Packed weights and the weights that they were made of, which stay alive: no other tensor can have their addresses.
template <class T>
struct PackedForGraph {
  RecurrentWeights weights;
  std::shared_ptr<kernels::PackedWeights<T>> packed;
};

/// What packed weights were made of.
struct PackedKey {
  RecurrentCell cell;
  Dtype dtype;
  std::array<std::int64_t, 2> sizes;
  std::array<const void*, 4> data;
  std::array<std::uint32_t, 4> versions;
  bool operator==(const PackedKey&) const = default;
};

PackedKey key_of(RecurrentCell cell, const RecurrentWeights& weights) {
  PackedKey key{cell, weights.weight_hh.dtype(), {weights.weight_ih.size(1), weights.weight_hh.size(1)}, {}, {}};
  std::size_t i = 0;
  for (const Tensor* tensor : {&weights.weight_ih, &weights.weight_hh, &weights.bias_ih, &weights.bias_hh}) {
    if (tensor->defined()) {
      key.data[i] = tensor->data_ptr();
      key.versions[i] = tensor->version();
    }
    ++i;
  }
  return key;
}

/// Where a recorded layer of one step keeps its packed weights: one place for all such layers of a graph, so that a loop
/// over steps packs the weights once and not at each step. The memory of weight_hh knows it for as long as some graph needs
/// it, and for the version of the weights that the graph was made with.
template <class T>
std::shared_ptr<kernels::PackedWeights<T>> shared_packed_weights(RecurrentCell cell, const RecurrentWeights& weights) {
  using Known = std::vector<std::pair<PackedKey, std::weak_ptr<void>>>;
  const PackedKey key = key_of(cell, weights);
  const auto packed_of = [](const std::shared_ptr<PackedForGraph<T>>& holder) {
    return std::shared_ptr<kernels::PackedWeights<T>>(holder, holder->packed.get());
  };
  Storage::Companion& companion = weights.weight_hh.impl()->storage->companion();
  const std::lock_guard lock(companion.mutex);
  if (!companion.value) companion.value = std::make_shared<Known>();
  auto& known = *static_cast<Known*>(companion.value.get());
  for (const auto& [its_key, holder] : known) {
    if (its_key != key) continue;
    if (const auto found = holder.lock()) return packed_of(std::static_pointer_cast<PackedForGraph<T>>(found));
  }
  std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
  const auto holder = std::make_shared<PackedForGraph<T>>(PackedForGraph<T>{weights, kernels::packed_weights<T>()});
  known.emplace_back(key, holder);
  return packed_of(holder);
}

/// The fused gradient: of all inputs that need one, added to the gradients that are there.
void fused_backward(RecurrentCell cell, const Inputs& saved, const RecurrentSteps& steps, bool reverse, void* shared,
                    const Tensor& output, const Tensor& gates, const Tensor& cells, std::span<Tensor> grads,
                    const Node& node, std::span<Tensor> sums) {
  const Inputs in = contiguous_inputs(saved);
  // A loop over steps adds up the gradients of weights and biases: the kernel does that itself.
  bool adds_weights = true;
  Inputs::each(in, [&](std::size_t i, const Tensor& input) {
    if (i < Inputs::first_weight || !node.needs_gradient(i)) return;
    adds_weights &= sums[i].defined() && sums[i].sizes() == input.sizes() && sums[i].dtype() == input.dtype();
  });
  Inputs out = in;
  Inputs::each(out, [&](std::size_t i, Tensor& gradient) {
    if (!node.needs_gradient(i)) gradient = Tensor();
    else if (adds_weights && i >= Inputs::first_weight) gradient = std::move(sums[i]);
    else gradient = empty_like(gradient);
  });
  const auto incoming = [&](std::size_t i) {
    return i < grads.size() && grads[i].defined() ? grads[i].contiguous() : Tensor();
  };
  const Tensor dy = incoming(0);
  const Tensor dh_n = incoming(1);
  const Tensor dc_n = incoming(2);
  // In the node and here, and nowhere else. A second use of the node, after an exception halfway, finds another version.
  const bool consume = detail::backward_drops_saved() && gates.defined() && owned_alone(gates, 2);
  if (consume) gates.impl()->storage->bump_version();
  visit_floating(in.x.dtype(), name_of(cell), [&]<class T>() {
    const kernels::RecurrentOutputs<T> kept{output.data_ptr<T>(), nullptr, nullptr, data_or_null<T>(gates),
                                            data_or_null<T>(cells)};
    const auto own = shared == nullptr ? kernels::packed_weights<T>() : nullptr;
    auto& packed = own ? *own : *static_cast<kernels::PackedWeights<T>*>(shared);
    kernels::recurrent_backward<T>(
        shape_of(cell, in, steps, reverse), kernel_inputs<T>(in), packed, kept, consume,
        {data_or_null<T>(dy), data_or_null<T>(dh_n), data_or_null<T>(dc_n)},
        {data_or_null<T>(out.x), data_or_null<T>(out.h0), data_or_null<T>(out.c0), data_or_null<T>(out.weights.weight_ih),
         data_or_null<T>(out.weights.weight_hh), data_or_null<T>(out.weights.bias_ih), data_or_null<T>(out.weights.bias_hh),
         adds_weights});
  });
  Inputs::each(out, [&](std::size_t i, Tensor& gradient) {
    if (!gradient.defined()) return;
    if (adds_weights && i >= Inputs::first_weight) gradient.impl()->storage->bump_version();
    if (sums[i].defined()) add_gradient(sums[i], gradient);
    else sums[i] = std::move(gradient);
  });
}

/// The gradient with a graph of its own: that of the composition of cells.
TensorList composed_backward(RecurrentCell cell, const Inputs& in, const RecurrentSteps& steps, bool reverse,
                             std::span<Tensor> grads, const Node& node) {
  const RecurrentResult result = recurrent_layer_composed(cell, in.x, steps, in.h0, in.c0, in.weights, reverse);
  TensorList outputs;
  TensorList seeds;
  const std::array<Tensor, 3> results{result.output, result.h_n, result.c_n};
  for (std::size_t i = 0; i < grads.size(); ++i) {
    if (!grads[i].defined()) continue;
    outputs.push_back(results[i]);
    seeds.push_back(grads[i]);
  }
  const TensorList all = in.list();
  TensorList wanted;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (node.needs_gradient(i)) wanted.push_back(all[i]);
  }
  TensorList found = autograd::grad(outputs, wanted, seeds, true, true, true);
  TensorList gradients(all.size());
  for (std::size_t i = 0, next = 0; i < all.size(); ++i) {
    if (node.needs_gradient(i)) gradients[i] = found[next++];
  }
  return gradients;
}

}  // namespace

RecurrentSteps::RecurrentSteps(std::vector<std::int64_t> sizes) {
  check<ShapeError>(!sizes.empty(), "recurrent_layer: expected at least one step");
  check<ValueError>(sizes.front() >= 0, "recurrent_layer: a batch of {} sequences", sizes.front());
  std::vector<std::int64_t> offsets{0};
  offsets.reserve(sizes.size() + 1);
  const std::int64_t least = sizes.front() > 0 ? 1 : 0;  // without sequences, there are none at any step
  std::int64_t previous = sizes.front();
  for (const std::int64_t size : sizes) {
    check<ValueError>(size >= least && size <= previous,
                      "recurrent_layer: batch sizes must be positive and not increase, got {} after {}", size, previous);
    previous = size;
    offsets.push_back(offsets.back() + size);
  }
  rows_ = std::make_shared<const Rows>(Rows{std::move(sizes), std::move(offsets)});
}

RecurrentSteps::RecurrentSteps(const Tensor& batch_sizes) : RecurrentSteps(batch_sizes.to_vector<std::int64_t>()) {}

RecurrentSteps::RecurrentSteps(std::int64_t steps, std::int64_t batch) {
  // A stream comes step by step, of as many sequences each: without an allocation.
  thread_local std::shared_ptr<const Rows> single_step;
  if (steps == 1 && single_step && single_step->sizes.front() == batch) {
    rows_ = single_step;
    return;
  }
  *this = RecurrentSteps(std::vector<std::int64_t>(static_cast<std::size_t>(std::max<std::int64_t>(steps, 0)), batch));
  if (steps == 1) single_step = rows_;
}

RecurrentResult recurrent_layer(RecurrentCell cell, const Tensor& x, const RecurrentSteps& steps, const Tensor& h0,
                                const Tensor& c0, const RecurrentWeights& weights, bool reverse) {
  const autograd::profiler::RecordFunction profiled(name_of(cell));
  const bool lstm = cell == RecurrentCell::Lstm;
  const Inputs inputs{x, h0, lstm ? c0 : Tensor(), weights};
  check_inputs(cell, inputs, steps);
  if (x.size(0) == 0) return recurrent_layer_composed(cell, x, steps, h0, c0, weights, reverse);
  const std::int64_t hidden = weights.weight_hh.size(1);
  const bool records = inputs.must_record();
  const Inputs in = contiguous_inputs(inputs);
  const DimVector state{steps.batch(), hidden};
  RecurrentResult result{empty({x.size(0), hidden}, x.dtype()), empty(state, x.dtype()), {}};
  if (lstm) result.c_n = empty(state, x.dtype());
  const bool shares = records && steps.count() == 1;
  std::shared_ptr<void> shared;  // with other steps
  Tensor gates;
  Tensor cells;
  visit_floating(x.dtype(), name_of(cell), [&]<class T>() {
    if (const std::int64_t kept = kernels::kept_gates<T>(cell, hidden); records && kept > 0) {
      gates = empty({x.size(0), kept}, x.dtype());
    }
    if (records && lstm) cells = empty({x.size(0), hidden}, x.dtype());
    const auto packed = shares ? shared_packed_weights<T>(cell, in.weights) : kernels::packed_weights<T>();
    if (shares) shared = packed;
    kernels::recurrent_forward<T>(shape_of(cell, in, steps, reverse), kernel_inputs<T>(in), *packed,
                                  {result.output.data_ptr<T>(), result.h_n.data_ptr<T>(), data_or_null<T>(result.c_n),
                                   data_or_null<T>(gates), data_or_null<T>(cells)});
  });
  if (!records) return result;

  struct Saved {
    SavedTensor x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh, output, gates, cells;
    Inputs inputs() const {
      return {x.unpack(),
              h0.unpack(),
              c0.unpack(),
              {weight_ih.unpack(), weight_hh.unpack(), bias_ih.unpack(), bias_hh.unpack()}};
    }
  };
  Saved saved{SavedTensor(x),
              SavedTensor(h0),
              SavedTensor(inputs.c0),
              SavedTensor(weights.weight_ih),
              SavedTensor(weights.weight_hh),
              SavedTensor(weights.bias_ih),
              SavedTensor(weights.bias_hh),
              SavedTensor::result(result.output),
              SavedTensor(gates),
              SavedTensor(cells)};
  std::vector<Tensor> results{result.output, result.h_n};
  if (lstm) results.push_back(result.c_n);
  record_all(name_of(cell), results, inputs.list(),
             [cell, reverse, shared = std::move(shared), steps, saved = std::move(saved)](
                 std::span<Tensor> grads, const Node& node, std::span<Tensor> sums) {
               if (GradMode::is_enabled()) {
                 detail::store_gradients(composed_backward(cell, saved.inputs(), steps, reverse, grads, node), sums);
               } else {
                 fused_backward(cell, saved.inputs(), steps, reverse, shared.get(), saved.output.unpack(),
                                saved.gates.unpack(), saved.cells.unpack(), grads, node, sums);
               }
             });
  return result;
}

}  // namespace xgrad
