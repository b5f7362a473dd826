#include "data/tabular/scaler.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "autograd/autograd.h"
#include "tests/autograd/io/files.h"

namespace xgrad::data {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

class ScalerTest : public TemporaryFolder {};

TEST_F(ScalerTest, StandardScalerGivesMeanZeroAndDeviationOne) {
  const Tensor rows = tensor({{1.0, 100.0}, {2.0, 100.0}, {6.0, 100.0}}, kFloat64);
  StandardScaler scaler;
  const Tensor scaled = scaler.fit_transform(rows);
  EXPECT_EQ(scaler.mean().to_vector<double>(), (std::vector<double>{3, 100}));
  EXPECT_TRUE(scaler.scale().allclose(tensor({std::sqrt(14.0 / 3), 1.0}, kFloat64)));  // equal values are only shifted
  EXPECT_TRUE(scaled.mean({0}).allclose(zeros({2}, kFloat64)));
  EXPECT_TRUE(scaled.select(1, 0).std(false).allclose(scalar_tensor(1.0, kFloat64)));
  EXPECT_TRUE(scaler.inverse_transform(scaled).allclose(rows));
}

TEST_F(ScalerTest, ColumnsAreTheLastDimension) {
  StandardScaler scaler;
  scaler.fit(randn({50, 3}));
  const Tensor windows = randn({4, 5, 3});
  const Tensor scaled = scaler.transform(windows);
  EXPECT_EQ(scaled.sizes(), windows.sizes());
  EXPECT_EQ(scaled.dtype(), kFloat32);
  EXPECT_TRUE(scaled.select(0, 2).allclose(scaler.transform(windows.select(0, 2))));
  EXPECT_TRUE(scaler.inverse_transform(scaled).allclose(windows, 1e-4, 1e-5));
  EXPECT_THROW(scaler.transform(ones({4})), ShapeError);
  EXPECT_THROW(scaler.transform(ones({4, 2})), ShapeError);
}

TEST_F(ScalerTest, MissingValuesDoNotCountAndStay) {
  const Tensor column = tensor({1.0, missing, 3.0}, kFloat64);
  StandardScaler scaler;
  const auto scaled = scaler.fit_transform(column).to_vector<double>();
  EXPECT_EQ(scaled[0], -1);
  EXPECT_TRUE(std::isnan(scaled[1]));
  EXPECT_EQ(scaled[2], 1);
  MinMaxScaler range;
  EXPECT_EQ(range.fit_transform(column).to_vector<double>()[2], 1);
  EXPECT_THROW(scaler.fit(tensor({missing, missing}, kFloat64)), ValueError);
  EXPECT_EQ(scaler.mean().item<double>(), 2);  // nothing has changed
  EXPECT_THROW(range.fit(tensor({missing, missing}, kFloat64)), ValueError);
}

TEST_F(ScalerTest, InfiniteValuesAreRefused) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Tensor good = tensor({{1.0, 2.0}, {3.0, 5.0}}, kFloat64);
  for (const double bad : {infinity, -infinity}) {
    const Tensor rows = tensor({{1.0, 2.0}, {3.0, bad}}, kFloat64);
    StandardScaler standard;
    standard.fit(good);
    EXPECT_THAT([&] { standard.partial_fit(rows); },
                ThrowsMessage<ValueError>(HasSubstr("StandardScaler::fit: column 1 has an infinite value")));
    EXPECT_THROW(standard.fit(rows), ValueError);
    EXPECT_EQ(standard.mean().to_vector<double>(), (std::vector<double>{2, 3.5}));  // nothing has changed
    MinMaxScaler range;
    range.fit(good);
    EXPECT_THAT([&] { range.partial_fit(rows); },
                ThrowsMessage<ValueError>(HasSubstr("MinMaxScaler::fit: column 1 has an infinite value")));
    EXPECT_EQ(range.data_max().to_vector<double>(), (std::vector<double>{3, 5}));
  }
}

TEST_F(ScalerTest, PartsGiveWhatTheWholeGives) {
  const Tensor rows = randn({100, 3}, kFloat64) * 5 + 1000;
  StandardScaler whole;
  whole.fit(rows);
  StandardScaler parts;
  for (const Tensor& part : rows.split(33)) parts.partial_fit(part);
  EXPECT_TRUE(parts.mean().allclose(whole.mean(), 1e-12));
  EXPECT_TRUE(parts.scale().allclose(whole.scale(), 1e-9));
  EXPECT_THROW(parts.partial_fit(ones({2, 4})), ShapeError);
  MinMaxScaler range;
  for (const Tensor& part : rows.split(33)) range.partial_fit(part);
  EXPECT_TRUE(range.data_max().equal(rows.amax({0})));
  EXPECT_TRUE(range.data_min().equal(rows.amin({0})));
}

