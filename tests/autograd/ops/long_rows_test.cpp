// Rows and columns that fill vectors, blocks and strips, against loops over single elements: what the short cases of
// PyTorch's values do not reach.
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Numbers of which many are equal.
Tensor with_equals(IntArrayRef sizes, Dtype dtype) { return randint(-4, 5, sizes, kFloat64).to(dtype); }

std::vector<double> values_of(const Tensor& x) { return x.detach().to(kFloat64).contiguous().to_vector<double>(); }

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

TEST(LongRows, extrema_and_their_first_places_are_those_of_a_loop) {
  for (const Dtype dtype : {kFloat32, kFloat64, kInt64}) {
    for (const std::int64_t length : {1, 7, 16, 17, 63, 64, 65, 128, 200, 1000}) {
      const Tensor x = with_equals({3, length}, dtype);
      const std::vector<double> in = values_of(x);
      const auto [values, indices] = max(x, 1);
      const Tensor smallest = amin(x, 1);
      for (std::int64_t row = 0; row < 3; ++row) {
        std::int64_t best = 0;
        double least = in[static_cast<std::size_t>(row * length)];
        for (std::int64_t i = 0; i < length; ++i) {
          if (in[static_cast<std::size_t>(row * length + i)] > in[static_cast<std::size_t>(row * length + best)]) best = i;
          least = std::min(least, in[static_cast<std::size_t>(row * length + i)]);
        }
        EXPECT_EQ(indices[row].item<std::int64_t>(), best) << length;
        EXPECT_EQ(values[row].item<double>(), in[static_cast<std::size_t>(row * length + best)]);
        EXPECT_EQ(smallest[row].item<double>(), least);
      }
    }
  }
}

TEST(LongRows, nan_wins_over_numbers_wherever_it_stands_and_infinities_are_numbers) {
  for (const std::int64_t place : {0, 5, 63, 64, 150, 199}) {
    Tensor x = randn({200});
    x[place] = nan;
    EXPECT_EQ(argmax(x).item<std::int64_t>(), place);
    EXPECT_EQ(argmin(x).item<std::int64_t>(), place);
    EXPECT_TRUE(std::isnan(max(x).item<double>()));
    x[place] = infinity;
    x[(place + 1) % 200] = -infinity;
    EXPECT_EQ(argmax(x).item<std::int64_t>(), place);
    EXPECT_EQ(argmin(x).item<std::int64_t>(), (place + 1) % 200);
    EXPECT_EQ(std::get<0>(aminmax(x)).item<double>(), -infinity);
  }
}

TEST(LongRows, the_gradient_of_a_maximum_goes_to_its_place_alone) {
  for (const std::int64_t dim : {0, 1, 2}) {
    const Tensor x = randn({5, 37, 70}, kFloat64).requires_grad_();
    const auto [values, indices] = max(x, dim);
    const Tensor weights = randn(values.sizes(), kFloat64);
    const Tensor expected = scatter_add(zeros(x.sizes(), kFloat64), dim, unsqueeze(indices, dim), unsqueeze(weights, dim));
    EXPECT_TRUE(equal(autograd::grad({values}, {x}, {weights})[0], expected)) << dim;
  }
}

TEST(LongRows, running_extrema_and_their_gradients_are_those_of_a_loop) {
  for (const bool with_nan : {false, true}) {
    for (const std::int64_t dim : {0, 1}) {
      Tensor x = randint(0, 100, {75, 70}, kFloat64);
      if (with_nan) x.index_put_({40, 33}, nan);
      x.requires_grad_();
      const auto [values, indices] = cummax(x, dim);
      const Tensor weights = randn(x.sizes(), kFloat64);
      const Tensor gradient = autograd::grad({values}, {x}, {weights})[0];
      EXPECT_TRUE(allclose(gradient, scatter_add(zeros(x.sizes(), kFloat64), dim, indices, weights)));
      const Tensor lines = transpose(x.detach(), dim, 1).contiguous();
      const Tensor best = transpose(values.detach(), dim, 1).contiguous();
      const Tensor places = transpose(indices, dim, 1).contiguous();
      for (std::int64_t line = 0; line < lines.size(0); ++line) {
        const std::vector<double> in = values_of(lines[line]);
        const std::vector<double> found = values_of(best[line]);
        std::int64_t place = 0;
        for (std::int64_t i = 0; i < lines.size(1); ++i) {
          const double now = in[static_cast<std::size_t>(i)];
          const double before = in[static_cast<std::size_t>(place)];
          if (std::isnan(now) || (!std::isnan(before) && now >= before)) place = i;
          ASSERT_EQ(places[line][i].item<std::int64_t>(), place) << dim;
          ASSERT_TRUE(same(found[static_cast<std::size_t>(i)], in[static_cast<std::size_t>(place)]));
        }
      }
    }
  }
}

