/// Dates written out in many ways, and the same dates in ISO 8601: what the program learns to translate.
#pragma once

#include <xgrad/xgrad.h>

#include <vector>

namespace translate {

/// `count` dates between 1900 and 2099. Training and test share no date: every tenth day is for the test. As
/// "thursday, march 5th, 1998", "the fifth of march nineteen ninety-eight" ...; and as "1998-03-05".
std::vector<xgrad::data::TextPair> make_dates(std::uint64_t seed, std::int64_t count, bool test);

}  // namespace translate
