// The further ways to call operations whose values other tests pin down: bounds and weights that are tensors, rounding
// modes, dtypes, corrections, reductions of scatter, generators.
#include "autograd/autograd.h"
#include "tests/support/graph.h"
#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

Dtype dtype_at(const Json& arguments, std::size_t i) { return arguments[i] == "float32" ? kFloat32 : kFloat64; }

/// A function of one tensor, a dimension and a dtype.
Operation with_dtype(const char* name, Tensor (*function)(const Tensor&, std::int64_t, std::optional<Dtype>)) {
  return {name, [=](const TensorList& x, const Json& a) {
            return TensorList{function(x[0], a[0].get<std::int64_t>(), dtype_at(a, 1))};
          }};
}

Tensor changed(const Tensor& x, const std::function<void(const Tensor&)>& change) {
  const Tensor y = x * 1;
  change(y);
  return y;
}

}  // namespace

XGRAD_TEST_OPERATIONS(
    Overloads, "overloads",
    {"div",
     [](const TensorList& x, const Json& a) {
       return TensorList{x[0].detach().div(x[1].detach(), a[0].get<std::string>())};
     },
     Gradients::kNone},
    {"clamp", [](const TensorList& x, const Json&) { return TensorList{x[0].clamp(x[1], x[2])}; }, Gradients::kConstant},
    {"clamp_min", [](const TensorList& x, const Json&) { return TensorList{x[0].clamp_min(x[1])}; }, Gradients::kConstant},
    {"clamp_max", [](const TensorList& x, const Json&) { return TensorList{x[0].clamp_max(x[1])}; }, Gradients::kConstant},
    {"lerp", [](const TensorList& x, const Json&) { return TensorList{x[0].lerp(x[1], x[2])}; }},
    {"max", [](const TensorList& x, const Json&) { return TensorList{x[0].max(x[1])}; }, Gradients::kConstant},
    {"min", [](const TensorList& x, const Json&) { return TensorList{xgrad::min(x[0], x[1])}; }, Gradients::kConstant},
    {"round", [](const TensorList& x, const Json& a) { return TensorList{x[0].detach().round(a[0].get<std::int64_t>())}; },
     Gradients::kNone},
    {"masked_fill", [](const TensorList& x, const Json&) { return TensorList{x[0].masked_fill(x[1], x[2])}; },
     Gradients::kConstant},
    {"fill_",
     [](const TensorList& x, const Json&) { return TensorList{changed(x[0], [&](const Tensor& y) { y.fill_(x[1]); })}; },
     Gradients::kConstant},
    {"index_add",
     [](const TensorList& x, const Json& a) { return TensorList{x[0].index_add(0, x[1], x[2], scalar_at(a, 0))}; },
     Gradients::kConstant},
    {"scatter_add",
     [](const TensorList& x, const Json&) {
       return TensorList{changed(x[0], [&](const Tensor& y) { y.scatter_(0, x[1], x[2], "add"); })};
     },
     Gradients::kConstant},
    {"scatter_multiply",
     [](const TensorList& x, const Json&) { return TensorList{x[0].detach().scatter(0, x[1], x[2].detach(), "multiply")}; },
     Gradients::kNone},
    {"scatter_multiply_value",
     [](const TensorList& x, const Json&) { return TensorList{x[0].detach().scatter(1, x[1], 3, "multiply")}; },
     Gradients::kNone},
    {"var", [](const TensorList& x,
               const Json& a) { return TensorList{x[0].var(dims_at(a, 0), a[1].get<std::int64_t>(), a[2].get<bool>())}; }},
    {"std",
     [](const TensorList& x, const Json& a) {
       return TensorList{xgrad::std(x[0], dims_at(a, 0), a[1].get<std::int64_t>(), a[2].get<bool>())};
     }},
    {"where_numbers",
     [](const TensorList& x, const Json&) { return TensorList{xgrad::where(x[0].detach() > 0, 1.5, -2.0)}; },
     Gradients::kNone},
    {"where_indices", [](const TensorList& x, const Json&) { return xgrad::where(x[0].detach() > 0); }, Gradients::kNone},
    {"gelu_tanh", [](const TensorList& x, const Json&) { return TensorList{gelu(x[0], "tanh")}; }},
    {"gelu_none", [](const TensorList& x, const Json&) { return TensorList{gelu(x[0], "none")}; }},
    with_dtype("cumsum", [](const Tensor& x, std::int64_t dim, std::optional<Dtype> dtype) { return x.cumsum(dim, dtype); }),
    with_dtype("cumprod",
               [](const Tensor& x, std::int64_t dim, std::optional<Dtype> dtype) { return x.cumprod(dim, dtype); }),
    with_dtype("softmax",
               [](const Tensor& x, std::int64_t dim, std::optional<Dtype> dtype) { return x.softmax(dim, dtype); }),
    with_dtype("log_softmax",
               [](const Tensor& x, std::int64_t dim, std::optional<Dtype> dtype) { return x.log_softmax(dim, dtype); }),
    with_dtype("prod_dim",
               [](const Tensor& x, std::int64_t dim, std::optional<Dtype> dtype) { return x.prod(dim, false, dtype); }),
    {"prod", [](const TensorList& x, const Json& a) { return TensorList{x[0].prod(dtype_at(a, 0))}; }},
    {"norm", [](const TensorList& x, const Json& a) { return TensorList{x[0].norm(2, dtype_at(a, 0))}; }},
    {"norm_dims", [](const TensorList& x, const Json& a) {
       return TensorList{x[0].norm(1, a[0].get<std::int64_t>(), false, dtype_at(a, 1))};
     }});

