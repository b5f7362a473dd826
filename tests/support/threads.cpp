#include "tests/support/threads.h"

#include <gtest/gtest.h>

#include <cstring>

namespace xgrad::test {

namespace {

TensorList on_threads(int threads, const std::function<TensorList()>& compute) {
  struct Restored {
    int before = get_num_threads();
    ~Restored() { set_num_threads(before); }
  } const restored;
  set_num_threads(threads);
  return compute();
}

bool same_bits(const Tensor& a, const Tensor& b) {
  if (a.sizes() != b.sizes() || a.dtype() != b.dtype()) return false;
  const Tensor left = a.contiguous();
  const Tensor right = b.contiguous();
  return a.numel() == 0 || std::memcmp(left.data_ptr(), right.data_ptr(), left.nbytes()) == 0;
}

}  // namespace

TensorList expect_same_bits_on_any_number_of_threads(const std::function<TensorList()>& compute) {
  TensorList expected = on_threads(1, compute);
  for (const int threads : {2, 3, 8}) {
    const TensorList found = on_threads(threads, compute);
    EXPECT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < expected.size() && i < found.size(); ++i) {
      EXPECT_TRUE(same_bits(found[i], expected[i])) << "result " << i << " on " << threads << " threads";
    }
  }
  return expected;
}

}  // namespace xgrad::test
