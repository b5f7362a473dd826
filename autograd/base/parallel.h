/// Threads: how many, and loops over them. Results never depend on their number.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace xgrad {

/// How many threads xgrad's own work uses; by default as many as the machine has cores. Throws ValueError below 1.
void set_num_threads(int threads);
int get_num_threads();

namespace kernels {

/// A reference to a callable: no allocation, valid for the call that it is passed to.
template <class Signature>
class FunctionRef;

template <class Result, class... Args>
class FunctionRef<Result(Args...)> {
 public:
  template <class Callable, std::enable_if_t<!std::is_same_v<std::decay_t<Callable>, FunctionRef>, int> = 0>
  FunctionRef(const Callable& callable)  // NOLINT(google-explicit-constructor)
      : object_(std::addressof(callable)),
        call_([](const void* object, Args... args) -> Result { return (*static_cast<const Callable*>(object))(args...); }) {}

  Result operator()(Args... args) const { return call_(object_, args...); }

 private:
  const void* object_;
  Result (*call_)(const void*, Args...);
};

/// Runs body(first, last) over parts of [begin, end), each at least `grain` long, on several threads where that pays.
/// Nested calls run on the calling thread's arena. An exception in a part reaches the caller.
void parallel_for(std::int64_t begin, std::int64_t end, std::int64_t grain,
                  FunctionRef<void(std::int64_t, std::int64_t)> body);

/// Elements below which a loop that computes a function of each stays on one thread.
inline constexpr std::int64_t elementwise_grain = 32768;
/// Elements below which a loop that moves, compares or adds them does: a core has done with them before another one has them
/// in its cache.
inline constexpr std::int64_t moving_grain = 262144;

/// The grain of a loop over runs of `length` elements each, where a part has at least `grain` elements: one run or more.
constexpr std::int64_t runs_in_part(std::int64_t grain, std::int64_t length) {
  const std::int64_t runs = length > 1 ? grain / length : grain;
  return runs > 1 ? runs : 1;
}

}  // namespace kernels
}  // namespace xgrad
