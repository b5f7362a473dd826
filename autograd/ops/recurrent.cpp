#include "autograd/ops/recurrent.h"

#include <array>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/grad.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/graph/ownership.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/recurrent.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

kernels::CellType kernel_cell(RecurrentCell cell) {
  switch (cell) {
    case RecurrentCell::RnnTanh: return kernels::CellType::rnn_tanh;
    case RecurrentCell::RnnRelu: return kernels::CellType::rnn_relu;
    case RecurrentCell::Lstm: return kernels::CellType::lstm;
    default: return kernels::CellType::gru;
  }
}

const char* name_of(RecurrentCell cell) {
  return cell == RecurrentCell::Lstm ? "LSTM" : cell == RecurrentCell::Gru ? "GRU" : "RNN";
}

/// batch_sizes and where each step's rows begin, in memory that lives as long as the operation needs it.
struct Steps {
  explicit Steps(const Tensor& batch_sizes) : sizes(batch_sizes.to_vector<std::int64_t>()) {
    offsets.push_back(0);
    for (const std::int64_t size : sizes) offsets.push_back(offsets.back() + size);
  }
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> offsets;
};

/// The inputs of the operation, in the order of its edges.
struct Inputs {
  Tensor x;
  Tensor h0;
  Tensor c0;
  RecurrentWeights weights;

  TensorList list() const { return {x, h0, c0, weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh}; }
  static Inputs from(const TensorList& list) { return {list[0], list[1], list[2], {list[3], list[4], list[5], list[6]}}; }
};

void check_inputs(RecurrentCell cell, const Inputs& in, const Steps& steps) {
  const char* name = name_of(cell);
  const std::int64_t gates = kernels::gates_of(kernel_cell(cell));
  check<ShapeError>(in.x.dim() == 2, "{}: expected rows (tokens, input), got {}", name, in.x.sizes());
  check<ShapeError>(in.weights.weight_hh.dim() == 2, "{}: weight_hh has shape {}", name, in.weights.weight_hh.sizes());
  const std::int64_t hidden = in.weights.weight_hh.size(1);
  check<ShapeError>(in.weights.weight_hh.size(0) == gates * hidden, "{}: weight_hh {} is not ({} * hidden, hidden)", name,
                    in.weights.weight_hh.sizes(), gates);
  check<ShapeError>(in.weights.weight_ih.sizes() == IntArrayRef({gates * hidden, in.x.size(1)}),
                    "{}: input of {} features does not fit weight_ih {}: expected ({}, {})", name, in.x.size(1),
                    in.weights.weight_ih.sizes(), gates * hidden, in.x.size(1));
  std::int64_t previous = steps.sizes.empty() ? 0 : steps.sizes.front();
  check<ShapeError>(!steps.sizes.empty(), "{}: expected at least one step", name);
  const std::int64_t least = previous > 0 ? 1 : 0;  // without sequences, there are none at any step
  for (const std::int64_t size : steps.sizes) {
    check<ValueError>(size >= least && size <= previous,
                      "{}: batch sizes must be positive and not increase, got {} after {}", name, size, previous);
    previous = size;
  }
  check<ShapeError>(in.x.size(0) == steps.offsets.back(), "{}: {} rows of input for batch sizes that add up to {}", name,
                    in.x.size(0), steps.offsets.back());
  const DimVector state{steps.sizes.front(), hidden};
  for (const auto& [which, initial] : {std::pair("h0", in.h0), std::pair("c0", in.c0)}) {
    if (!initial.defined()) continue;
    check<ShapeError>(initial.sizes() == IntArrayRef(state), "{}: initial state {} has shape {}, expected {}", name, which,
                      initial.sizes(), state);
  }
  for (const Tensor& tensor : in.list()) {
    if (!tensor.defined()) continue;
    check<TypeError>(tensor.dtype() == in.x.dtype() && tensor.is_floating_point(),
                     "{}: input, states and weights must have one floating-point dtype, got {} and {}", name, in.x.dtype(),
                     tensor.dtype());
  }
  for (const Tensor* bias : {&in.weights.bias_ih, &in.weights.bias_hh}) {
    check<ShapeError>(!bias->defined() || bias->sizes() == IntArrayRef({gates * hidden}),
                      "{}: a bias has shape {}, expected [{}]", name, bias->defined() ? bias->sizes() : IntArrayRef(),
                      gates * hidden);
  }
}

