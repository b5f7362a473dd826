/// Right answers where the usual formulas fail: at corners of gradients, at the ends of the range, and for long sums.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "autograd/autograd.h"

namespace xgrad {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan_ = std::numeric_limits<double>::quiet_NaN();

Tensor gradient(const std::function<Tensor(const Tensor&)>& function, const Tensor& at) {
  const Tensor x = at.detach().clone().requires_grad_();
  return autograd::grad({function(x).sum()}, {x})[0];
}

std::vector<double> numbers(const Tensor& x) { return x.to_vector<double>(); }

using Numbers = std::vector<double>;

TEST(Corners, exp_reaches_denormal_numbers_and_the_largest_ones) {
  const auto y = exp(tensor(Numbers{-88, -103, -104, 88.7, 88.73, -inf, inf}, kFloat32)).to_vector<float>();
  EXPECT_NEAR(y[0] / 6.0546018e-39, 1, 1e-6);
  EXPECT_EQ(y[1], std::numeric_limits<float>::denorm_min());
  EXPECT_EQ(y[2], 0);
  EXPECT_NEAR(y[3] / std::exp(static_cast<double>(88.7F)), 1, 1e-6);
  EXPECT_EQ(y[4], inf);
  EXPECT_EQ(y[5], 0);
  EXPECT_EQ(y[6], inf);
  const auto z = numbers(exp(tensor(Numbers{-709, -745, -746, 709.7, 709.79}, kFloat64)));
  EXPECT_NEAR(z[0] / std::exp(-709.0), 1, 1e-12);
  EXPECT_EQ(z[1], std::exp(-745.0));
  EXPECT_EQ(z[2], 0);
  EXPECT_NEAR(z[3] / std::exp(709.7), 1, 1e-12);
  EXPECT_EQ(z[4], inf);
}

TEST(Corners, logarithms_of_denormal_numbers_and_expm1_up_to_the_largest) {
  for (const std::int64_t n : {1, 9}) {
    for (const Dtype dtype : {kFloat32, kFloat64}) {
      const double small = dtype == kFloat32 ? static_cast<double>(1e-42F) : 1e-310;
      const double large = dtype == kFloat32 ? static_cast<double>(88.7F) : 709.7;
      const Tensor x = full({n}, small, dtype);
      EXPECT_NEAR(log(x)[-1].item<double>() / std::log(small), 1, 1e-7);
      EXPECT_NEAR(log2(x)[-1].item<double>() / std::log2(small), 1, 1e-7);
      EXPECT_NEAR(log10(x)[-1].item<double>() / std::log10(small), 1, 1e-7);
      EXPECT_NEAR(log1p(x)[-1].item<double>() / small, 1, 1e-7);
      EXPECT_NEAR(expm1(full({n}, large, dtype))[-1].item<double>() / std::exp(large), 1, 1e-6);
      EXPECT_EQ(expm1(full({n}, -large, dtype))[-1].item<double>(), -1);
      EXPECT_EQ(log(zeros({n}, dtype))[-1].item<double>(), -inf);
      EXPECT_TRUE(std::isnan(log(full({n}, -small, dtype))[-1].item<double>()));
    }
  }
}

TEST(Corners, binary_cross_entropy_with_logits_of_infinities_that_are_right_is_zero) {
  const Tensor x = tensor(Numbers{-inf, inf}).requires_grad_();
  const Tensor loss = binary_cross_entropy_with_logits(x, tensor(Numbers{0, 1}), {}, {}, kNone);
  EXPECT_EQ(numbers(loss), (Numbers{0, 0}));
  loss.sum().backward();
  EXPECT_EQ(numbers(x.grad()), (Numbers{0, 0}));
  EXPECT_EQ(numbers(multilabel_soft_margin_loss(tensor(Numbers{-inf, inf}), tensor(Numbers{0, 1}))), (Numbers{0}));
}

TEST(Corners, binary_cross_entropy_with_logits_differentiates_targets_and_weights) {
  const Tensor x = tensor(Numbers{0.3, -1.2, 2.5}, kFloat64).requires_grad_();
  const Tensor t = tensor(Numbers{0.2, 0.9, 0.4}, kFloat64).requires_grad_();
  const Tensor w = tensor(Numbers{1.5}, kFloat64).requires_grad_();
  const auto loss = [](const TensorList& in) {
    return TensorList{binary_cross_entropy_with_logits(in[0], in[1], {}, in[2], kNone)};
  };
  EXPECT_NO_THROW(autograd::gradcheck(loss, {x, t, w}));
  EXPECT_NO_THROW(autograd::gradgradcheck(loss, {x, t, w}));
}

TEST(Corners, losses_of_targets_of_zero_ignore_infinite_logarithms) {
  EXPECT_EQ(kl_div(tensor(Numbers{-inf}), tensor(Numbers{0})).item<double>(), 0);
  EXPECT_EQ(kl_div(tensor(Numbers{-inf}), tensor(Numbers{-inf}), kMean, true).item<double>(), 0);
  EXPECT_EQ(poisson_nll_loss(tensor(Numbers{-inf}), tensor(Numbers{0})).item<double>(), 0);
  const Tensor logits = tensor(Numbers{0, -inf}).view({1, 2});
  EXPECT_EQ(cross_entropy(logits, tensor(Numbers{1, 0}).view({1, 2})).item<double>(), 0);
}

TEST(Corners, an_infinite_residual_has_a_finite_gradient) {
  const Tensor target = zeros({2});
  const auto huber = [&](const Tensor& x) { return huber_loss(x, target); };
  const auto smooth = [&](const Tensor& x) { return smooth_l1_loss(x, target); };
  EXPECT_EQ(numbers(gradient(huber, tensor(Numbers{inf, 0}))), (Numbers{0.5, 0}));
  EXPECT_EQ(numbers(gradient(smooth, tensor(Numbers{-inf, 0}))), (Numbers{-0.5, 0}));
}

TEST(Corners, norms_at_zero_have_a_gradient_of_zero) {
  for (const double p : {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, inf}) {
    const auto all = [p](const Tensor& x) { return norm(x, p); };
    const auto rows = [p](const Tensor& x) { return norm(x, p, 1); };
    EXPECT_EQ(numbers(gradient(all, zeros({3}))), Numbers(3, 0)) << p;
    EXPECT_EQ(numbers(gradient(rows, zeros({2, 2}))), Numbers(4, 0)) << p;
    EXPECT_TRUE(isfinite(gradient(all, tensor(Numbers{0, 2}))).all().item<bool>()) << p;
  }
}

TEST(Corners, the_standard_deviation_of_constants_has_a_gradient_of_zero) {
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return std(x, true); }, full({3}, 2.0))), Numbers(3, 0));
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return std(x, IntArrayRef({1}), false, true); }, full({2, 2}, 2.0))),
            Numbers(4, 0));
  // Sums of these are rounded, and means with them.
  for (const Dtype dtype : {kFloat32, kFloat64}) {
    for (const std::int64_t n : {3, 7, 1000}) {
      const Tensor tenths = full({n}, 0.1, dtype);
      EXPECT_EQ(var(tenths).item<double>(), 0) << n;
      EXPECT_EQ(numbers(gradient([](const Tensor& x) { return std(x); }, tenths)), Numbers(static_cast<std::size_t>(n), 0))
          << n;
    }
  }
}

