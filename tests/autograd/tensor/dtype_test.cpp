#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

constexpr std::array stored_only = {kUInt8, kInt8, kInt16, kInt32, kFloat16, kBFloat16};

/// The same bytes, NaN included.
bool same_bits(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.sizes() == b.sizes() && std::memcmp(a.data_ptr(), b.data_ptr(), a.nbytes()) == 0;
}

}  // namespace

TEST(DtypeTest, conversions_round_as_pytorchs_do) {
  for (const Json& row : load_golden("conversions")) {
    const Tensor from = stored_tensor(row[0]);
    const Tensor expected = stored_tensor(row[1]);
    const Tensor found = from.to(expected.dtype());
    const Tensor both_nan = expected.is_floating_point() ? isnan(expected.to(kFloat64)) : zeros(expected.sizes(), kBool);
    if (any(both_nan).item<bool>()) {  // which of its many patterns NaN has is nobody's business
      EXPECT_TRUE(equal(isnan(found.to(kFloat64)), both_nan))
          << to_string(from.dtype()) << " to " << to_string(expected.dtype());
      EXPECT_TRUE(found.to(kFloat64).allclose(expected.to(kFloat64), 0, 0, true)) << to_string(found) << to_string(expected);
    } else {
      EXPECT_TRUE(same_bits(found, expected)) << to_string(from) << to_string(found) << to_string(expected);
    }
  }
}

TEST(DtypeTest, every_half_survives_the_way_through_float) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    Half half;
    half.bits = static_cast<std::uint16_t>(bits);
    if (std::isnan(static_cast<float>(half))) {
      ASSERT_TRUE(std::isnan(static_cast<float>(Half(static_cast<float>(half)))));
    } else {
      ASSERT_EQ(Half(static_cast<float>(half)).bits, bits);
    }
    BFloat16 brain;
    brain.bits = static_cast<std::uint16_t>(bits);
    if (!std::isnan(static_cast<float>(brain))) {
      ASSERT_EQ(BFloat16(static_cast<float>(brain)).bits, bits);
    }
  }
}

TEST(DtypeTest, all_dtypes_are_created_filled_read_and_printed) {
  for (const Dtype dtype : all_dtypes) {
    SCOPED_TRACE(to_string(dtype));
    EXPECT_EQ(full({2, 2}, 1, dtype).element_size(), element_size(dtype));
    EXPECT_EQ(full({}, 1, dtype).item<int>(), 1);
    EXPECT_THAT(tensor({1, 0, 1}, dtype).to_vector<double>(), ::testing::ElementsAre(1, 0, 1));
    EXPECT_EQ(arange(0, 2, 1, dtype)[1].item<double>(), 1);
    EXPECT_EQ(zeros_like(ones({3}, dtype)).dtype(), dtype);
    EXPECT_THAT(to_string(ones({1}, dtype)), ::testing::HasSubstr("Type{1}"));
  }
  EXPECT_EQ(to_string(ones({1}, kFloat16)), " 1\n[ CPUHalfType{1} ]");
}

TEST(DtypeTest, accessors_take_the_type_of_the_elements) {
  const Tensor x = tensor({{1, 2}, {3, 4}}, kInt32);
  EXPECT_EQ((x.accessor<std::int32_t, 2>()[1][0]), 3);
  EXPECT_EQ(x.data_ptr<std::int32_t>()[3], 4);
  EXPECT_THROW(x.data_ptr<std::int64_t>(), TypeError);
  EXPECT_EQ(ones({1}, kInt64).data_ptr<std::int64_t>()[0], 1);
  EXPECT_FLOAT_EQ(ones({1}, kBFloat16).data_ptr<BFloat16>()[0], 1);
}

TEST(DtypeTest, arithmetic_on_stored_dtypes_rounds_once_and_keeps_the_dtype) {
  for (const Dtype dtype : stored_only) {
    SCOPED_TRACE(to_string(dtype));
    const Tensor a = tensor({5, 7, 2}, dtype);
    const Tensor b = tensor({2, 3, 2}, dtype);
    EXPECT_TRUE(equal(a + b, tensor({7, 10, 4}, dtype)));
    EXPECT_TRUE(equal(a - b, tensor({3, 4, 0}, dtype)));
    EXPECT_TRUE(equal(a * 2, tensor({10, 14, 4}, dtype)));
    EXPECT_TRUE(equal(remainder(a, b), tensor({1, 1, 0}, dtype)));
    EXPECT_TRUE(equal(maximum(a, b), tensor({5, 7, 2}, dtype)));
    EXPECT_TRUE(equal(pow(a, 2), tensor({25, 49, 4}, dtype)));
    EXPECT_TRUE(equal(a == b, tensor({false, false, true})));
    EXPECT_TRUE(equal(where(a > b, a, b), tensor({5, 7, 2}, dtype)));
    EXPECT_TRUE(equal(a.clamp(3, 6), tensor({5, 6, 3}, dtype)));
    EXPECT_TRUE(equal(a.relu(), a));
    EXPECT_EQ(a.max().item<int>(), 7);
    EXPECT_EQ(a.argmax().item<int>(), 1);
    EXPECT_EQ(a.sum().item<int>(), 14);
    EXPECT_EQ(a.sum().dtype(), is_floating_point(dtype) ? dtype : kInt64);
    EXPECT_TRUE(equal(cat({a, b}), tensor({5, 7, 2, 2, 3, 2}, dtype)));
    EXPECT_TRUE(equal(a.index_select(0, tensor({2, 0})), tensor({2, 5}, dtype)));
    EXPECT_TRUE(equal(a.gather(0, tensor({1})), tensor({7}, dtype)));
    EXPECT_TRUE(equal(a.expand({2, 3}).t().contiguous()[1], tensor({7, 7}, dtype)));
    Tensor changed = a.clone();
    changed += b;
    changed.mul_(2);
    EXPECT_TRUE(equal(changed, tensor({14, 20, 8}, dtype)));
  }
  EXPECT_EQ((full({}, 200, kUInt8) + full({}, 100, kUInt8)).item<int>(), 44);  // modulo 256
  EXPECT_EQ((full({}, 100, kInt8) * 2).item<int>(), -56);
}

