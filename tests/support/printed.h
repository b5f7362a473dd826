/// What a value writes to a stream.
#pragma once

#include <sstream>
#include <string>

namespace xgrad::test {

template <class T>
std::string printed(const T& value) {
  std::ostringstream stream;
  stream << value;
  return stream.str();
}

}  // namespace xgrad::test
