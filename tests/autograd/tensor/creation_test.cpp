#include "autograd/tensor/creation.h"

#include <limits>

#include "autograd/ops/random.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

template <class T>
void expect_elements(const Tensor& x, IntArrayRef sizes, const std::vector<T>& elements) {
  EXPECT_EQ(x.sizes(), sizes);
  EXPECT_EQ(x.dtype(), dtype_of<T>());
  EXPECT_EQ(x.to_vector<T>(), elements);
}

}  // namespace

TEST(CreationTest, filled_tensors_have_the_default_dtype_unless_one_is_given) {
  expect_elements<float>(zeros({2, 2}), {2, 2}, {0, 0, 0, 0});
  expect_elements<double>(ones({3}, kFloat64), {3}, {1, 1, 1});
  expect_elements<std::int64_t>(ones({2}, kInt64), {2}, {1, 1});
  expect_elements<float>(full({2}, 1.5), {2}, {1.5F, 1.5F});
  expect_elements<std::int64_t>(full({2}, 3), {2}, {3, 3});
  expect_elements<std::int64_t>(full({}, 3), {}, {3});
  expect_elements<double>(full({1}, 3, kFloat64), {1}, {3});
  EXPECT_EQ(full({1}, true).dtype(), kBool);
  EXPECT_EQ(empty({2, 0, 3}).numel(), 0);
  EXPECT_EQ(zeros({}).numel(), 1);
}

TEST(CreationTest, like_takes_shape_and_dtype_unless_a_dtype_is_given) {
  const Tensor like = zeros({2, 3}, kFloat64);
  EXPECT_EQ(ones_like(like).dtype(), kFloat64);
  EXPECT_EQ(ones_like(like).sizes(), like.sizes());
  EXPECT_EQ(zeros_like(like, kInt64).dtype(), kInt64);
  EXPECT_EQ(full_like(like, 2).to_vector<double>(), std::vector<double>(6, 2));
  EXPECT_EQ(empty_like(like.t()).sizes(), IntArrayRef({3, 2}));
  EXPECT_TRUE(ones_like(like, requires_grad()).requires_grad());
}

TEST(CreationTest, new_tensors_take_the_dtype_of_the_tensor_asked) {
  const Tensor x = ones({2}, kInt64);
  expect_elements<std::int64_t>(x.new_full({2, 2}, 7), {2, 2}, {7, 7, 7, 7});
  EXPECT_EQ(x.new_zeros({3}, kFloat64).dtype(), kFloat64);
  EXPECT_EQ(x.new_empty({3}).sizes(), IntArrayRef({3}));
}

TEST(CreationTest, arange_counts_up_to_but_without_the_end) {
  expect_elements<std::int64_t>(arange(4), {4}, {0, 1, 2, 3});
  expect_elements<std::int64_t>(arange(2, 9, 3), {3}, {2, 5, 8});
  expect_elements<std::int64_t>(arange(5, 0, -2), {3}, {5, 3, 1});
  expect_elements<float>(arange(1.0, 2.0, 0.25), {4}, {1, 1.25F, 1.5F, 1.75F});
  expect_elements<float>(arange(3, kFloat32), {3}, {0, 1, 2});
  expect_elements<std::int64_t>(arange(0), {0}, {});
  const std::int64_t large = (std::int64_t{1} << 60) + 1;
  expect_elements<std::int64_t>(arange(large, large + 2), {2}, {large, large + 1});
  EXPECT_THROW(arange(0, 3, 0), ValueError);
  EXPECT_THROW(arange(0, 3, -1), ValueError);
}

TEST(CreationTest, linspace_includes_both_ends) {
  expect_elements<float>(linspace(0, 1, 5), {5}, {0, 0.25F, 0.5F, 0.75F, 1});
  expect_elements<double>(linspace(2, -2, 3, kFloat64), {3}, {2, 0, -2});
  expect_elements<float>(linspace(3, 9, 1), {1}, {3});
  EXPECT_EQ(linspace(0, 1, 0).numel(), 0);
  EXPECT_THROW(linspace(0, 1, -1), ValueError);
}