TEST(Corners, sums_of_exponentials_of_minus_infinity_have_a_gradient_of_zero) {
  const Tensor low = full({2}, -inf);
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return logsumexp(x, 0); }, low)), Numbers(2, 0));
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return logaddexp(x, full({2}, -inf)); }, low)), Numbers(2, 0));
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return logaddexp2(x, full({2}, -inf)); }, low)), Numbers(2, 0));
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return logaddexp(x, zeros({2})); }, low)), Numbers(2, 0));
}

TEST(Corners, angles_and_lengths_at_the_origin_have_a_gradient_of_zero) {
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return hypot(x, zeros({1})); }, zeros({1}))), Numbers{0});
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return atan2(x, zeros({1})); }, zeros({1}))), Numbers{0});
}

TEST(Corners, an_ignored_row_may_hold_anything) {
  const Tensor x = tensor(Numbers{-inf, -inf, 1, 2}).view({2, 2}).requires_grad_();
  const Tensor loss = cross_entropy(x, tensor(std::vector<std::int64_t>{-100, 1}));
  loss.backward();
  EXPECT_TRUE(std::isfinite(loss.item<double>()));
  EXPECT_EQ(x.grad().select(0, 0).to_vector<double>(), (Numbers{0, 0}));
  EXPECT_TRUE(isfinite(x.grad()).all().item<bool>());
  const auto in_two_steps = [](const Tensor& v) {
    return nll_loss(log_softmax(v, 1), tensor(std::vector<std::int64_t>{-100, 1}));
  };
  EXPECT_EQ(numbers(gradient(in_two_steps, x.detach())), numbers(x.grad()));
}