TEST(LongRows, gathers_and_scatters_are_those_of_a_loop) {
  constexpr std::int64_t rows = 40;
  constexpr std::int64_t columns = 300;  // more than a strip
  for (const std::int64_t dim : {0, 1}) {
    const Tensor x = randn({rows, columns}, kFloat64).requires_grad_();
    const Tensor source = randn({rows, columns}, kFloat64).requires_grad_();
    const Tensor at = randint(0, dim == 0 ? rows : columns, {rows - 3, columns - 5}, kInt64);
    const Tensor weights = randn({rows, columns}, kFloat64);
    const Tensor taken = gather(x, dim, at);
    const Tensor placed = scatter(x, dim, at, source);
    std::vector<double> expected = values_of(x);
    std::vector<double> added(rows * columns);
    std::vector<std::int64_t> last(rows * columns, -1);
    const std::vector<double> from = values_of(source);
    const std::vector<double> whole = values_of(x);
    const std::vector<std::int64_t> index = at.to_vector<std::int64_t>();
    const std::vector<double> arriving = values_of(weights.narrow(0, 0, rows - 3).narrow(1, 0, columns - 5));
    const std::vector<double> result = values_of(taken);
    for (std::int64_t r = 0; r < rows - 3; ++r) {
      for (std::int64_t c = 0; c < columns - 5; ++c) {
        const auto i = static_cast<std::size_t>(r * (columns - 5) + c);
        const auto place = static_cast<std::size_t>(dim == 0 ? index[i] * columns + c : r * columns + index[i]);
        ASSERT_EQ(result[i], whole[place]);
        expected[place] = from[static_cast<std::size_t>(r * columns + c)];
        added[place] += arriving[i];
        last[place] = r * columns + c;
      }
    }
    EXPECT_EQ(values_of(placed), expected);
    const Tensor sums = autograd::grad({taken}, {x}, {weights.narrow(0, 0, rows - 3).narrow(1, 0, columns - 5)})[0];
    EXPECT_TRUE(allclose(sums, tensor(added, kFloat64).view({rows, columns})));
    EXPECT_TRUE(allclose(autograd::grad({gather(x.to(kFloat32), dim, at)}, {x}, {ones(at.sizes())})[0],
                         scatter_add(zeros({rows, columns}, kFloat64), dim, at, ones(at.sizes(), kFloat64))));
    const TensorList gradients = autograd::grad({placed}, {x, source}, {weights});
    const std::vector<double> of_weights = values_of(weights);
    std::vector<double> of_x(of_weights);
    std::vector<double> of_source(rows * columns);
    for (std::size_t i = 0; i < last.size(); ++i) {
      if (last[i] < 0) continue;
      of_x[i] = 0;
      of_source[static_cast<std::size_t>(last[i])] = of_weights[i];
    }
    EXPECT_EQ(values_of(gradients[0]), of_x);
    EXPECT_EQ(values_of(gradients[1]), of_source);
    const TensorList again = autograd::grad({scatter(x, dim, at, source)}, {x, source}, {weights}, true, true);
    EXPECT_EQ(values_of(again[1]), of_source);
  }
}

TEST(LongRows, distances_of_any_numbers_of_rows_and_columns_are_those_of_a_loop) {
  for (const auto& [n, k, m] : std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>>{
           {1, 1, 1}, {4, 4, 8}, {5, 7, 3}, {9, 6, 17}, {3, 20, 33}, {66, 5, 40}}) {
    for (const Dtype dtype : {kFloat32, kFloat64}) {
      const Tensor a = randn({2, n, m}, dtype).requires_grad_();
      const Tensor c = randn({2, k, m}, dtype).requires_grad_();
      const Tensor differences = unsqueeze(a.to(kFloat64), 2) - unsqueeze(c.to(kFloat64), 1);
      const Tensor expected = sqrt(sum(square(differences), 3));
      const Tensor y = cdist(a, c);
      const double tolerance = dtype == kFloat32 ? 1e-5 : 1e-12;
      EXPECT_TRUE(allclose(y.to(kFloat64), expected, dtype == kFloat32 ? 1e-7 : 1e-14, 0)) << n << ' ' << k << ' ' << m;
      const Tensor weights = randn(y.sizes(), dtype);
      const TensorList fused = autograd::grad({y}, {a, c}, {weights});
      const TensorList composed = autograd::grad({expected}, {a, c}, {weights.to(kFloat64)});
      for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(allclose(fused[i], composed[i], tolerance, tolerance));
    }
  }
}