TEST(CreationTest, long_series_are_exact_in_each_element_and_dtype) {
  constexpr std::int64_t n = 100'003;  // several parts of a parallel loop, none of them whole vectors
  const Tensor integers = arange(-n, 2 * n, 3);
  const Tensor floats = arange(-n, 2 * n, 3, kFloat32);
  const Tensor halves = arange(0, n, kFloat16);
  const Tensor reals = arange(0.5, 0.5 + 0.1 * n, 0.1, kFloat64);
  const Tensor between = linspace(-1, 3, n, kFloat64);
  ASSERT_EQ(integers.numel(), n);
  ASSERT_EQ(floats.numel(), n);
  ASSERT_EQ(reals.numel(), n);
  const double step = 4.0 / (n - 1);
  for (std::int64_t i = 0; i < n; ++i) {
    ASSERT_EQ(integers.data_ptr<std::int64_t>()[i], -n + 3 * i);
    ASSERT_EQ(floats.data_ptr<float>()[i], static_cast<float>(-n + 3 * i));
    ASSERT_EQ(static_cast<float>(halves.data_ptr<Half>()[i]), static_cast<float>(static_cast<Half>(static_cast<float>(i))));
    ASSERT_EQ(reals.data_ptr<double>()[i], 0.5 + static_cast<double>(i) * 0.1);
    ASSERT_EQ(between.data_ptr<double>()[i],
              i < n / 2 ? -1 + step * static_cast<double>(i) : 3 - step * static_cast<double>(n - 1 - i));
  }
}

TEST(CreationTest, integers_beyond_what_doubles_hold_are_rounded_once_where_they_become_floats) {
  const std::int64_t large = (std::int64_t{1} << 60) + 1;
  expect_elements<double>(arange(large, large + 512, 255, kFloat64), {3},
                          {static_cast<double>(large), static_cast<double>(large + 255), static_cast<double>(large + 510)});
  const std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  expect_elements<std::int64_t>(arange(lowest, std::numeric_limits<std::int64_t>::max(), std::int64_t{1} << 62), {4},
                                {lowest, lowest / 2, 0, -(lowest / 2)});
}

TEST(CreationTest, eye_has_ones_on_the_diagonal) {
  expect_elements<float>(eye(2), {2, 2}, {1, 0, 0, 1});
  expect_elements<std::int64_t>(eye(2, 3, kInt64), {2, 3}, {1, 0, 0, 0, 1, 0});
  expect_elements<double>(eye(3, 2, kFloat64), {3, 2}, {1, 0, 0, 1, 0, 0});
  expect_elements<float>(eye(0, 2), {0, 2}, {});
  EXPECT_TRUE(eye(2, TensorOptions().requires_grad(true)).requires_grad());
}

TEST(CreationTest, numbers_in_braces_become_a_tensor) {
  expect_elements<float>(tensor({{1.0, 2.0}, {3.0, 4.0}}), {2, 2}, {1, 2, 3, 4});
  expect_elements<std::int64_t>(tensor({1, 2, 3}), {3}, {1, 2, 3});
  expect_elements<float>(tensor({1, 2.5}), {2}, {1, 2.5F});
  expect_elements<std::int64_t>(tensor(7), {}, {7});
  expect_elements<double>(tensor({1, 2}, kFloat64), {2}, {1, 2});
  expect_elements<float>(tensor(std::vector<float>{1.5F, 2.5F}), {2}, {1.5F, 2.5F});
  expect_elements<std::int64_t>(tensor(std::vector<std::int64_t>{}), {0}, {});
  EXPECT_EQ(tensor({true, false}).dtype(), kBool);
  EXPECT_TRUE(tensor({1.0}, requires_grad()).requires_grad());
  EXPECT_THROW(tensor({{1, 2}, {3}}), ShapeError);
}

TEST(CreationTest, from_blob_shares_the_callers_memory) {
  std::vector<float> memory = {1, 2, 3, 4, 5, 6};
  Tensor x = from_blob(memory.data(), {2, 3});
  x.add_(1);
  EXPECT_EQ(memory, (std::vector<float>{2, 3, 4, 5, 6, 7}));
  expect_elements<float>(from_blob(memory.data(), {3, 2}, {1, 3}), {3, 2}, {2, 5, 3, 6, 4, 7});
  EXPECT_THROW(from_blob(memory.data(), {2, 3}, {1}), ShapeError);
}

TEST(CreationTest, the_deleter_of_a_blob_runs_when_the_last_tensor_has_gone) {
  int deleted = 0;
  std::vector<float> memory(4);
  {
    Tensor view;
    {
      const Tensor x = from_blob(memory.data(), {4}, [&](void* data) { deleted += data == memory.data() ? 1 : 100; });
      view = x.slice(0, 1, 2);
    }
    EXPECT_EQ(deleted, 0);
  }
  EXPECT_EQ(deleted, 1);
}

TEST(CreationTest, sizes_that_make_no_sense_are_refused) {
  EXPECT_THROW(zeros({-1}), ShapeError);
  EXPECT_THROW(ones({2, -3}), ShapeError);
  EXPECT_THROW(empty({std::int64_t{1} << 40, std::int64_t{1} << 40}), ShapeError);
}

