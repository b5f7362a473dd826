#include "autograd/base/options.h"

#include <gtest/gtest.h>

#include "autograd/base/error.h"
#include "autograd/tensor/creation.h"
#include "tests/support/printed.h"

namespace xgrad {
namespace {

using test::printed;

TEST(OptionsTest, dtypes_and_devices_print) {
  const Tensor x = ones({1}, kInt64);
  EXPECT_EQ(printed(x.dtype()), "long int");
  EXPECT_EQ(printed(x.scalar_type()), "Long");
  EXPECT_EQ(printed(TypeMeta(kHalf)), "c10::Half");
  EXPECT_EQ(printed(kFloat32), "Float");
  EXPECT_EQ(printed(kCUDA), "cuda");
  EXPECT_EQ(printed(Device("cpu:0")), "cpu:0");
  EXPECT_EQ(printed(kStrided), "Strided");
  EXPECT_EQ(printed(TensorOptions(kDouble).requires_grad(true)),
            "TensorOptions(dtype=double, device=cpu (default), layout=Strided (default), requires_grad=true, "
            "pinned_memory=false (default), memory_format=(nullopt))");
}

TEST(OptionsTest, type_meta_is_a_dtype) {
  const Tensor x = ones({1}, kInt32);
  EXPECT_TRUE(x.dtype() == kInt32);
  EXPECT_TRUE(x.dtype() == TypeMeta::Make<std::int32_t>());
  EXPECT_EQ(typeMetaToScalarType(x.dtype()), kInt32);
  EXPECT_EQ(scalarTypeToTypeMeta(kInt32).itemsize(), 4U);
  EXPECT_EQ(zeros({1}, x.dtype()).scalar_type(), kInt32);
  EXPECT_EQ(ones({1}).to(x.dtype()).scalar_type(), kInt32);
  EXPECT_EQ(get_default_dtype(), kFloat32);
  EXPECT_EQ(dtype<double>().dtype(), kFloat64);
}

TEST(OptionsTest, there_is_one_device) {
  EXPECT_EQ(Device(kCPU, 0).index(), 0);
  EXPECT_FALSE(Device(kCPU).has_index());
  EXPECT_THROW(Device(kCPU, 1), ValueError);
  EXPECT_THROW(Device(kCUDA, 0), ValueError);
  EXPECT_THROW(Device("cuda:0"), ValueError);
}

}  // namespace
}  // namespace xgrad
