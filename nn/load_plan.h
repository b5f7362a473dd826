/// LoadPlan: loading in two steps. For Module::load() and load_state_dict().
#pragma once

#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "autograd/io/archive.h"
#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"
#include "nn/module.h"

namespace xgrad::nn::detail {

/// What one load would change, and all that does not fit. First every value is found and checked; then either all are copied
/// into the parameters, or nothing is.
///
/// In between, a tensor lies in the memory of its new value: what a module computes of its parameters in a load() of its own
/// it computes of the new ones, and to go back costs no copy.
class LoadPlan {
 public:
  /// Runs `collect`, which calls take(), for a module. Inside of another run on this thread it adds to that one's plan;
  /// otherwise it commits. Throws ValueError with one line for each problem, after "`operation`: the `what` does not fit",
  /// and what `collect` throws; nothing has changed then.
  static void run(const Module& module, const char* operation, const char* what,
                  const std::function<void(LoadPlan&)>& collect);

  /// The same, but for the end: the function that is returned commits. Dropped uncalled, it takes everything back. Not
  /// inside of another run.
  static std::function<void()> prepare(const Module& module, const char* operation, const char* what,
                                       const std::function<void(LoadPlan&)>& collect);

  LoadPlan(const LoadPlan&) = delete;
  LoadPlan& operator=(const LoadPlan&) = delete;

  /// Gives a parameter or buffer its value: one of the same shape, in any dtype. A null pointer, or what is no tensor, is
  /// missing, unless the same tensor gets a value under another name.
  void take(const std::string& name, const Tensor& target, const io::Value* value);
  /// Adds a problem to those that the exception lists.
  void refuse(const std::string& problem) { problems_.push_back({problem, nullptr}); }

  const std::set<std::string>& names() const { return names_; }
  /// Whether a tensor gets a value.
  bool has_value(const Tensor& target) const { return planned_.contains(target.impl()); }

 private:
  struct Problem {
    std::string text;
    const TensorImpl* missing;  ///< the tensor without a value
  };
  struct Before {
    Tensor tensor;
    Tensor memory;
  };

  explicit LoadPlan(const Module& module);
  ~LoadPlan();
  std::string problems() const;
  void commit();
  void undo() noexcept;

  std::vector<Before> before_;  ///< every tensor of the module, and its memory
  std::unordered_map<const TensorImpl*, Tensor> planned_;
  std::vector<Tensor> order_;
  std::vector<Problem> problems_;
  std::set<std::string> names_;
  bool committed_ = false;
};

/// Module::load() of an archive in which every entry is expected, in two steps: the function that is returned takes the
/// second. Dropped uncalled, it takes back what changed in parameters and buffers.
std::function<void()> prepare_archive(Module& module, serialize::InputArchive& archive);

}  // namespace xgrad::nn::detail