TEST(LongRows, distances_of_pairs_are_those_above_the_diagonal) {
  for (const double p : {1.0, 2.0, 3.0}) {
    const Tensor x = randn({11, 13}, kFloat64).requires_grad_();
    const Tensor all = cdist(x, x.detach(), p);
    TensorList rows;
    for (std::int64_t i = 0; i + 1 < 11; ++i) rows.push_back(all[i].narrow(0, i + 1, 10 - i));
    const Tensor y = pdist(x, p);
    EXPECT_TRUE(allclose(y, cat(rows)));
    const Tensor weights = randn(y.sizes(), kFloat64);
    EXPECT_TRUE(autograd::gradcheck([p](const TensorList& in) { return TensorList{pdist(in[0], p)}; }, {x}));
    const Tensor fused = autograd::grad({pdist(x, p)}, {x}, {weights})[0];
    const Tensor composed = autograd::grad({pdist(x, p)}, {x}, {weights}, true, true)[0];
    EXPECT_TRUE(allclose(fused, composed)) << p;
  }
}

TEST(LongRows, moments_over_any_dimensions_agree_with_their_definition) {
  for (const Dtype dtype : {kFloat32, kFloat64}) {
    for (const std::vector<std::int64_t>& dims : std::vector<std::vector<std::int64_t>>{{0}, {1}, {2}, {0, 1}, {0, 2}, {}}) {
      const Tensor x = (randn({6, 150, 70}, kFloat64) + 1000).to(dtype).requires_grad_();
      const Tensor wide = x.to(kFloat64);
      const Tensor deviations = wide - mean(wide, dims, true);
      const double divisor = static_cast<double>(x.numel()) / static_cast<double>(sum(wide, dims).numel()) - 1;
      const Tensor expected = sum(square(deviations), dims) / divisor;
      const double tolerance = dtype == kFloat32 ? 3e-7 : 1e-11;
      EXPECT_TRUE(allclose(var(x, dims).to(kFloat64), expected, tolerance, 0));
      EXPECT_TRUE(allclose(xgrad::std(x, dims).to(kFloat64), sqrt(expected), tolerance, 0));
      const Tensor weights = randn(expected.sizes(), kFloat64);
      const Tensor of_std = autograd::grad({xgrad::std(x, dims)}, {x}, {weights.to(dtype)})[0];
      const Tensor of_definition = autograd::grad({sqrt(expected)}, {x}, {weights})[0];
      EXPECT_TRUE(allclose(of_std, of_definition, dtype == kFloat32 ? 1e-6 : 1e-10, dtype == kFloat32 ? 1e-9 : 1e-12));
    }
  }
}

TEST(LongRows, equal_numbers_have_no_variance) {
  for (const Dtype dtype : {kFloat32, kFloat64}) {
    for (const double value : {0.1, 1e8 / 3, -7e-5}) {
      const Tensor x = full({1001, 3}, value, dtype);
      EXPECT_EQ(var(x).item<double>(), 0);
      EXPECT_TRUE(equal(xgrad::std(x, {0}), zeros({3}, dtype)));
      const Tensor leaf = x.detach().requires_grad_();
      EXPECT_TRUE(equal(autograd::grad({xgrad::std(leaf)}, {leaf})[0], zeros(x.sizes(), dtype)));
    }
  }
}

TEST(LongRows, counts_are_those_of_a_loop) {
  for (const Dtype dtype : all_dtypes) {
    const Tensor x = randint(0, 3, {4, 70, 130}, kFloat64).to(dtype);
    const Tensor wide = x.to(kFloat64);
    for (const std::vector<std::int64_t>& dims : std::vector<std::vector<std::int64_t>>{{}, {0}, {1}, {2}, {0, 2}}) {
      EXPECT_TRUE(equal(count_nonzero(x, dims), sum(ne(wide, 0), dims)));
    }
  }
  EXPECT_EQ(count_nonzero(tensor({0.0, -0.0, nan, infinity})).item<std::int64_t>(), 2);
  EXPECT_EQ(count_nonzero(zeros({0, 3})).item<std::int64_t>(), 0);
}