TEST(Overloads, in_place_forms_do_what_the_others_do) {
  const Tensor x = tensor({-7.0, 2.0, 9.0}, kFloat64);
  const Tensor y = tensor({2.0, -2.0, 4.0}, kFloat64);
  EXPECT_TRUE(equal(x.clone().div_(y, "floor"), x.div(y, "floor")));
  EXPECT_TRUE(equal(x.clone().divide_(2, "trunc"), tensor({-3.0, 1.0, 4.0}, kFloat64)));
  EXPECT_TRUE(equal(x.div(2, std::nullopt), x / 2));
  EXPECT_TRUE(equal(x.clone().clamp_(y - 1, y + 1), x.clamp(y - 1, y + 1)));
  EXPECT_TRUE(equal(x.clone().clamp_min_(y), maximum(x, y)));
  EXPECT_TRUE(equal(x.clone().clamp_max_(y), minimum(x, y)));
  EXPECT_TRUE(equal(x.clone().lerp_(y, y), x.lerp(y, y)));
  EXPECT_TRUE(equal((x / 16).round_(1), (x / 16).round(1)));
  EXPECT_TRUE(equal(x.clone().masked_fill_(x > 0, tensor(5)), tensor({-7.0, 5.0, 5.0}, kFloat64)));
  EXPECT_TRUE(equal(x.to(kFloat32).cumsum_(0, kFloat64), x.cumsum(0).to(kFloat32)));
  const Tensor index = tensor({0, 0, 2});
  EXPECT_TRUE(equal(x.clone().index_add_(0, index, y, 2), x.index_add(0, index, y * 2)));
  EXPECT_TRUE(equal(x.clone().scatter_(0, index, 2, "multiply"), tensor({-28.0, 2.0, 18.0}, kFloat64)));
  EXPECT_TRUE(equal(x.clone().scatter_(0, index, 1, "add"), tensor({-5.0, 2.0, 10.0}, kFloat64)));
}

TEST(Overloads, bounds_that_are_nan_give_nan) {
  const Tensor nan = full({}, std::nan(""));
  EXPECT_TRUE(ones({2}).clamp(nan, std::nullopt).isnan().all().item<bool>());
  EXPECT_TRUE(nan.clamp(tensor(0.0), tensor(1.0)).isnan().item<bool>());
}

TEST(Overloads, sort_takes_stable_with_a_dimension) {
  const Tensor x = tensor({{3, 1, 2}, {1, 3, 1}});
  EXPECT_TRUE(equal(std::get<1>(x.sort(true, 1)), std::get<1>(x.sort(1))));
  EXPECT_TRUE(equal(std::get<0>(xgrad::sort(x, true, 0, true)), std::get<0>(x.sort(0, true))));
  EXPECT_TRUE(equal(x.argsort(false, -1, true), x.argsort(-1, true)));
  EXPECT_TRUE(equal(xgrad::argsort(x, true, 1), x.argsort(1)));
}

TEST(Overloads, draws_take_a_generator) {
  Generator generator(7);
  const Tensor first = empty({5}).uniform_(0, 1, generator);
  const Tensor second = empty({5}).normal_(1, 2, generator);
  const Tensor third = bernoulli(full({20}, 0.5), generator);
  manual_seed(7);
  EXPECT_TRUE(equal(first, empty({5}).uniform_(0, 1)));
  EXPECT_TRUE(equal(second, empty({5}).normal_(1, 2)));
  EXPECT_TRUE(equal(third, bernoulli(full({20}, 0.5))));
  manual_seed(7);
  EXPECT_TRUE(equal(empty({5}).bernoulli_(0.3, Generator(7)), empty({5}).bernoulli_(0.3)));
  EXPECT_TRUE(equal(ones({50}).bernoulli(1.0), ones({50})));
  EXPECT_TRUE(equal(ones({50}).bernoulli(Generator(3)), ones({50})));
}

TEST(Overloads, bernoulli_takes_a_probability_for_each_element) {
  const Tensor x = empty({2, 3}, kInt64);
  x.bernoulli_(tensor({0.0, 1.0, 0.0}));
  EXPECT_TRUE(equal(x, tensor({{0, 1, 0}, {0, 1, 0}})));
  EXPECT_THROW(x.bernoulli_(tensor({0.0, 2.0, 0.0})), ValueError);
  EXPECT_THROW(x.bernoulli_(tensor({0.0, 1.0})), ShapeError);
}