TEST(Corners, where_every_row_is_ignored_no_gradient_is_a_nan) {
  for (const std::int64_t ignored : {-100, 0}) {
    const Tensor targets = tensor(std::vector<std::int64_t>{ignored, ignored});
    for (const bool by_hand : {true, false}) {
      for (const bool create_graph : {true, false}) {
        const Tensor x = tensor(Numbers{1, 2, 3, 4}, kFloat64).view({2, 2}).detach().requires_grad_();
        const Tensor loss =
            by_hand ? nll_loss(log_softmax(x, 1), targets, {}, ignored) : cross_entropy(x, targets, {}, ignored);
        EXPECT_TRUE(std::isnan(loss.item<double>()));
        EXPECT_EQ(autograd::grad({loss}, {x}, {}, true, create_graph)[0].to_vector<double>(), Numbers(4, 0));
      }
    }
  }
}

TEST(Corners, nan_has_the_gradient_of_an_extremum_and_of_a_product_of_one) {
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return x.max(); }, tensor(Numbers{1, nan_, 3}))), (Numbers{0, 1, 0}));
  EXPECT_EQ(numbers(gradient([](const Tensor& x) { return x.min(); }, tensor(Numbers{nan_, 1, nan_}))),
            (Numbers{0.5, 0, 0.5}));
  EXPECT_EQ(numbers(gradient(
                [](const Tensor& x) {
                  return cumprod(x.view({3, 1}), 1);
                },
                tensor(Numbers{nan_, inf, 0}))),
            Numbers(3, 1));
}

TEST(Corners, a_row_that_renorm_leaves_may_hold_nan) {
  const Tensor x = tensor(Numbers{nan_, 1, 3, 4}).view({2, 2});
  const Tensor slope = gradient([](const Tensor& v) { return renorm(v, 2, 0, 10); }, x);
  EXPECT_EQ(slope.flatten().to_vector<double>(), Numbers(4, 1));
}

TEST(Corners, a_distance_that_counts_differences_keeps_nan) {
  const Tensor a = tensor(Numbers{inf, 1}).view({1, 2});
  EXPECT_TRUE(std::isnan(cdist(a, a, 0).item<double>()));
}

TEST(Corners, a_factor_that_backward_does_not_need_may_be_written_over) {
  const Tensor a = tensor(Numbers{1, 2}).requires_grad_();
  const Tensor x = a * 1;
  x.addcmul_(tensor(Numbers{3, 4}), x.detach());
  x.sum().backward();
  EXPECT_EQ(numbers(a.grad()), (Numbers{1, 1}));
  const Tensor y = a * 1;
  y.addcmul_(tensor(Numbers{3, 4}), y);
  y.sum().backward();
  EXPECT_EQ(numbers(a.grad()), (Numbers{1 + 4, 1 + 5}));
}

