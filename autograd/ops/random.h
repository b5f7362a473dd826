/// Random numbers: PyTorch's CPU generator and its transforms, so that one seed gives the same numbers in both.
/// Uniform draws, integers, permutations and Bernoulli masks agree bit for bit with PyTorch 1.13.1; normal draws to 1e-6.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "autograd/tensor/tensor.h"

namespace xgrad {

namespace kernels {
class MersenneTwister;
}

/// A Mersenne Twister (mt19937), as PyTorch's CPU generator. Copies of a Generator are the same generator. Whoever draws from
/// it while other threads may do so holds `lock()`; xgrad's own random functions do.
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

/// Uniform on [0, 1).
Tensor rand(IntArrayRef sizes, TensorOptions options = {});
Tensor rand(IntArrayRef sizes, Generator generator, TensorOptions options = {});
/// Standard normal.
Tensor randn(IntArrayRef sizes, TensorOptions options = {});
Tensor randn(IntArrayRef sizes, Generator generator, TensorOptions options = {});
/// Uniform integers in [low, high); int64 unless a dtype is given. Throws ValueError unless low < high.
Tensor randint(std::int64_t high, IntArrayRef sizes, TensorOptions options = kInt64);
Tensor randint(std::int64_t low, std::int64_t high, IntArrayRef sizes, TensorOptions options = kInt64);
Tensor randint(std::int64_t low, std::int64_t high, IntArrayRef sizes, Generator generator, TensorOptions options = kInt64);
/// randint with the shape and dtype of another tensor.
Tensor randint_like(const Tensor& like, std::int64_t high);
Tensor randint_like(const Tensor& like, std::int64_t low, std::int64_t high);
/// A random order of 0 ... n - 1.
Tensor randperm(std::int64_t n, TensorOptions options = kInt64);
Tensor randperm(std::int64_t n, Generator generator, TensorOptions options = kInt64);
/// rand with the shape and dtype of another tensor.
Tensor rand_like(const Tensor& like);
/// randn with the shape and dtype of another tensor.
Tensor randn_like(const Tensor& like);
/// 1 with the probability that each element of `probabilities` gives, else 0. Throws ValueError outside [0, 1].
Tensor bernoulli(const Tensor& probabilities);
Tensor bernoulli(const Tensor& probabilities, Generator generator);
/// 1 with probability p, else 0, in the shape and dtype of another tensor. Throws ValueError outside [0, 1].
Tensor bernoulli(const Tensor& like, double p);
Tensor bernoulli(const Tensor& like, double p, Generator generator);

}  // namespace xgrad