/// Orders, counts and sums of scattered values, which numbers of all dtypes have.
std::vector<Tensor> ordered_and_scattered(const Tensor& x) {
  const Tensor rows = x.view({2, 3});
  const Tensor at = tensor({0, 2, 0});
  std::vector<Tensor> results{argsort(x), x.index_add(0, at, x.narrow(0, 1, 3)), x.scatter_add(0, at, x.narrow(0, 1, 3)),
                              x.index_copy(0, tensor({2}), x.narrow(0, 5, 1)),
                              x.clone().index_put_({at}, x.narrow(0, 1, 3), true)};
  for (const char* reduce : {"sum", "prod", "mean", "amax", "amin"}) {
    for (const bool include_self : {false, true}) {
      results.push_back(scatter_reduce(x, 0, at, x.narrow(0, 1, 3), reduce, include_self));
    }
  }
  for (const auto& [values, indices] :
       {sort(rows, 1, true), topk(x, 4), kthvalue(rows, 2, 1), median(rows, 1), mode(rows, 1)}) {
    results.push_back(values);
    results.push_back(indices);
  }
  results.push_back(median(x));
  return results;
}

TEST(DtypeTest, numbers_of_stored_dtypes_are_ordered_and_scattered) {
  for (const Dtype dtype : {kUInt8, kInt8, kInt16, kInt32, kFloat16, kBFloat16}) {
    SCOPED_TRACE(to_string(dtype));
    const Dtype wide = is_floating_point(dtype) ? kFloat32 : kInt64;
    const Tensor x = tensor({5, 2, 9, 2, 7, 3});
    const std::vector<Tensor> found = ordered_and_scattered(x.to(dtype));
    const std::vector<Tensor> expected = ordered_and_scattered(x.to(wide));
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].dtype(), expected[i].dtype() == wide && wide != kInt64 ? dtype : found[i].dtype());
      EXPECT_TRUE(equal(found[i].to(expected[i].dtype()), expected[i].to(dtype).to(expected[i].dtype()))) << i;
    }
    EXPECT_EQ(found[1].dtype(), dtype);
    EXPECT_EQ(std::get<0>(sort(x.to(dtype))).dtype(), dtype);
  }
}

TEST(DtypeTest, a_dtype_that_is_asked_for_is_the_results) {
  const Tensor x = tensor({100, 2, 3});
  for (const Dtype dtype : {kUInt8, kInt32, kFloat16, kFloat64}) {
    EXPECT_EQ(cumsum(x, 0, dtype).dtype(), dtype);
    EXPECT_EQ(cumprod(x, 0, dtype).dtype(), dtype);
    EXPECT_EQ(prod(x, dtype).dtype(), dtype);
    EXPECT_EQ(prod(x, 0, false, dtype).dtype(), dtype);
  }
  EXPECT_EQ(prod(x, kUInt8).item<std::int64_t>(), 600 % 256);
}

TEST(DtypeTest, means_of_many_halves_are_finite) {
  EXPECT_EQ(ones({70'000}, kFloat16).mean().item<float>(), 1);
  EXPECT_EQ(full({70'000, 2}, 3, kFloat16).mean(0)[1].item<float>(), 3);
}

TEST(DtypeTest, gradients_pass_through_half_precision) {
  const Tensor x = tensor({1.5, -2.0}, TensorOptions(kFloat16).requires_grad(true));
  (x * x).to(kFloat32).sum().backward();
  EXPECT_EQ(x.grad().dtype(), kFloat16);
  EXPECT_THAT(x.grad().to_vector<float>(), ::testing::ElementsAre(3, -4));
}

TEST(DtypeTest, what_is_not_offered_for_a_stored_dtype_names_the_way_out) {
  EXPECT_THROW(polygamma(2, ones({2}, kFloat16)), TypeError);
  EXPECT_THROW(ones({2}, TensorOptions(kInt32).requires_grad(true)), TypeError);
  EXPECT_THROW(set_default_dtype(kFloat16), TypeError);
  try {
    visit_dtype(kInt8, []<class T>() {});
  } catch (const TypeError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("to(kInt64)"));
  }
}

TEST(DtypeTest, integers_of_any_width_draw_the_same_numbers) {
  manual_seed(3);
  const Tensor wide = randint(0, 100, {20});
  manual_seed(3);
  EXPECT_TRUE(equal(randint(0, 100, {20}, kInt32).to(kInt64), wide));
}

TEST(DeviceTest, there_is_the_cpu_and_no_other) {
  const Device device(kCPU);
  EXPECT_TRUE(ones({2}, TensorOptions().device(device)).to(device).device() == Device("cpu"));
  EXPECT_FALSE(ones({2}).is_cuda());
  EXPECT_THROW(Device{kCUDA}, ValueError);
  EXPECT_THROW(Device("cuda:0"), ValueError);
}

}  // namespace xgrad::test