TEST(Corners, empty_vectors_take_part_in_the_graph_of_what_is_joined) {
  for (const auto& sizes : {std::vector<std::int64_t>{2}, std::vector<std::int64_t>{2, 2}, std::vector<std::int64_t>{0}}) {
    const Tensor nothing = empty({0}).requires_grad_();
    const Tensor joined = cat({nothing, ones(sizes)});
    ASSERT_TRUE(joined.requires_grad());
    joined.sum().backward();
    EXPECT_EQ(nothing.grad().sizes(), IntArrayRef{0});
  }
}

TEST(Corners, sinc_has_all_derivatives_near_zero) {
  for (const double at : {0.0, 1e-8, 1e-3, -1e-8}) {
    const Tensor x = tensor(Numbers{at}, kFloat64).requires_grad_();
    const Tensor first = autograd::grad({sinc(x).sum()}, {x}, {}, true, true)[0];
    const Tensor second = autograd::grad({first.sum()}, {x}, {}, true, true)[0];
    EXPECT_NEAR(first.item<double>(), -std::numbers::pi * std::numbers::pi / 3 * at, 1e-7);
    EXPECT_NEAR(second.item<double>(), -3.289868, 1e-4);
    EXPECT_NEAR(autograd::grad({second.sum()}, {x})[0].item<double>(), std::pow(std::numbers::pi, 4) / 5 * at, 1e-3);
  }
}

TEST(Corners, running_sums_and_products_keep_their_digits) {
  const Tensor tenths = full({10'000'000}, 0.1);
  EXPECT_NEAR(cumsum(tenths, 0)[-1].item<double>() / 1e6, 1, 1e-7);
  EXPECT_NEAR(cumsum(tenths.view({5'000'000, 2}), 0)[-1][0].item<double>() / 5e5, 1, 1e-7);
  EXPECT_NEAR(sum(tenths).item<double>() / 1e6, 1, 2e-7);
  EXPECT_NEAR(mean(tenths).item<double>(), 0.1, 2e-8);  // within two units: the number of lanes decides where they add up
  EXPECT_NEAR(norm(tenths).item<double>() / std::sqrt(1e5), 1, 1e-7);
  EXPECT_NEAR(dot(tenths, tenths).item<double>() / 1e5, 1, 1e-6);
  const Tensor zeros_of_bins = zeros({10'000'000}, kInt64);
  EXPECT_NEAR(bincount(zeros_of_bins, tenths)[0].item<double>() / 1e6, 1, 1e-7);
  const Tensor growth = full({1'000'000}, 1 + 0x1p-20);
  const double product = std::pow(1 + 0x1p-20, 1e6);
  EXPECT_NEAR(cumprod(growth, 0)[-1].item<double>() / product, 1, 1e-6);
  EXPECT_NEAR(prod(growth).item<double>() / product, 1, 1e-6);
  EXPECT_NEAR(prod(growth, 0).item<double>() / product, 1, 1e-6);
}

TEST(Corners, what_beta_zero_multiplies_is_ignored) {
  const Tensor a = ones({1, 3});
  const Tensor b = ones({3, 1});
  const Tensor batch_a = ones({1, 1, 3});
  const Tensor batch_b = ones({1, 3, 1});
  const auto bad = [](std::initializer_list<std::int64_t> sizes) { return full(IntArrayRef(sizes), nan_); };
  const Tensor results[] = {addmm(bad({1, 1}), a, b, 0),
                            bad({1, 1}).addmm(a, b, 0),
                            bad({1, 1}).addmm_(a, b, 0),
                            baddbmm(bad({1, 1, 1}), batch_a, batch_b, 0),
                            bad({1, 1, 1}).baddbmm(batch_a, batch_b, 0),
                            bad({1, 1, 1}).baddbmm_(batch_a, batch_b, 0),
                            addbmm(bad({1, 1}), batch_a, batch_b, 0),
                            bad({1, 1}).addbmm_(batch_a, batch_b, 0),
                            addmv(bad({1}), a, ones({3}), 0),
                            bad({1}).addmv_(a, ones({3}), 0)};
  for (const Tensor& result : results) EXPECT_EQ(result.item<double>(), 3);
  EXPECT_EQ(addr(bad({1, 1}), ones({1}), ones({1}), 0).item<double>(), 1);
  const Tensor bias = bad({1, 1}).requires_grad_();
  addmm(bias, a, b, 0).backward();
  EXPECT_EQ(bias.grad().item<double>(), 0);
}

