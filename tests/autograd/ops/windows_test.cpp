#include "autograd/ops/windows.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Windows, "windows",
                      {"bartlett_window",
                       [](const TensorList&, const Json& a) {
                         return TensorList{bartlett_window(a[0].get<std::int64_t>(), a[1].get<bool>(), kFloat64)};
                       },
                       Gradients::kNone},
                      {"blackman_window",
                       [](const TensorList&, const Json& a) {
                         return TensorList{blackman_window(a[0].get<std::int64_t>(), a[1].get<bool>(), kFloat64)};
                       },
                       Gradients::kNone},
                      {"hamming_window",
                       [](const TensorList&, const Json& a) {
                         return TensorList{hamming_window(a[0].get<std::int64_t>(), a[1].get<bool>(), 0.54, 0.46, kFloat64)};
                       },
                       Gradients::kNone},
                      {"hann_window",
                       [](const TensorList&, const Json& a) {
                         return TensorList{hann_window(a[0].get<std::int64_t>(), a[1].get<bool>(), kFloat64)};
                       },
                       Gradients::kNone},
                      {"kaiser_window",
                       [](const TensorList&, const Json& a) {
                         return TensorList{kaiser_window(a[0].get<std::int64_t>(), a[1].get<bool>(), 12.0, kFloat64)};
                       },
                       Gradients::kNone});

TEST(Windows, have_the_default_dtype_unless_another_is_given) {
  EXPECT_EQ(hann_window(4).dtype(), kFloat32);
  EXPECT_EQ(kaiser_window(4, kFloat64).dtype(), kFloat64);
  EXPECT_TRUE(hamming_window(4, TensorOptions().requires_grad(true)).requires_grad());
}

TEST(Windows, reject_bad_input) {
  EXPECT_THROW(hann_window(-1), ValueError);
  EXPECT_THROW(bartlett_window(3, kInt64), TypeError);
}

}  // namespace xgrad::test
