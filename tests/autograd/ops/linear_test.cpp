#include "autograd/ops/linear.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Linear, "linear", binary("matmul", matmul), binary("mm", mm), binary("mv", mv), binary("bmm", bmm),
                      binary("dot", dot), binary("outer", outer),
                      {"addmm",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{addmm(x[0], x[1], x[2], scalar_at(a, 0), scalar_at(a, 1))};
                       }},
                      {"linear", [](const TensorList& x, const Json&) {
                         return TensorList{linear(x[0], x[1], x.size() == 3 ? x[2] : Tensor())};
                       }});

TEST(Linear, the_gradient_of_a_transposed_matrix_lies_as_that_does) {
  manual_seed(1);
  const auto kept = [](const Tensor& a, const Tensor& b, const Tensor& y) {
    const TensorList gradients = autograd::grad({y.sum()}, {a, b});
    return gradients[0].is_contiguous() && gradients[1].is_contiguous();
  };
  const Tensor a = randn({4, 3}, kFloat64).requires_grad_();
  const Tensor b = randn({5, 4}, kFloat64).requires_grad_();
  EXPECT_TRUE(kept(a, b, mm(a.t(), b.t())));
  const auto both = [](const TensorList& x) { return TensorList{mm(x[0].t(), x[1].t()), bmm(x[2].mT(), x[3].mT())}; };
  const TensorList operands{a, b, randn({2, 4, 3}, kFloat64).requires_grad_(), randn({2, 5, 4}, kFloat64).requires_grad_()};
  EXPECT_TRUE(autograd::gradcheck(both, operands));
  EXPECT_TRUE(autograd::gradgradcheck(both, operands));
}

}  // namespace xgrad::test