TEST(LongRows, products_beside_zeros_have_the_gradients_of_single_rows) {
  for (const std::int64_t dim : {0, 1}) {
    Tensor x = rand({40, 150}, kFloat64) + 0.5;
    x.index_put_({3, 7}, 0.0);
    x.index_put_({3, 8}, 0.0);
    x.index_put_({20, 7}, 0.0);
    x.requires_grad_();
    const Tensor y = prod(x, dim);
    const Tensor weights = randn(y.sizes(), kFloat64);
    const Tensor fused = autograd::grad({y}, {x}, {weights})[0];
    const Tensor composed = autograd::grad({prod(x, dim)}, {x}, {weights}, true, true)[0];
    EXPECT_TRUE(allclose(fused, composed, 1e-10)) << dim;
  }
}

TEST(LongRows, turned_and_reversed_copies_of_elements_of_any_size_are_those_of_a_loop) {
  for (const Dtype dtype : all_dtypes) {
    for (const auto& [rows, columns] : std::vector<std::pair<std::int64_t, std::int64_t>>{{3, 5}, {64, 64}, {70, 130}}) {
      const Tensor x = arange(rows * columns).view({rows, columns}).to(dtype);
      const std::vector<double> in = values_of(x);
      const auto at = [&in, width = columns](std::int64_t r, std::int64_t c) {
        return in[static_cast<std::size_t>(r * width + c)];
      };
      std::vector<double> transposed;
      std::vector<double> left;
      std::vector<double> right;
      std::vector<double> flipped;
      for (std::int64_t c = 0; c < columns; ++c) {
        for (std::int64_t r = 0; r < rows; ++r) {
          transposed.push_back(at(r, c));
          left.push_back(at(r, columns - 1 - c));
          right.push_back(at(rows - 1 - r, c));
          flipped.push_back(at(rows - 1 - r, columns - 1 - c));
        }
      }
      EXPECT_EQ(values_of(x.t().contiguous()), transposed);
      EXPECT_EQ(values_of(rot90(x, 1)), left);
      EXPECT_EQ(values_of(rot90(x, -1)), right);
      EXPECT_EQ(values_of(flip(x.t(), {0, 1})), flipped);
    }
  }
}

TEST(LongRows, windows_are_symmetric_and_begin_without_rounding_errors) {
  for (const std::int64_t n : {2, 3, 100, 101, 40000}) {
    for (const Tensor& window :
         {hann_window(n, false, kFloat64), blackman_window(n, false, kFloat64), bartlett_window(n, false, kFloat64),
          hamming_window(n, false, kFloat64), kaiser_window(n, false, kFloat64)}) {
      EXPECT_TRUE(equal(window, flip(window, {0}))) << n;
    }
  }
  const Tensor hann = hann_window(40000, true, kFloat64);
  for (const std::int64_t k : {0, 1, 2, 511, 512, 513, 9999, 20000, 39999}) {
    const double sine = std::sin(M_PI * static_cast<double>(std::min(k, 40000 - k)) / 40000);
    EXPECT_NEAR(hann[k].item<double>(), sine * sine, 4e-15 * sine * sine) << k;
  }
}

TEST(LongRows, the_first_of_the_largest_in_a_long_window_is_taken_or_nan) {
  Tensor x = with_equals({2, 3, 300}, kFloat32);
  x.index_put_({0, 1, 70}, nan);
  const auto [values, steps] = adaptive_max_pool1d(x, 4);
  for (std::int64_t row = 0; row < 6; ++row) {
    const Tensor line = x.view({6, 300})[row];
    for (std::int64_t w = 0; w < 4; ++w) {
      const Tensor window = line.narrow(0, w * 75, 75);
      EXPECT_EQ(steps.view({6, 4})[row][w].item<std::int64_t>(), argmax(window).item<std::int64_t>() + w * 75);
      EXPECT_TRUE(same(values.view({6, 4})[row][w].item<double>(), max(window).item<double>()));
    }
  }
}

}  // namespace xgrad::test
