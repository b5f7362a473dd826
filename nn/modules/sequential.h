#pragma once

#include <functional>
#include <string>
#include <utility>

#include "nn/module.h"

namespace xgrad::nn {

/// Modules one after the other, each with `Tensor forward(const Tensor&)`:
///   nn::Sequential net(nn::Linear(4, 8), nn::ReLU(), nn::Linear(8, 1));
/// Submodules are named 0, 1, 2 ... https://pytorch.org/docs/1.13/generated/torch.nn.Sequential.html
class SequentialImpl : public Module {
 public:
  SequentialImpl() = default;
  template <class First, class... Rest, class = std::enable_if_t<!std::is_base_of_v<SequentialImpl, std::decay_t<First>>>>
  explicit SequentialImpl(First&& first, Rest&&... rest) {
    push_back(std::forward<First>(first));
    (push_back(std::forward<Rest>(rest)), ...);
  }

  template <class Impl>
  void push_back(const ModuleHolder<Impl>& module) {
    push_back(std::to_string(steps_.size()), module);
  }
  template <class Impl>
  void push_back(std::string name, const ModuleHolder<Impl>& module) {
    register_module(std::move(name), module.ptr());
    steps_.push_back([impl = module.get()](const Tensor& x) { return impl->forward(x); });
  }

  std::size_t size() const { return steps_.size(); }
  bool is_empty() const { return steps_.empty(); }
  /// Throws ValueError where there is no module.
  Tensor forward(const Tensor& x) const;

 private:
  std::vector<std::function<Tensor(const Tensor&)>> steps_;  ///< the modules themselves are the children
};
XGRAD_MODULE(Sequential);

}  // namespace xgrad::nn