TEST(Overloads, tensors_index_tensors) {
  const Tensor x = arange(6).view({3, 2}).to(kFloat64).requires_grad_();
  EXPECT_TRUE(equal(x[tensor(2)], x[2]));
  EXPECT_TRUE(x[tensor(2)].is_view());
  EXPECT_TRUE(equal(x[x.detach().sum().to(kInt64).remainder(3).item()], x[0]));
  EXPECT_TRUE(equal(x[tensor({2, 0})], stack({x[2], x[0]})));
  EXPECT_TRUE(equal(x[x.detach().select(1, 0) > 1], stack({x[1], x[2]})));
  x[tensor({2, 0, 2})].sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{1, 1, 0, 0, 2, 2}));
  EXPECT_THROW(x[Scalar(1.0)], TypeError);
  EXPECT_THROW(x[tensor(3)], IndexError);
}

TEST(Overloads, conversions_take_a_tensor_a_device_and_flags) {
  const Tensor x = ones({2}, kInt64);
  const Tensor like = ones({1}, kFloat64);
  EXPECT_EQ(x.to(like).dtype(), kFloat64);
  EXPECT_TRUE(x.to(kInt64, true).is_same(x));  // non_blocking
  EXPECT_FALSE(x.to(kInt64, false, true).is_alias_of(x));
  EXPECT_FALSE(x.to(kCPU, false, true).is_alias_of(x));
  EXPECT_FALSE(x.to(TensorOptions(), false, true).is_alias_of(x));
  EXPECT_EQ(arange(1, 4, kFloat64).to_vector<double>(), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(ones({2}, kLong).dtype(), kInt64);
  EXPECT_EQ(zeros({}).dim(), 0);
}

TEST(Overloads, what_libtorch_programs_ask_of_a_tensor) {
  const Tensor x = ones({2, 3});
  EXPECT_EQ(x._version(), 0);
  x.add_(1);
  EXPECT_EQ(x._version(), 1);
  EXPECT_EQ(x.storage().data_ptr(), x.data_ptr());
  EXPECT_GE(x.storage().nbytes(), x.nbytes());
  EXPECT_TRUE(x.storage().is_alias_of(x[1].storage()));
  EXPECT_TRUE(x.set_requires_grad(true).requires_grad());
  EXPECT_FALSE(x.tensor_data().requires_grad());
  EXPECT_TRUE(x.tensor_data().is_alias_of(x));
  const Tensor same = x.alias();
  EXPECT_TRUE(same.is_view());
  same.sum().backward();
  EXPECT_TRUE(equal(x.grad(), ones({2, 3})));
  EXPECT_TRUE(equal(x.t().alias(), x.t()));
}

TEST(Overloads, hooks_may_return_nothing) {
  const Tensor x = ones({2}, leaf);
  double seen = 0;
  const unsigned hook = x.register_hook([&](const Tensor& gradient) { seen += gradient.sum().item<double>(); });
  x.register_hook([](Tensor gradient) { return gradient * 2; });
  (x * 3).sum().backward();
  EXPECT_EQ(seen, 6);
  EXPECT_TRUE(equal(x.grad(), full({2}, 6.0, kFloat64)));
  x.remove_hook(hook);
  (x * 3).sum().backward();
  EXPECT_EQ(seen, 6);
}

TEST(Overloads, backward_takes_inputs_in_braces) {
  const Tensor x = ones({2}, leaf);
  const Tensor y = ones({2}, leaf);
  const Tensor z = ones({2}, leaf);
  const Tensor product = x * y * z;
  product.backward(ones({2}, kFloat64), true, false, {x, y});
  product.backward(ones({2}, kFloat64), false, false, {x});
  EXPECT_TRUE(equal(x.grad(), full({2}, 2.0, kFloat64)));
  EXPECT_TRUE(equal(y.grad(), ones({2}, kFloat64)));
  EXPECT_FALSE(z.grad().defined());
}

TEST(Overloads, reject_bad_input) {
  const Tensor x = ones({2});
  EXPECT_THROW(x.div(x, "ceil"), ValueError);
  EXPECT_THROW(tensor({1, 2}).div(0, "trunc"), ValueError);
  EXPECT_THROW(x.clamp(OptionalTensor(), OptionalTensor()), ValueError);
  EXPECT_THROW(x.clamp_min(ones({3})), ShapeError);
  EXPECT_THROW(x.masked_fill(x > 0, ones({2})), ShapeError);
  EXPECT_THROW(x.fill_(ones({1})), ShapeError);
  EXPECT_THROW(tensor({1, 2}).round(1), TypeError);
  EXPECT_THROW(x.scatter(0, tensor({0}), 1, "divide"), ValueError);
  EXPECT_THROW(x.clone().requires_grad_().scatter(0, tensor({0}), 1, "multiply"), GraphError);
  EXPECT_THROW(x.scatter(0, tensor({2}), 1, "multiply"), IndexError);
  EXPECT_THROW(gelu(x, "erf"), ValueError);
  EXPECT_THROW(x.uniform_(1, 0, Generator(1)), ValueError);
  EXPECT_THROW(bernoulli(x, 1.5), ValueError);
}

}  // namespace xgrad::test