TEST(Corners, floor_divide_of_floats_fits_the_remainder) {
  EXPECT_EQ(floor_divide(tensor(Numbers{1}, kFloat64), 0.1).item<double>(), 9);
  EXPECT_TRUE(std::isnan(floor_divide(tensor(Numbers{inf}), 2).item<double>()));
  EXPECT_EQ(floor_divide(tensor(Numbers{-1}), inf).item<double>(), -1);
  EXPECT_EQ(floor_divide(tensor(Numbers{1}), 0).item<double>(), inf);
  EXPECT_TRUE(std::signbit(floor_divide(tensor(Numbers{-0.0}), 2).item<double>()));
  manual_seed(4);
  const Tensor a = rand({1000}, kFloat64) * 20 - 10;
  const Tensor b = (randint(1, 40, {1000}).to(kFloat64) - 20.5) * 0.1;
  EXPECT_TRUE(allclose(floor_divide(a, b) * b + remainder(a, b), a, 1e-12, 1e-12));
  // The derivative by the divisor is minus the quotient that was taken away.
  const auto by_divisor = [](auto function) {
    return gradient([&](const Tensor& d) { return function(ones({1}, kFloat64), d); }, tensor(Numbers{0.1}, kFloat64));
  };
  EXPECT_EQ(by_divisor([](const Tensor& x, const Tensor& d) { return fmod(x, d); }).item<double>(), -9);
  EXPECT_EQ(by_divisor([](const Tensor& x, const Tensor& d) { return remainder(x, d); }).item<double>(), -9);
}

TEST(Corners, integers_to_negative_powers_are_rounded_towards_zero) {
  const Tensor exponents = tensor(std::vector<std::int64_t>{-1, -2, 3});
  EXPECT_EQ(pow(2, exponents).to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 0, 8}));
  EXPECT_EQ(pow(-1, exponents).to_vector<std::int64_t>(), (std::vector<std::int64_t>{-1, 1, -1}));
  EXPECT_EQ(pow(full({3}, 1), exponents).to_vector<std::int64_t>(), (std::vector<std::int64_t>{1, 1, 1}));
}

TEST(Corners, functions_of_real_numbers_take_integers) {
  using Unary = Tensor (*)(const Tensor&);
  const Unary unary[] = {deg2rad, rad2deg, exp,     expm1, log,  log1p,  log2,   log10,   sqrt, rsqrt, reciprocal,
                         erf,     tanh,    sigmoid, sin,   cos,  tan,    asin,   acos,    atan, sinh,  cosh,
                         asinh,   acosh,   atanh,   exp2,  erfc, erfinv, lgamma, digamma, sinc};
  for (const Unary function : unary) {
    for (const Dtype dtype : {kInt64, kInt32, kUInt8, kBool}) {
      const Tensor x = tensor(std::vector<std::int64_t>{1, 0}).to(dtype);
      const Tensor y = function(x);
      EXPECT_EQ(y.dtype(), kFloat32);
      EXPECT_TRUE(allclose(y, function(x.to(kFloat32)), 1e-5, 1e-8, true));
    }
  }
  Tensor integers = ones({2}, kInt64);
  EXPECT_THROW(integers.exp_(), TypeError);
  EXPECT_EQ(floor(integers).dtype(), kInt64);
  EXPECT_EQ(round(integers).dtype(), kInt64);
}

