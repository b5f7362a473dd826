/// Results that must not depend on the number of threads.
#pragma once

#include <functional>

#include "autograd/autograd.h"

namespace xgrad::test {

/// Expects `compute` to give the same bits on one thread, two, three and eight. Returns what it gives on one.
TensorList expect_same_bits_on_any_number_of_threads(const std::function<TensorList()>& compute);

}  // namespace xgrad::test
