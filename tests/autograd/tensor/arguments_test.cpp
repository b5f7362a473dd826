// Numbers, lists and bools mean what they say in every overload set; what must not compile is in tests/arguments.sh.
#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

std::vector<std::int64_t> shape(const Tensor& x) { return x.sizes().vec(); }

}  // namespace

TEST(Arguments, integers_and_lists_are_dimensions_of_var_and_std) {
  const Tensor x = tensor({{1.0, 2.0, 4.0}, {3.0, 7.0, 8.0}});
  const std::int64_t last = 1;
  for (const Tensor& y : {x.std(0), x.std({0}), x.var(0), x.var({0}), xgrad::std(x, 0), xgrad::var(x, {0})}) {
    EXPECT_EQ(shape(y), (std::vector<std::int64_t>{3}));
  }
  for (const Tensor& y : {x.std(1), x.std({1}), x.var(last), x.var({last}), xgrad::std(x, {1}), xgrad::var(x, -1)}) {
    EXPECT_EQ(shape(y), (std::vector<std::int64_t>{2}));
  }
  for (const Tensor& y : {x.std(), x.std(true), x.std(false), x.var({0, 1}), xgrad::var(x, true), xgrad::std(x)}) {
    EXPECT_EQ(shape(y), (std::vector<std::int64_t>{}));
  }
  EXPECT_TRUE(x.var({1}).allclose(tensor({7.0 / 3, 7.0})));
  EXPECT_TRUE(x.var(1, false).allclose(tensor({14.0 / 9, 14.0 / 3})));
  EXPECT_TRUE(x.var(1, true).allclose(x.var(1)));
}

TEST(Arguments, an_integer_after_the_dimensions_is_a_correction) {
  const Tensor x = tensor({{1.0, 2.0, 4.0}, {3.0, 7.0, 8.0}});
  EXPECT_TRUE(x.var({1}, 2).allclose(tensor({14.0 / 3, 14.0})));
  EXPECT_TRUE(x.var({1}, 0).allclose(x.var(1, false)));
  EXPECT_TRUE(xgrad::std(x, {1}, 2, true).allclose(sqrt(tensor({{14.0 / 3}, {14.0}}))));
  EXPECT_TRUE(x.var(std::nullopt, 0).allclose(x.var(false)));
}

TEST(Arguments, numbers_are_what_they_say_elsewhere) {
  const Tensor x = tensor({{1.0, 2.0, 4.0}, {3.0, 7.0, 8.0}});
  EXPECT_EQ(shape(x.sum(0)), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(shape(x.sum({0})), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(shape(x.any(0)), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(shape(x.argmax({1})), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(shape(x.norm(2, 0)), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(shape(x.norm(2, {0})), (std::vector<std::int64_t>{3}));
  EXPECT_FLOAT_EQ(x.norm(1).item<float>(), 25);
}

}  // namespace xgrad::test
