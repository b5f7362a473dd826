/// Recordings that the program makes up: digits as a telephone dials them, two tones each, in noise.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

namespace recognise {

constexpr std::int64_t sample_rate = 4000;  ///< samples a second

/// A recording, and what was dialled: digits from 1 for '0' to 10 for '9'; 0 is the blank of CTC.
struct Recording {
  xgrad::Tensor samples;  ///< (time)
  std::vector<std::int64_t> digits;
};

/// Recordings of 3 to 7 digits. Digits last 50 to 150 milliseconds, with pauses of 40 to 120 between them; each is out of
/// tune by up to 1.5 percent, and as loud as it pleases. `noise` is the noise's deviation, where a tone's amplitude is
/// about 1.
std::vector<Recording> make_recordings(std::uint64_t seed, std::int64_t count, double noise);

/// "0142"
std::string text_of(const std::vector<std::int64_t>& digits);

}  // namespace recognise
