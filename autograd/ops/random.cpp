#include "autograd/ops/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <sstream>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/kernels/random.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/draw.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

struct Generator::State {
  std::mutex mutex;
  std::uint64_t seed;
  kernels::MersenneTwister engine;
  std::optional<double> next_normal;
};

Generator::Generator(std::uint64_t seed) : state_(std::make_shared<State>()) { set_current_seed(seed); }

void Generator::set_current_seed(std::uint64_t seed) {
  const std::lock_guard lock(state_->mutex);
  state_->seed = seed;
  state_->engine.seed(static_cast<std::uint32_t>(seed));
  state_->next_normal.reset();
}

std::uint64_t Generator::current_seed() const {
  const std::lock_guard lock(state_->mutex);
  return state_->seed;
}

std::string Generator::get_state() const {
  const std::lock_guard lock(state_->mutex);
  std::ostringstream text;
  text << state_->seed << ' ' << state_->next_normal.has_value() << ' ' << std::hexfloat << state_->next_normal.value_or(0)
       << ' ' << state_->engine;
  return text.str();
}

void Generator::set_state(const std::string& state) {
  std::istringstream text(state);
  std::uint64_t seed = 0;
  bool has_next = false;
  std::string next;
  kernels::MersenneTwister engine;
  text >> seed >> has_next >> next >> engine;
  check<ValueError>(!text.fail(), "set_state: this is not the state of a generator");
  const std::lock_guard lock(state_->mutex);
  state_->seed = seed;
  state_->engine = engine;
  state_->next_normal = has_next ? std::optional<double>(std::strtod(next.c_str(), nullptr)) : std::nullopt;
}

std::unique_lock<std::mutex> Generator::lock() { return std::unique_lock(state_->mutex); }

kernels::MersenneTwister& Generator::engine() { return state_->engine; }

std::uint32_t Generator::random() { return state_->engine.next(); }

std::uint64_t Generator::random64() {
  const std::uint64_t high = state_->engine.next();
  return high << 32 | state_->engine.next();
}

template <>
float Generator::uniform<float>() {
  return static_cast<float>(random() & ((1U << 24) - 1)) * 0x1p-24F;
}

template <>
double Generator::uniform<double>() {
  return static_cast<double>(random64() & ((1ULL << 53) - 1)) * 0x1p-53;
}

double Generator::normal() {
  if (state_->next_normal) {
    const double value = *state_->next_normal;
    state_->next_normal.reset();
    return value;
  }
  const auto u1 = uniform<double>();
  const auto u2 = uniform<double>();
  const double radius = std::sqrt(-2 * std::log1p(-u2));
  const double angle = 2 * std::numbers::pi * u1;
  state_->next_normal = radius * std::sin(angle);
  return radius * std::cos(angle);
}

namespace {

thread_local Generator* generator_of_thread = nullptr;

}  // namespace

Generator& default_generator() {
  static Generator generator;
  return generator_of_thread != nullptr ? *generator_of_thread : generator;
}

DefaultGeneratorGuard::DefaultGeneratorGuard(Generator generator)
    : generator_(std::move(generator)), previous_(std::exchange(generator_of_thread, &generator_)) {}

DefaultGeneratorGuard::~DefaultGeneratorGuard() { generator_of_thread = previous_; }

void manual_seed(std::uint64_t seed) { default_generator().set_current_seed(seed); }

namespace {

void fill_uniform(const Tensor& target, double from, double to, Generator generator) {
  const auto lock = generator.lock();
  detail::draw(target, "uniform_", [&]<class T>(T* data, std::int64_t n) {
    const T low = static_cast<T>(from);
    kernels::fill_uniform(generator.engine(), data, n, low, static_cast<T>(to) - low);
  });
}

void fill_normal(const Tensor& target, double mean, double std, Generator generator) {
  check<ValueError>(std >= 0, "normal_: the standard deviation must not be negative, got {}", std);
  const auto lock = generator.lock();
  const bool in_blocks = target.numel() >= 16 && target.is_contiguous();
  detail::draw(target, "normal_", [&]<class T>(T* data, std::int64_t n) {
    if (in_blocks) {
      kernels::fill_normal(generator.engine(), data, n, static_cast<T>(mean), static_cast<T>(std));
    } else {
      for (std::int64_t i = 0; i < n; ++i) data[i] = static_cast<T>(generator.normal() * std + mean);
    }
  });
}

}  // namespace

Tensor rand(IntArrayRef sizes, TensorOptions options) { return rand(sizes, default_generator(), options); }

Tensor rand(IntArrayRef sizes, Generator generator, TensorOptions options) {
  const autograd::profiler::RecordFunction profiled("rand");
  Tensor result = empty(sizes, options.dtype());
  fill_uniform(result, 0, 1, std::move(generator));
  if (options.requires_grad()) result.requires_grad_();
  return result;
}

Tensor randn(IntArrayRef sizes, TensorOptions options) { return randn(sizes, default_generator(), options); }

