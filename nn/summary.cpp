#include "nn/summary.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <ostream>
#include <set>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/tensor/grad_mode.h"
#include "nn/module_hooks.h"
#include "nn/modules/convolution.h"
#include "nn/modules/embedding.h"

namespace xgrad::nn {

namespace {

std::int64_t bytes_of(const TensorList& tensors) {
  std::size_t bytes = 0;
  for (const Tensor& tensor : tensors) bytes += tensor.nbytes();
  return static_cast<std::int64_t>(bytes);
}

/// Elements of the matrices that one row of the output is multiplied with.
std::int64_t matrix_elements(Module& module) {
  if (module.as<EmbeddingImpl>() != nullptr || module.as<EmbeddingBagImpl>() != nullptr) return 0;
  std::int64_t elements = 0;
  for (const Tensor& parameter : module.parameters(false)) {
    if (parameter.dim() >= 2) elements += parameter.numel();
  }
  return elements;
}

/// How many rows they are multiplied with: those of the output, or of a convolution the places in time, and of a transposed
/// one those of its input.
std::int64_t rows_multiplied(Module& module, const TensorList& inputs, const Tensor& output) {
  const bool transposed = module.as<ConvTranspose1dImpl>() != nullptr;
  const bool over_time = transposed || module.as<Conv1dImpl>() != nullptr;
  const Tensor& x = transposed ? inputs.front() : output;
  if (x.dim() == 0) return 1;
  return x.numel() / std::max<std::int64_t>(1, x.size(over_time ? -2 : -1));
}

/// 1234567 as 1,234,567.
std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > (number < 0 ? 1 : 0); place -= 3) {
    text.insert(static_cast<std::size_t>(place), ",");
  }
  return text;
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('.') + 1); }

/// The lines that lead to each layer in the tree.
std::vector<std::string> branches(const std::vector<LayerSummary>& layers) {
  std::vector<std::string> result(layers.size());
  std::vector<bool> more;  // whether another layer follows below the same parent, by depth
  for (std::size_t i = layers.size(); i-- > 0;) {
    const auto depth = static_cast<std::size_t>(layers[i].depth);
    more.resize(depth + 1, false);
    for (std::size_t level = 1; level < depth; ++level) result[i] += more[level] ? "│    " : "     ";
    if (depth > 0) result[i] += more[depth] ? "├─" : "└─";
    more[depth] = true;
  }
  return result;
}

/// Text filled up with spaces to a width; letters of several bytes count as one.
std::string padded(const std::string& text, std::size_t width) {
  const auto letters =
      static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  return letters < width ? text + std::string(width - letters, ' ') : text + " ";
}

}  // namespace

namespace detail {

ModelSummary summarize(Module& model, const std::function<void()>& forward) {
  ModelSummary result;
  std::map<Module*, std::size_t> lines;
  std::vector<std::pair<Module*, bool>> training;
  std::set<const TensorImpl*> seen;
  model.apply([&](const std::string& path, Module& module) {
    LayerSummary layer;
    layer.path = path;
    layer.type = module.name();
    layer.depth = path.empty() ? 0 : 1 + std::count(path.begin(), path.end(), '.');
    layer.has_children = !module.children().empty();
    for (const Tensor& parameter : module.parameters(false)) {
      if (!seen.insert(parameter.impl()).second) continue;  // it counts where it stands first
      layer.parameters += parameter.numel();
      if (parameter.requires_grad()) layer.trainable += parameter.numel();
      result.parameters += parameter.numel();
      if (parameter.requires_grad()) result.trainable += parameter.numel();
      result.parameter_bytes += bytes_of({parameter});
    }
    for (const Tensor& buffer : module.buffers(false)) {
      if (seen.insert(buffer.impl()).second) result.parameter_bytes += bytes_of({buffer});
    }
    lines.emplace(&module, result.layers.size());
    training.emplace_back(&module, module.is_training());
    result.layers.push_back(std::move(layer));
  });

  std::vector<HookHandle> handles;
  // Whatever happens in forward, the model is left as it was.
  const auto restore = [&] {
    for (HookHandle& handle : handles) handle.remove();
    for (const auto& [module, on] : training) module->train(on);  // parents first, so that each child has the last word
  };
  for (const auto& [module, line] : lines) {
    handles.push_back(module->register_forward_hook([&result, &layer = result.layers[line], first = line == 0](
                                                        Module& self, const TensorList& inputs, TensorList& outputs) {
      ++layer.calls;
      if (first) result.input_bytes += bytes_of(inputs);
      if (outputs.empty()) return;
      const Tensor& output = outputs.front();
      layer.output_shape.assign(output.sizes().begin(), output.sizes().end());
      if (!layer.has_children) result.output_bytes += bytes_of(outputs);
      layer.mult_adds += rows_multiplied(self, inputs, output) * matrix_elements(self);
    }));
  }
  try {
    const NoGradGuard no_grad;
    model.eval();
    forward();
  } catch (...) {
    restore();
    throw;
  }
  restore();
  for (const LayerSummary& layer : result.layers) result.mult_adds += layer.mult_adds;
  return result;
}

}  // namespace detail

std::ostream& operator<<(std::ostream& stream, const ModelSummary& summary) {
  const std::vector<std::string> tree = branches(summary.layers);
  constexpr std::size_t columns[] = {36, 18, 13, 12};  // fits in 80 columns
  const std::string rule(columns[0] + columns[1] + columns[2] + columns[3], '=');
  const auto line = [&](const std::string& layer, const std::string& shape, const std::string& parameters,
                        const std::string& work) {
    std::string text = padded(layer, columns[0]) + padded(shape, columns[1]) + padded(parameters, columns[2]) + work;
    text.erase(text.find_last_not_of(' ') + 1);
    stream << text << '\n';
  };
  stream << rule << '\n';
  line("Layer (type (name))", "Output shape", "Parameters", "Mult-adds");
  stream << rule << '\n';
  for (std::size_t i = 0; i < summary.layers.size(); ++i) {
    const LayerSummary& layer = summary.layers[i];
    std::string title = tree[i] + layer.type;
    if (layer.depth > 0) title += " (" + last_part(layer.path) + ")";
    if (layer.calls > 1) title += " x" + std::to_string(layer.calls);
    line(title, layer.calls > 0 ? to_string(IntArrayRef(layer.output_shape)) : "--",
         layer.parameters > 0 ? grouped(layer.parameters) : "--", layer.mult_adds > 0 ? grouped(layer.mult_adds) : "--");
  }
  const auto megabytes = [](std::int64_t bytes) { return fmt::format("{:.2f}", static_cast<double>(bytes) / 1e6); };
  stream << rule << '\n'
         << "Total parameters: " << grouped(summary.parameters) << '\n'
         << "Trainable parameters: " << grouped(summary.trainable) << '\n'
         << "Other parameters: " << grouped(summary.parameters - summary.trainable) << '\n';
  if (summary.layers.front().calls == 0) return stream << rule << '\n';  // nothing is known of a forward pass
  stream << "Mult-adds of a forward pass: " << grouped(summary.mult_adds) << '\n'
         << rule << '\n'
         << "Input (MB): " << megabytes(summary.input_bytes) << '\n'
         << "Outputs and their gradients (MB): " << megabytes(2 * summary.output_bytes) << '\n'
         << "Parameters and buffers (MB): " << megabytes(summary.parameter_bytes) << '\n'
         << "Total (MB): " << megabytes(summary.input_bytes + 2 * summary.output_bytes + summary.parameter_bytes) << '\n'
         << rule << '\n';
  return stream;
}

}  // namespace xgrad::nn
