#include "autograd/graph/graphviz.h"

#include <cstddef>
#include <unordered_map>

#include "autograd/base/check.h"
#include "autograd/graph/node.h"

namespace xgrad::autograd {

namespace {

/// Text between double quotes.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result;
}

}  // namespace

std::string to_dot(const Tensor& tensor, const std::vector<std::pair<std::string, Tensor>>& names) {
  check<GraphError>(tensor.requires_grad(), "to_dot: the tensor does not require a gradient, and so has no graph");
  std::unordered_map<const TensorImpl*, std::string> name_of;
  for (const auto& [name, named] : names) {
    if (named.defined()) name_of.try_emplace(named.unsafe_impl(), name);
  }
  const auto root = gradient_edge(tensor).first;
  std::unordered_map<const Node*, std::size_t> numbers{{root.get(), 0}};
  std::vector<const Node*> found{root.get()};
  std::string text = "digraph {\n  node [shape=box];\n";
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Node& node = *found[i];
    const Tensor leaf = accumulator_leaf(node);
    if (leaf.defined()) {
      const auto name = name_of.find(leaf.unsafe_impl());
      const std::string title = name == name_of.end() ? "" : escaped(name->second) + "\\n";
      text += fmt::format("  n{} [label=\"{}{} {}\", shape=ellipse];\n", i, title, leaf.dtype(), leaf.sizes());
    } else if (i == 0) {
      const auto name = name_of.find(tensor.unsafe_impl());
      const std::string title = name == name_of.end() ? "" : "\\n" + escaped(name->second);
      text += fmt::format("  n0 [label=\"{}{}\\n{} {}\", style=bold];\n", escaped(node.name()), title, tensor.dtype(),
                          tensor.sizes());
    } else {
      text += fmt::format("  n{} [label=\"{}\"];\n", i, escaped(node.name()));
    }
    for (std::size_t edge = 0; edge < node.edges(); ++edge) {
      const Node* below = node.edge(edge).function;
      if (below == nullptr) continue;
      const auto [entry, is_new] = numbers.try_emplace(below, found.size());
      if (is_new) found.push_back(below);
      text += fmt::format("  n{} -> n{};\n", entry->second, i);
    }
  }
  return text + "}\n";
}

}  // namespace xgrad::autograd