TEST_F(ScalerTest, LongColumnsOfEqualValuesAreOnlyShifted) {
  for (const double value : {0.1, -1e9 / 3, 1e-300}) {
    for (const std::int64_t length : {10, 1000, 100000}) {
      const Tensor rows = full({length, 1}, value, kFloat64);
      StandardScaler whole;
      EXPECT_LT(whole.fit_transform(rows).abs().max().item<double>(), 1e-6) << value << " " << length;
      EXPECT_EQ(whole.scale().item<double>(), 1) << value << " " << length;
      StandardScaler parts;
      for (const Tensor& part : rows.split(length / 10 + 3)) parts.partial_fit(part);
      EXPECT_EQ(parts.scale().item<double>(), 1) << value << " " << length;
    }
  }
  StandardScaler rows;
  for (int i = 0; i < 3000; ++i) rows.partial_fit(full({1, 1}, 0.1, kFloat64));
  EXPECT_EQ(rows.scale().item<double>(), 1);
}

TEST_F(ScalerTest, FarFromZeroTheMeanKeepsItsDigits) {
  const Tensor rows = randn({100000}, kFloat64) * 1e-3 + 1e9;
  StandardScaler scaler;
  const Tensor scaled = scaler.fit_transform(rows);
  EXPECT_LT(std::abs(scaled.mean().item<double>()), 2e-4);  // what a float64 near 1e9 can tell
  EXPECT_NEAR(scaled.std(false).item<double>(), 1, 1e-3);
}

TEST_F(ScalerTest, MinMaxScalerGivesTheRange) {
  const Tensor rows = tensor({{1.0, 5.0}, {2.0, 5.0}, {3.0, 5.0}});
  MinMaxScaler scaler(-1, 1);
  const Tensor scaled = scaler.fit_transform(rows);
  EXPECT_EQ(scaled.to_vector<float>(), (std::vector<float>{-1, -1, 0, -1, 1, -1}));
  EXPECT_TRUE(scaler.inverse_transform(scaled).allclose(rows));
  EXPECT_THROW(MinMaxScaler(1, 1), ValueError);
}

TEST_F(ScalerTest, WhatIsSavedReadsBack) {
  const Tensor rows = randn({20, 4});
  StandardScaler standard;
  standard.fit(rows).save(path("standard"));
  StandardScaler again = StandardScaler::load(path("standard"));
  EXPECT_TRUE(again.transform(rows).equal(standard.transform(rows)));
  EXPECT_TRUE(again.partial_fit(rows * 2).mean().equal(standard.partial_fit(rows * 2).mean()));
  MinMaxScaler range(-2, 3);
  range.fit(rows).save(path("range"));
  EXPECT_TRUE(MinMaxScaler::load(path("range")).transform(rows).equal(range.transform(rows)));
  EXPECT_EQ(MinMaxScaler::load(path("range")).feature_range(), (std::pair<double, double>(-2, 3)));
}

TEST_F(ScalerTest, FilesOfOtherThingsAreRefused) {
  MinMaxScaler range;
  range.fit(ones({2, 3})).save(path("range"));
  EXPECT_THROW(StandardScaler::load(path("range")), FileError);
  EXPECT_THROW(MinMaxScaler::load(path("nothing")), FileError);
  const Tensor one = ones({1}, kFloat64);
  save_safetensors({{"mean", one}, {"variance", -one}, {"count", one}}, path("bad"));
  EXPECT_THROW(StandardScaler::load(path("bad")), FileError);
  save_safetensors({{"mean", one}, {"variance", ones({2}, kFloat64)}, {"count", one}}, path("bad"));
  EXPECT_THROW(StandardScaler::load(path("bad")), FileError);
  save_safetensors({{"data_min", one}, {"data_max", one * 0}, {"feature_range", tensor({0.0, 1.0}, kFloat64)}}, path("bad"));
  EXPECT_THROW(MinMaxScaler::load(path("bad")), FileError);
  save_safetensors({{"data_min", one}, {"data_max", one}, {"feature_range", tensor({1.0, 0.0}, kFloat64)}}, path("bad"));
  EXPECT_THROW(MinMaxScaler::load(path("bad")), FileError);
}

TEST_F(ScalerTest, NothingWorksBeforeFit) {
  EXPECT_THROW(StandardScaler().transform(ones({2})), ValueError);
  EXPECT_THROW(StandardScaler().save(path("x")), ValueError);
  EXPECT_THROW(MinMaxScaler().inverse_transform(ones({2})), ValueError);
  EXPECT_THROW(StandardScaler().fit(ones({})), ShapeError);
}

}  // namespace
}  // namespace xgrad::data