TEST(Corners, matrices_of_integers_multiply) {
  for (const Dtype dtype : {kInt64, kInt32, kInt16, kInt8, kUInt8}) {
    const Tensor a = arange(6).view({2, 3}).to(dtype);
    const Tensor b = arange(6).view({3, 2}).to(dtype);
    const std::vector<std::int64_t> expected{10, 13, 28, 40};
    for (const Tensor& y : {mm(a, b), matmul(a, b), einsum("ij,jk->ik", {a, b}), bmm(unsqueeze(a, 0), unsqueeze(b, 0)),
                            addmm(zeros({2, 2}, dtype), a, b), mm(b.t().contiguous().t().t().t().t(), b).slice(0, 0, 0)}) {
      EXPECT_EQ(y.dtype(), dtype);
      if (y.numel() == 4) {
        EXPECT_EQ(y.to_vector<std::int64_t>(), expected);
      }
    }
    EXPECT_EQ(dot(a[0], a[1]).item<std::int64_t>(), 14);
    EXPECT_EQ(mv(a, a[0]).to_vector<std::int64_t>(), (std::vector<std::int64_t>{5, 14}));
  }
  EXPECT_THROW(mm(ones({1, 1}, kBool), ones({1, 1}, kBool)), TypeError);
}

TEST(Corners, multinomial_without_replacement_never_draws_weights_of_zero) {
  EXPECT_THROW(multinomial(tensor(Numbers{0, 10, 3, 0}), 4), ValueError);
  EXPECT_THROW(multinomial(tensor(Numbers{1, 1, 0, 1}).view({2, 2}), 2), ValueError);
  for (int i = 0; i < 20; ++i) {
    auto drawn = multinomial(tensor(Numbers{0, 10, 1e-30, 0}), 2).to_vector<std::int64_t>();
    std::sort(drawn.begin(), drawn.end());
    EXPECT_EQ(drawn, (std::vector<std::int64_t>{1, 2}));
  }
}

TEST(Corners, histc_gives_whole_numbers_bins_of_their_own_and_counts_beyond_float) {
  EXPECT_EQ(histc(arange(151).to(kFloat32), 151, 0, 151).to_vector<int>(), std::vector<int>(151, 1));
  EXPECT_EQ(histc(zeros({(1 << 24) + 4}), 1, -1, 1).item<double>(), (1 << 24) + 4);
}

TEST(Corners, cat_of_empty_vectors_checks_the_dimension) {
  EXPECT_THROW(cat({zeros({0}), zeros({0})}, 999), IndexError);
  EXPECT_EQ(cat({zeros({0}), zeros({0})}, -1).numel(), 0);
}

TEST(Corners, where_is_right_for_results_that_go_past_the_caches) {
  for (const ScalarType dtype : {kFloat32, kInt64}) {
    constexpr std::int64_t count = (9 << 20) + 3;
    const Tensor takes_first = arange(0, count).remainder(3).eq(0);
    const Tensor a = full({count}, 1, dtype);
    const Tensor b = full({count}, 2, dtype);
    const bool differentiable = dtype == kFloat32;
    if (differentiable) {
      a.requires_grad_();
      b.requires_grad_();
    }
    const Tensor y = where(takes_first, a, b);
    EXPECT_TRUE(y.detach().eq(2 - takes_first.to(kInt64)).all().item<bool>());
    if (!differentiable) continue;
    y.backward(ones_like(y));
    EXPECT_TRUE(a.grad().eq(takes_first.to(kFloat32)).all().item<bool>());
    EXPECT_TRUE(b.grad().eq(logical_not(takes_first).to(kFloat32)).all().item<bool>());
  }
}

TEST(Corners, clamp_takes_the_maximum_where_the_minimum_is_above_it) {
  for (const Dtype dtype : {kFloat32, kFloat64, kInt64, kUInt8}) {
    EXPECT_TRUE(equal(arange(40, dtype).clamp(2, 1), ones({40}, dtype)));
    EXPECT_TRUE(equal(arange(3, dtype).clamp_(2, 1), ones({3}, dtype)));
  }
}

TEST(Corners, clamp_to_nan_is_nan) {
  const Tensor x = ones({3}, requires_grad());
  for (const Tensor& y : {x.clamp(nan_, 2), x.clamp(0, nan_), x.clamp(nan_), tensor({1, 2, 3}).clamp(0, nan_)}) {
    EXPECT_TRUE(isnan(y).all().item<bool>());
  }
  EXPECT_TRUE(equal(autograd::grad({x.clamp(0, nan_).sum()}, {x})[0], zeros({3})));
}

