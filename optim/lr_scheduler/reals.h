/// Lists of numbers in the states of schedulers. For .cpp files.
#pragma once

#include <vector>

#include "autograd/base/check.h"
#include "autograd/io/value.h"

namespace xgrad::optim {

inline Value to_list(const std::vector<double>& numbers) { return Value::List(numbers.begin(), numbers.end()); }

/// Throws ValueError for another number of them.
inline std::vector<double> to_reals(const char* scheduler, const Value& state, const char* name, std::size_t count) {
  std::vector<double> numbers;
  for (const Value& one : state.at(name).list()) numbers.push_back(one.to_double());
  check<ValueError>(numbers.size() == count, "{}: expected {} {}, one for each group, got {}", scheduler, count, name,
                    numbers.size());
  return numbers;
}

}  // namespace xgrad::optim
