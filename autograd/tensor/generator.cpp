#include "autograd/tensor/generator.h"

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <sstream>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/kernels/mersenne_twister.h"

namespace xgrad {

struct Generator::State {
  std::mutex mutex;
  std::mutex of_programs;
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

std::uint64_t Generator::seed() {
  std::random_device device;
  const std::uint64_t drawn = static_cast<std::uint64_t>(device()) << 32 | device();
  set_current_seed(drawn);
  return drawn;
}

Generator Generator::clone() const {
  Generator copy;
  copy.set_state(get_state());
  return copy;
}

std::mutex& Generator::mutex() const { return state_->of_programs; }

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

}  // namespace xgrad
