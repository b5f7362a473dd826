#include "autograd/ops/copy.h"

#include <map>
#include <utility>

#include "autograd/autograd.h"
#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Copy, "copy",
                      {"to",
                       [](const TensorList& x, const Json& a) {
                         const std::map<std::string, Dtype> dtypes = {
                             {"bool", kBool}, {"int64", kInt64}, {"float32", kFloat32}, {"float64", kFloat64}};
                         return TensorList{to(x[0], dtypes.at(a[0]))};
                       },
                       Gradients::kNone},  // float32 on one side or the other: too coarse for finite differences
                      {"clone", [](const TensorList& x, const Json&) { return TensorList{clone(x[0])}; }},
                      {"contiguous", [](const TensorList& x, const Json&) { return TensorList{contiguous(x[0])}; }});

namespace {

/// Whether two tensors hold the same elements, found one at a time.
bool same_elements(const Tensor& a, const Tensor& b) {
  if (a.sizes() != b.sizes()) return false;
  if (a.dim() == 0) return a.item<double>() == b.item<double>();
  for (std::int64_t i = 0; i < a.size(0); ++i) {
    if (!same_elements(a.select(0, i), b.select(0, i))) return false;
  }
  return true;
}

}  // namespace

TEST(CopyTest, transposed_tensors_of_any_size_and_dtype_keep_their_elements) {
  for (const Dtype dtype : {kBool, kHalf, kFloat32, kFloat64}) {
    for (const auto& [rows, columns] : {std::pair{1, 5}, {3, 70}, {16, 16}, {17, 33}, {64, 8}, {129, 65}}) {
      const Tensor x = arange(2 * rows * columns).remainder(97).to(dtype).reshape({2, rows, columns});
      EXPECT_TRUE(same_elements(x.transpose(1, 2).contiguous(), x.transpose(1, 2)));
      EXPECT_TRUE(same_elements(x.permute({2, 0, 1}).contiguous(), x.permute({2, 0, 1})));
      EXPECT_TRUE(same_elements(x.permute({2, 1, 0}).contiguous(), x.permute({2, 1, 0})));
      Tensor target = zeros({2, columns, rows}, dtype).transpose(1, 2);
      target.copy_(x);
      EXPECT_TRUE(same_elements(target, x));
    }
  }
}

}  // namespace xgrad::test
