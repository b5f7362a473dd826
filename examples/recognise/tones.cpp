#include "tones.h"

#include <array>
#include <cmath>
#include <numbers>
#include <random>

namespace recognise {

using namespace xgrad;

namespace {

/// The low and the high tone of each digit, in hertz. https://www.itu.int/rec/T-REC-Q.23
constexpr std::array<std::array<double, 2>, 10> tones{{{941, 1336},
                                                       {697, 1209},
                                                       {697, 1336},
                                                       {697, 1477},
                                                       {770, 1209},
                                                       {770, 1336},
                                                       {770, 1477},
                                                       {852, 1209},
                                                       {852, 1336},
                                                       {852, 1477}}};

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(static_cast<std::mt19937::result_type>(seed)) {}
  double uniform(double low, double high) { return low + (high - low) * (static_cast<double>(engine_()) / 4294967296.0); }
  std::int64_t integer(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(uniform(0, static_cast<double>(high - low + 1)));
  }

 private:
  std::mt19937 engine_;
};

}  // namespace

std::vector<Recording> make_recordings(std::uint64_t seed, std::int64_t count, double noise) {
  Draw draw(seed);
  Generator generator(seed);
  std::vector<Recording> recordings;
  for (std::int64_t i = 0; i < count; ++i) {
    Recording recording;
    std::vector<float> samples;
    const auto pause = [&] {
      samples.resize(samples.size() + static_cast<std::size_t>(draw.uniform(0.04, 0.12) * sample_rate), 0.0F);
    };
    pause();
    for (std::int64_t left = draw.integer(3, 7); left > 0; --left) {
      const std::int64_t digit = draw.integer(0, 9);
      recording.digits.push_back(digit + 1);
      const auto length = static_cast<std::int64_t>(draw.uniform(0.05, 0.15) * sample_rate);
      const double loudness = draw.uniform(0.5, 1.2);
      const double tuning = draw.uniform(0.985, 1.015);
      const double phase = draw.uniform(0, 2 * std::numbers::pi);
      for (std::int64_t t = 0; t < length; ++t) {
        double sum = 0;
        for (const double frequency : tones[static_cast<std::size_t>(digit)]) {
          const double turns = frequency * tuning * static_cast<double>(t) / static_cast<double>(sample_rate);
          sum += std::sin(2 * std::numbers::pi * turns + phase);
        }
        samples.push_back(static_cast<float>(loudness * sum / 2));
      }
      pause();
    }
    const Tensor clean = tensor(samples, kFloat32);
    recording.samples = clean + noise * randn(clean.sizes(), generator);
    recordings.push_back(recording);
  }
  return recordings;
}

std::string text_of(const std::vector<std::int64_t>& digits) {
  std::string text;
  for (const std::int64_t digit : digits) text += static_cast<char>('0' + digit - 1);
  return text;
}

}  // namespace recognise
