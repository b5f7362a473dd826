/// The generator of random numbers: PyTorch's for the CPU.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "autograd/base/device.h"

namespace xgrad {

namespace kernels {
class MersenneTwister;
}

/// A Mersenne Twister (mt19937), as PyTorch's CPU generator. Copies of a Generator are the same generator. Whoever draws
/// from it while other threads may do so holds `lock()`; xgrad's own random functions do.
class Generator {
 public:
  /// PyTorch's default seed.
  static constexpr std::uint64_t default_seed = 67280421310721ULL;

  /// A new generator.
  explicit Generator(std::uint64_t seed = default_seed);

  /// Starts anew from a seed.
  void set_current_seed(std::uint64_t seed);
  /// The seed that it started from.
  std::uint64_t current_seed() const;
  /// The whole state as text; `set_state` takes it back. Throws ValueError on text that is no state.
  std::string get_state() const;
  /// Goes to where `get_state` was taken. Throws ValueError on text that is no state.
  void set_state(const std::string& state);

  /// Starts anew from a seed of the system's, which it returns.
  std::uint64_t seed();
  /// Another generator in the same state.
  Generator clone() const;
  Device device() const { return {}; }  ///< the CPU
  /// For programs that hold it while they seed, as libtorch's notes ask for; xgrad's functions use lock().
  std::mutex& mutex() const;
  /// Whether both are the same generator.
  friend bool operator==(const Generator& a, const Generator& b) { return a.state_ == b.state_; }

  /// Keeps other threads from drawing.
  [[nodiscard]] std::unique_lock<std::mutex> lock();
  /// 32 random bits.
  std::uint32_t random();
  /// 64 random bits.
  std::uint64_t random64();
  /// Uniform in [0, 1): 24 random bits for float, 53 for double.
  template <class T>
  T uniform();
  /// Normal by Box-Muller, two draws at a time: the second is kept for the next call.
  double normal();
  /// For functions that draw many numbers at a time.
  kernels::MersenneTwister& engine();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// With 24 random bits.
template <>
float Generator::uniform<float>();
/// With 53 random bits.
template <>
double Generator::uniform<double>();

/// The generator that all functions use which are given none: one for all threads, unless a DefaultGeneratorGuard lives.
Generator& default_generator();
/// While it lives, another generator is the default one of this thread: for draws that are not to depend on those before.
class DefaultGeneratorGuard {
 public:
  /// default_generator() is `generator` from now on.
  explicit DefaultGeneratorGuard(Generator generator);
  ~DefaultGeneratorGuard();
  DefaultGeneratorGuard(const DefaultGeneratorGuard&) = delete;
  DefaultGeneratorGuard& operator=(const DefaultGeneratorGuard&) = delete;

 private:
  Generator generator_;
  Generator* previous_;
};
/// Seeds the default generator. Only the lower 32 bits count, as in PyTorch.
void manual_seed(std::uint64_t seed);

namespace detail {
/// The generator that a function was given, or the default one.
inline Generator given_or_default(const std::optional<Generator>& generator) {
  return generator ? *generator : default_generator();
}
}  // namespace detail

}  // namespace xgrad
