/// A model at a glance: its layers as a tree, with output shapes, parameters and work.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "nn/module.h"

namespace xgrad::nn {

/// One module of a summary.
struct LayerSummary {
  std::string path;                        ///< "encoder.lstm"; empty for the model itself
  std::string type;                        ///< "LSTM"
  std::int64_t depth = 0;                  ///< 0 for the model itself
  std::int64_t calls = 0;                  ///< how often the forward pass called it
  std::vector<std::int64_t> output_shape;  ///< of the first tensor that its last call returned
  std::int64_t parameters = 0;  ///< elements of the parameters that it registers itself, and no layer above it in the list
  std::int64_t trainable = 0;   ///< of these, those that require a gradient
  std::int64_t mult_adds = 0;   ///< of all calls
  bool has_children = false;    ///< whether there are layers below
};

/// What summary() found; `std::cout << summary(model, input)` prints it as a table.
struct ModelSummary {
  std::vector<LayerSummary> layers;  ///< the model, then everything below it in order of registration
  std::int64_t parameters = 0;       ///< elements of all parameters; a parameter under several names counts once
  std::int64_t trainable = 0;        ///< of these, those that require a gradient
  std::int64_t mult_adds = 0;        ///< multiplications with an addition each, of one forward pass
  std::int64_t input_bytes = 0;      ///< of the tensors given to the model
  std::int64_t output_bytes = 0;     ///< of what its layers returned; a backward pass needs as much again for gradients
  std::int64_t parameter_bytes = 0;  ///< of parameters and buffers
};

/// The table, 80 columns wide: a line for each layer, then the totals; those of a forward pass only where there was one.
std::ostream& operator<<(std::ostream& stream, const ModelSummary& summary);

namespace detail {
ModelSummary summarize(Module& model, const std::function<void()>& forward);
}  // namespace detail

/// Runs the model on the inputs, in evaluation and outside the graph, and notes what each layer returns. Layers are seen
/// where they are called through their holders, `linear(x)`; one whose forward is called, `linear->forward(x)`, has its
/// parameters counted, but neither output nor work. The work is that of products with weights: each matrix of a layer counts
/// once for each row of the layer's output (none for lookups in Embedding). Without inputs the model is not run: parameters
/// alone. Throws what the model throws.
template <class Impl, class... Inputs>
ModelSummary summary(const ModuleHolder<Impl>& model, const Inputs&... inputs) {
  return detail::summarize(*model, [&] {
    if constexpr (sizeof...(Inputs) > 0) static_cast<void>(model(inputs...));
  });
}

}  // namespace xgrad::nn
