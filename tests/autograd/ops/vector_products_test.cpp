#include "autograd/ops/vector_products.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

using Scaled = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, Scalar, Scalar);

Operation scaled(const char* name, Scaled function) {
  return {name, [=](const TensorList& x, const Json& a) {
            return TensorList{function(x[0], x[1], x[2], scalar_at(a, 0), scalar_at(a, 1))};
          }};
}

}  // namespace

XGRAD_TEST_OPERATIONS(VectorProducts, "vector_products", scaled("addmv", addmv), scaled("addr", addr),
                      scaled("addbmm", addbmm), binary("inner", inner), binary("kron", kron),
                      {"cross",
                       [](const TensorList& x, const Json& a) { return TensorList{cross(x[0], x[1], optional_at(a, 0))}; }});

TEST(VectorProducts, rejects_bad_input) {
  EXPECT_THROW(addmv(ones({2}), ones({3, 4}), ones({4})), ShapeError);
  EXPECT_THROW(addmv(ones({3}), ones({3, 4}), ones({3})), ShapeError);
  EXPECT_THROW(addr(ones({2, 2}), ones({3}), ones({4})), ShapeError);
  EXPECT_THROW(addbmm(ones({5}), ones({2, 3, 4}), ones({2, 4, 2})), ShapeError);
  EXPECT_THROW(inner(ones({3}), ones({4})), ShapeError);
  EXPECT_THROW(cross(ones({2}), ones({2})), ShapeError);
  EXPECT_THROW(cross(ones({3}), ones({3}), 1), IndexError);
  EXPECT_THROW(cross(ones({2, 3}), ones({3}).unsqueeze(1), 1), ShapeError);
}

}  // namespace xgrad::test
