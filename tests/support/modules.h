/// Table-driven tests of modules: each is looked up by name, and runs on all its cases in tests/golden/nn.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "nn/module.h"
#include "tests/support/golden.h"

namespace xgrad::test {

/// A module made for one case, and how it runs.
struct Subject {
  std::shared_ptr<nn::Module> module;
  std::function<TensorList(nn::Module&, const TensorList&)> run;
};

/// A module by its holder, and `run(holder, inputs)`, which returns a Tensor or a TensorList.
template <class Holder, class Run>
Subject subject(const Holder& holder, Run run) {
  return {holder.ptr(), [run](nn::Module& module, const TensorList& inputs) {
            using Impl = typename Holder::ContainedType;
            const Holder self(std::static_pointer_cast<Impl>(module.shared_from_this()));
            return TensorList{run(self, inputs)};
          }};
}
/// A module that takes its inputs in order and returns a Tensor.
template <class Holder>
Subject subject(const Holder& holder) {
  return subject(holder, [](const Holder& self, const TensorList& x) {
    if constexpr (requires { self->forward(x[0]); }) {
      return self(x[0]);
    } else if constexpr (requires { self->forward(x[0], x[1]); }) {
      return self(x[0], x[1]);
    } else {
      return self(x[0], x[1], x[2]);
    }
  });
}

/// How each module is made from a case's arguments.
using Subjects = std::map<std::string, std::function<Subject(const Json& arguments)>>;

/// Runs all cases of tests/golden/nn/<family>.json: parameter names, results, gradients of the inputs and the parameters,
/// and buffers afterwards are PyTorch's, and a clone gives the same results. Every subject has a case, and every case a
/// subject.
void compare_with_golden(const std::string& family, const Subjects& subjects);

}  // namespace xgrad::test