kernels::RecurrentShape shape_of(RecurrentCell cell, const Inputs& in, const Steps& steps, bool reverse) {
  return {kernel_cell(cell),
          in.x.size(1),
          in.weights.weight_hh.size(1),
          steps.sizes.front(),
          static_cast<std::int64_t>(steps.sizes.size()),
          steps.sizes.data(),
          steps.offsets.data(),
          reverse};
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

Inputs contiguous_inputs(const Inputs& in) {
  TensorList list = in.list();
  for (Tensor& tensor : list) {
    if (tensor.defined()) tensor = tensor.detach().contiguous();
  }
  return Inputs::from(list);
}

/// Where a recorded layer of one step keeps its packed weights: one place for all such layers of a graph, so that a loop
/// over steps packs the weights once and not at each step. A graph must not outlive a change of its weights anyway, and
/// nothing is kept longer than some graph needs it.
template <class T>
std::shared_ptr<kernels::PackedWeights<T>> shared_packed_weights(RecurrentCell cell, const RecurrentWeights& weights) {
  struct Key {
    RecurrentCell cell;
    std::int64_t input;
    std::int64_t hidden;
    std::array<const T*, 4> data;
    std::array<std::uint32_t, 4> versions;
    bool operator==(const Key&) const = default;
  };
  // The weights stay alive with what was packed: no other tensor can have their addresses.
  struct Held {
    std::array<Tensor, 4> weights;
    std::shared_ptr<kernels::PackedWeights<T>> packed;
  };
  static std::mutex mutex;
  static std::vector<std::pair<Key, std::weak_ptr<Held>>> entries;

  const std::array<Tensor, 4> list{weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh};
  Key key{cell, weights.weight_ih.size(1), weights.weight_hh.size(1), {}, {}};
  for (std::size_t i = 0; i < list.size(); ++i) {
    key.data[i] = data_or_null<T>(list[i]);
    if (list[i].defined()) key.versions[i] = list[i].version();
  }
  const auto within = [](const std::shared_ptr<Held>& held) {
    return std::shared_ptr<kernels::PackedWeights<T>>(held, held->packed.get());
  };
  const std::lock_guard lock(mutex);
  for (const auto& [known, held] : entries) {
    if (known != key) continue;
    if (const std::shared_ptr<Held> found = held.lock()) return within(found);
  }
  std::erase_if(entries, [](const auto& entry) { return entry.second.expired(); });
  const auto held = std::make_shared<Held>(Held{list, kernels::packed_weights<T>()});
  entries.emplace_back(key, held);
  return within(held);
}

/// The fused gradient: of all inputs that need one, added to the gradients that are there.
void fused_backward(RecurrentCell cell, const Inputs& saved, const Steps& steps, bool reverse, void* shared,
                    const Tensor& output, const Tensor& gates, const Tensor& cells, std::span<Tensor> grads,
                    const Node& node, std::span<Tensor> sums) {
  const Inputs in = contiguous_inputs(saved);
  // A loop over steps adds up the gradients of weights and biases: the kernel does that itself.
  constexpr std::size_t first_weight = 3;
  TensorList gradients = in.list();
  bool adds_weights = true;
  for (std::size_t i = first_weight; i < gradients.size(); ++i) {
    const bool fits =
        sums[i].defined() && sums[i].sizes() == gradients[i].sizes() && sums[i].dtype() == gradients[i].dtype();
    adds_weights &= fits || !node.needs_gradient(i);
  }
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!node.needs_gradient(i)) gradients[i] = Tensor();
    else if (adds_weights && i >= first_weight) gradients[i] = std::move(sums[i]);
    else gradients[i] = empty_like(gradients[i]);
  }
  const Inputs out = Inputs::from(gradients);
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
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!gradients[i].defined()) continue;
    if (adds_weights && i >= first_weight) gradients[i].impl()->storage->bump_version();
    if (sums[i].defined()) add_gradient(sums[i], gradients[i]);
    else sums[i] = std::move(gradients[i]);
  }
}

/// The gradient with a graph of its own: that of the composition of cells.
TensorList composed_backward(RecurrentCell cell, const Inputs& in, const Tensor& batch_sizes, bool reverse,
                             std::span<Tensor> grads, const Node& node) {
  const RecurrentResult result = recurrent_layer_composed(cell, in.x, batch_sizes, in.h0, in.c0, in.weights, reverse);
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

RecurrentResult recurrent_layer(RecurrentCell cell, const Tensor& x, const Tensor& batch_sizes, const Tensor& h0,
                                const Tensor& c0, const RecurrentWeights& weights, bool reverse) {
  const autograd::profiler::RecordFunction profiled(name_of(cell));
  const bool lstm = cell == RecurrentCell::Lstm;
  const Inputs inputs{x, h0, lstm ? c0 : Tensor(), weights};
  Steps steps(batch_sizes);
  check_inputs(cell, inputs, steps);
  if (x.size(0) == 0) return recurrent_layer_composed(cell, x, batch_sizes, h0, c0, weights, reverse);
  const std::int64_t hidden = weights.weight_hh.size(1);
  const bool records = must_record(inputs.list());
  const Inputs in = contiguous_inputs(inputs);
  const DimVector state{steps.sizes.front(), hidden};
  RecurrentResult result{empty({x.size(0), hidden}, x.dtype()), empty(state, x.dtype()), {}};
  if (lstm) result.c_n = empty(state, x.dtype());
  const bool shares = records && steps.sizes.size() == 1;
  std::shared_ptr<void> shared;  // with other steps
  Tensor gates;
  Tensor cells;
  visit_floating(x.dtype(), name_of(cell), [&]<class T>() {
    if (const std::int64_t kept = kernels::kept_gates<T>(kernel_cell(cell), hidden); records && kept > 0) {
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
    SavedTensor x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh, batch_sizes, output, gates, cells;
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
              SavedTensor(batch_sizes),
              SavedTensor::result(result.output),
              SavedTensor(gates),
              SavedTensor(cells)};
  std::vector<Tensor> results{result.output, result.h_n};
  if (lstm) results.push_back(result.c_n);
  record_all(name_of(cell), results, inputs.list(),
             [cell, reverse, shared = std::move(shared), steps = std::move(steps), saved = std::move(saved)](
                 std::span<Tensor> grads, const Node& node, std::span<Tensor> sums) {
               if (GradMode::is_enabled()) {
                 detail::store_gradients(
                     composed_backward(cell, saved.inputs(), saved.batch_sizes.unpack(), reverse, grads, node), sums);
               } else {
                 fused_backward(cell, saved.inputs(), steps, reverse, shared.get(), saved.output.unpack(),
                                saved.gates.unpack(), saved.cells.unpack(), grads, node, sums);
               }
             });
  return result;
}

}  // namespace xgrad