TEST(CreationTest, integers_cannot_require_gradients) {
  EXPECT_THROW(ones({2}, TensorOptions(kInt64).requires_grad(true)), TypeError);
}

TEST(CreationTest, the_default_dtype_can_be_changed) {
  set_default_dtype(kFloat64);
  EXPECT_EQ(zeros({1}).dtype(), kFloat64);
  EXPECT_EQ(tensor(1.5).dtype(), kFloat64);
  set_default_dtype(kFloat32);
  EXPECT_EQ(zeros({1}).dtype(), kFloat32);
  EXPECT_THROW(set_default_dtype(kInt64), TypeError);
}

TEST(TensorTest, memory_is_aligned_to_64_bytes) {
  for (const std::int64_t n : {1, 3, 100, 5000}) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(zeros({n}).data_ptr()) % 64, 0U);
  }
}

TEST(TensorTest, item_needs_one_element) {
  EXPECT_EQ(tensor({{2.5}}).item<double>(), 2.5);
  EXPECT_EQ(tensor(3).item<int>(), 3);
  EXPECT_THROW(ones({2}).item<float>(), ShapeError);
  EXPECT_THROW(ones({0}).item<float>(), ShapeError);
}

TEST(TensorTest, accessors_follow_the_strides) {
  const Tensor x = arange(6).reshape({2, 3}).t();
  const auto elements = x.accessor<std::int64_t, 2>();
  EXPECT_EQ(elements.size(0), 3);
  EXPECT_EQ(elements[2][1], 5);
  EXPECT_EQ(elements[0][1], 3);
  EXPECT_THROW((x.accessor<std::int64_t, 1>()), ShapeError);
  EXPECT_THROW((x.accessor<float, 2>()), TypeError);
}

TEST(TensorTest, an_undefined_tensor_says_so) {
  const Tensor none;
  EXPECT_FALSE(none.defined());
  EXPECT_THROW(none.sizes(), ValueError);
  EXPECT_THROW(none + 1, ValueError);
}

TEST(Creation, logspace_and_range) {
  EXPECT_TRUE(allclose(logspace(0, 3, 4), tensor({1.0, 10.0, 100.0, 1000.0})));
  EXPECT_TRUE(allclose(logspace(-1, 1, 3, 2), tensor({0.5, 1.0, 2.0})));
  EXPECT_EQ(logspace(0, 3, 0).numel(), 0);
  EXPECT_TRUE(equal(range(1, 4), tensor({1.0, 2.0, 3.0, 4.0})));
  EXPECT_TRUE(equal(range(1, 2, 0.4), tensor({1.0, 1.4, 1.8})));
  EXPECT_TRUE(equal(range(3, 1, -1, kInt64), tensor({3, 2, 1})));
  EXPECT_THROW(range(0, 1, 0), ValueError);
  EXPECT_THROW(range(1, 0), ValueError);
  EXPECT_THROW(logspace(0, 1, -1), ValueError);
}

TEST(CreationTest, numbers_have_the_dtypes_of_libtorch) {
  EXPECT_EQ(tensor(std::uint8_t{3}).dtype(), kUInt8);
  EXPECT_EQ(tensor(std::int8_t{3}).dtype(), kInt8);
  EXPECT_EQ(tensor(std::int16_t{3}).dtype(), kInt16);
  EXPECT_EQ(tensor(3).dtype(), kInt64);
  EXPECT_EQ(tensor(3U).dtype(), kInt64);
  EXPECT_EQ(tensor(3.0F).dtype(), kFloat32);
  EXPECT_EQ(tensor(3.0).dtype(), kFloat32);
  EXPECT_EQ(tensor(Half(3)).dtype(), kFloat16);
  EXPECT_EQ(tensor({BFloat16(3)}).dtype(), kBFloat16);
  EXPECT_EQ(tensor({{std::uint8_t{3}}, {std::uint8_t{4}}}).dtype(), kUInt8);
  EXPECT_EQ(tensor(std::vector<std::int16_t>{1, 2}).dtype(), kInt16);
  EXPECT_EQ(tensor(std::vector<int>{1, 2}).dtype(), kInt64);
  EXPECT_EQ(tensor(std::vector<std::uint8_t>()).dtype(), kUInt8);
  EXPECT_EQ(tensor(std::vector<Half>{Half(1)}).dtype(), kFloat16);
  EXPECT_EQ(tensor(std::vector<bool>{true}).dtype(), kBool);
  EXPECT_EQ(tensor({std::uint8_t{3}, std::uint8_t{4}}, kInt64).dtype(), kInt64);
}

}  // namespace xgrad::test