Tensor randn(IntArrayRef sizes, Generator generator, TensorOptions options) {
  const autograd::profiler::RecordFunction profiled("randn");
  Tensor result = empty(sizes, options.dtype());
  fill_normal(result, 0, 1, std::move(generator));
  if (options.requires_grad()) result.requires_grad_();
  return result;
}

Tensor randint(std::int64_t high, IntArrayRef sizes, TensorOptions options) { return randint(0, high, sizes, options); }

Tensor randint(std::int64_t low, std::int64_t high, IntArrayRef sizes, TensorOptions options) {
  return randint(low, high, sizes, default_generator(), options);
}

Tensor randint(std::int64_t low, std::int64_t high, IntArrayRef sizes, Generator generator, TensorOptions options) {
  const autograd::profiler::RecordFunction profiled("randint");
  check<ValueError>(low < high, "randint: expected low < high, got {} and {}", low, high);
  Tensor result = empty(sizes, options.dtype());
  detail::fill_integers(result, low, high, std::move(generator));
  return result;
}

Tensor randint_like(const Tensor& like, std::int64_t high) {
  const autograd::profiler::RecordFunction profiled("randint_like");
  return randint(high, like.sizes(), like.dtype());
}
Tensor randint_like(const Tensor& like, std::int64_t low, std::int64_t high) {
  const autograd::profiler::RecordFunction profiled("randint_like");
  return randint(low, high, like.sizes(), like.dtype());
}

Tensor randperm(std::int64_t n, TensorOptions options) { return randperm(n, default_generator(), options); }

Tensor randperm(std::int64_t n, Generator generator, TensorOptions options) {
  const autograd::profiler::RecordFunction profiled("randperm");
  check<ValueError>(n >= 0, "randperm: expected n >= 0, got {}", n);
  Tensor result = empty({n}, kInt64);
  const auto lock = generator.lock();
  kernels::fill_permutation(generator.engine(), result.data_ptr<std::int64_t>(), n);
  return result.to(options.dtype_or(kInt64));
}

Tensor rand_like(const Tensor& like) {
  const autograd::profiler::RecordFunction profiled("rand_like");
  return rand(like.sizes(), like.dtype());
}
Tensor randn_like(const Tensor& like) {
  const autograd::profiler::RecordFunction profiled("randn_like");
  return randn(like.sizes(), like.dtype());
}

Tensor bernoulli(const Tensor& probabilities) { return bernoulli(probabilities, default_generator()); }

Tensor bernoulli(const Tensor& probabilities, Generator generator) {
  const autograd::profiler::RecordFunction profiled("bernoulli");
  const Tensor p = probabilities.detach().contiguous();
  Tensor result = empty_like(p);
  const auto lock = generator.lock();
  visit_floating(p.dtype(), "bernoulli", [&]<class T>() {
    const T* source = p.data_ptr<T>();
    for (std::int64_t i = 0; i < p.numel(); ++i) {
      check<ValueError>(source[i] >= 0 && source[i] <= 1, "bernoulli: {} is no probability", source[i]);
    }
    T* data = result.data_ptr<T>();
    kernels::fill_uniform(generator.engine(), data, p.numel(), T(0), T(1));
    for (std::int64_t i = 0; i < p.numel(); ++i) data[i] = data[i] < source[i] ? T(1) : T(0);
  });
  return result;
}

Tensor bernoulli(const Tensor& like, double p) { return bernoulli(like, p, default_generator()); }

Tensor bernoulli(const Tensor& like, double p, Generator generator) {
  const autograd::profiler::RecordFunction profiled("bernoulli");
  return empty_like(like).bernoulli_(p, std::move(generator));
}

Tensor& Tensor::uniform_(double from, double to) const { return uniform_(from, to, default_generator()); }

Tensor& Tensor::uniform_(double from, double to, Generator generator) const {
  check<ValueError>(from <= to, "uniform_: expected from <= to, got {} and {}", from, to);
  require_writable("uniform_", *this);
  fill_uniform(*this, from, to, std::move(generator));
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::normal_(double mean, double std) const { return normal_(mean, std, default_generator()); }

Tensor& Tensor::normal_(double mean, double std, Generator generator) const {
  require_writable("normal_", *this);
  fill_normal(*this, mean, std, std::move(generator));
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::bernoulli_(double p) const { return bernoulli_(p, default_generator()); }

Tensor& Tensor::bernoulli_(double p, Generator generator) const {
  check<ValueError>(p >= 0 && p <= 1, "bernoulli_: {} is no probability", p);
  require_writable("bernoulli_", *this);
  const auto lock = generator.lock();
  detail::draw(*this, "bernoulli_",
               [&]<class T>(T* data, std::int64_t n) { kernels::fill_bernoulli(generator.engine(), data, n, p); });
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::bernoulli_(const Tensor& p) const { return bernoulli_(p, default_generator()); }

Tensor& Tensor::bernoulli_(const Tensor& p, Generator generator) const {
  require_writable("bernoulli_", *this);
  detail::copy_values(*this, xgrad::bernoulli(p.expand(sizes()), std::move(generator)));
  mark_written(*this);
  return itself(*this);
}

}  // namespace xgrad