TEST(Corners, quotients_that_are_rounded_have_no_slope) {
  const Tensor x = tensor(Numbers{-3, 5}, kFloat32).requires_grad_();
  const Tensor y = tensor(Numbers{2}, kFloat64).requires_grad_();
  for (const char* mode : {"floor", "trunc"}) {
    const auto gradients = autograd::grad({div(x, y, mode).sum()}, {x, y});
    EXPECT_TRUE(equal(gradients[0], zeros({2})));
    EXPECT_TRUE(equal(gradients[1], zeros({1}, kFloat64)));
  }
}

TEST(Corners, logsumexp_of_nan_beside_infinity_is_nan) {
  for (const double infinite : {inf, -inf}) {
    for (const Dtype dtype : {kFloat32, kFloat64}) {
      const Tensor x = full({20, 3}, infinite, dtype);
      x[2][1] = nan_;
      EXPECT_TRUE(isnan(logsumexp(x, {0})[1]).item<bool>());
      EXPECT_TRUE(isnan(logsumexp(x.t().contiguous(), {1})[1]).item<bool>());
      EXPECT_EQ(logsumexp(x, {0})[0].item<double>(), infinite);
    }
  }
}

TEST(Corners, lerp_ends_at_its_ends) {
  const auto lerped = [](double a, double b, double weight, Dtype dtype) {
    const Tensor first = full({3}, a, dtype);
    const Tensor second = full({3}, b, dtype);
    const double by_number = lerp(first, second, weight)[2].item<double>();
    const double by_tensor = lerp(first, second, full({3}, weight, dtype))[2].item<double>();
    EXPECT_EQ(by_number, by_tensor);
    return by_number;
  };
  for (const Dtype dtype : {kFloat32, kFloat64}) {
    EXPECT_EQ(lerped(1e17, 1, 1, dtype), 1);
    EXPECT_EQ(lerped(1, 1e17, 0, dtype), 1);
    EXPECT_EQ(lerped(inf, 1, 0.5, dtype), inf);
    EXPECT_EQ(lerped(2, 4, 0.25, dtype), 2.5);
    EXPECT_EQ(lerped(2, 4, 0.75, dtype), 3.5);
  }
}

TEST(Corners, norms_of_nothing_are_zero) {
  for (const double p : {0.0, 1.0, 2.0, 3.0, inf}) {
    EXPECT_TRUE(equal(zeros({2, 0, 3}).norm(p, {1}), zeros({2, 3})));
    EXPECT_TRUE(equal(zeros({0, 5}).norm(p, {0}), zeros({5})));
    EXPECT_EQ(zeros({0}).norm(p).item<double>(), 0);
  }
  EXPECT_THROW(zeros({0}).norm(-inf), ShapeError);
}

TEST(Corners, means_of_differences_of_halves_are_finite) {
  const Tensor ones_of_half = ones({70'000}, kFloat16);
  const Tensor zeros_of_half = zeros({70'000}, kFloat16);
  EXPECT_EQ(mse_loss(ones_of_half, zeros_of_half).item<float>(), 1);
  EXPECT_EQ(l1_loss(ones_of_half, zeros_of_half).item<float>(), 1);
  EXPECT_EQ(nanmean(ones_of_half).item<float>(), 1);
}

TEST(Corners, steps_of_a_slice_may_be_as_large_as_an_integer) {
  EXPECT_EQ(ones({4}).slice(0, 0, 4, std::numeric_limits<std::int64_t>::max()).numel(), 1);
  EXPECT_THROW(ones({4}).repeat_interleave(std::int64_t{1} << 62), ShapeError);
  EXPECT_THROW(ones({4}).repeat({std::int64_t{1} << 62}), ShapeError);
  EXPECT_THROW(flip(ones({4}), {0, -1}), ShapeError);
}

}  // namespace
}  // namespace xgrad
