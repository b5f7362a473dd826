/// Rows of elementwise operations.
#pragma once

#include "operations/cases.h"

namespace benchmarks {

inline std::vector<Case> elementwise_cases() {
  namespace F = api::nn::functional;
#define XGRAD_UNARY(name) unary(#name, [](const Tensor& x) { return api::name(x); })
#define XGRAD_POSITIVE(name) \
  unary(                     \
      #name, [](const Tensor& x) { return api::name(x); }, true)
#define XGRAD_BINARY(name) binary(#name, [](const Tensor& a, const Tensor& b) { return api::name(a, b); })
  std::vector<Case> cases{
      XGRAD_UNARY(exp),
      XGRAD_UNARY(expm1),
      XGRAD_UNARY(exp2),
      XGRAD_POSITIVE(log),
      XGRAD_POSITIVE(log1p),
      XGRAD_POSITIVE(log2),
      XGRAD_POSITIVE(log10),
      XGRAD_POSITIVE(sqrt),
      XGRAD_POSITIVE(rsqrt),
      XGRAD_UNARY(square),
      XGRAD_POSITIVE(reciprocal),
      XGRAD_UNARY(abs),
      XGRAD_UNARY(neg),
      XGRAD_UNARY(sign),
      XGRAD_UNARY(floor),
      XGRAD_UNARY(ceil),
      XGRAD_UNARY(round),
      XGRAD_UNARY(trunc),
      XGRAD_UNARY(frac),
      XGRAD_UNARY(sin),
      XGRAD_UNARY(cos),
      XGRAD_UNARY(tan),
      XGRAD_POSITIVE(asin),
      XGRAD_POSITIVE(acos),
      XGRAD_UNARY(atan),
      XGRAD_UNARY(sinh),
      XGRAD_UNARY(cosh),
      XGRAD_UNARY(asinh),
      XGRAD_POSITIVE(atanh),
      XGRAD_UNARY(erf),
      XGRAD_UNARY(erfc),
      XGRAD_POSITIVE(erfinv),
      XGRAD_POSITIVE(lgamma),
      XGRAD_POSITIVE(digamma),
      XGRAD_UNARY(sinc),
      XGRAD_POSITIVE(logit),
      XGRAD_UNARY(tanh),
      XGRAD_UNARY(sigmoid),
      XGRAD_UNARY(relu),
      XGRAD_BINARY(add),
      XGRAD_BINARY(sub),
      XGRAD_BINARY(mul),
      XGRAD_BINARY(div),
      XGRAD_BINARY(maximum),
      XGRAD_BINARY(minimum),
      XGRAD_BINARY(atan2),
      XGRAD_BINARY(hypot),
      XGRAD_BINARY(logaddexp),
      XGRAD_BINARY(fmod),
      XGRAD_BINARY(remainder),
      binary(
          "pow(tensor)", [](const Tensor& a, const Tensor& b) { return api::pow(a, b); }, true),
      unary("pow(2)", [](const Tensor& x) { return api::pow(x, 2); }),
      unary("pow(3)", [](const Tensor& x) { return api::pow(x, 3); }),
      unary(
          "pow(0.5)", [](const Tensor& x) { return api::pow(x, 0.5); }, true),
      unary(
          "pow(1.7)", [](const Tensor& x) { return api::pow(x, 1.7); }, true),
      unary("add(number)", [](const Tensor& x) { return x + 1.5; }),
      unary("mul(number)", [](const Tensor& x) { return x * 1.5; }),
      unary("div(number)", [](const Tensor& x) { return x / 1.5; }),
      unary("rsub", [](const Tensor& x) { return 1.5 - x; }),
      unary("clamp", [](const Tensor& x) { return api::clamp(x, -0.5, 0.5); }),
      unary("logsigmoid", [](const Tensor& x) { return F::logsigmoid(x); }),
      unary("softplus", [](const Tensor& x) { return F::softplus(x); }),
      unary("gelu", [](const Tensor& x) { return F::gelu(x); }),
      unary("silu", [](const Tensor& x) { return F::silu(x); }),
      unary("mish", [](const Tensor& x) { return F::mish(x); }),
      unary("elu", [](const Tensor& x) { return F::elu(x); }),
      unary("selu", [](const Tensor& x) { return F::selu(x); }),
      unary("celu", [](const Tensor& x) { return F::celu(x); }),
      unary("leaky_relu", [](const Tensor& x) { return F::leaky_relu(x); }),
      unary("relu6", [](const Tensor& x) { return F::relu6(x); }),
      unary("hardtanh", [](const Tensor& x) { return F::hardtanh(x); }),
      unary("hardshrink", [](const Tensor& x) { return F::hardshrink(x); }),
      unary("softshrink", [](const Tensor& x) { return F::softshrink(x); }),
      unary("softsign", [](const Tensor& x) { return F::softsign(x); }),
      unary("tanhshrink", [](const Tensor& x) { return F::tanhshrink(x); }),
      unary("threshold", [](const Tensor& x) { return F::threshold(x, F::ThresholdFuncOptions(0.1, 0.2)); }),
  };
#undef XGRAD_UNARY
#undef XGRAD_POSITIVE
#undef XGRAD_BINARY
  cases.push_back({"add(bias)", [](std::int64_t n) {
                     const Tensor x = leaf(matrix(n));
                     const Tensor bias = leaf({x.size(1)});
                     return differentiated({x, bias}, [=] { return x + bias; });
                   }});
  cases.push_back({"mul(column)", [](std::int64_t n) {
                     const Tensor x = leaf(matrix(n));
                     const Tensor column = leaf({x.size(0), 1});
                     return differentiated({x, column}, [=] { return x * column; });
                   }});
  cases.push_back({"add(transposed)", [](std::int64_t n) {
                     const Tensor a = leaf(matrix(n));
                     const Tensor b = leaf({a.size(1), a.size(0)});
                     return differentiated({a, b}, [=] { return a + b.t(); });
                   }});
  cases.push_back({"relu(transposed)", [](std::int64_t n) {
                     const Tensor a = leaf(matrix(n));
                     return differentiated({a}, [=] { return api::relu(a.t()); });
                   }});
  cases.push_back({"where", [](std::int64_t n) {
                     const Tensor condition = api::randn({n}) > 0;
                     const Tensor a = leaf({n});
                     const Tensor b = leaf({n});
                     return differentiated({a, b}, [=] { return api::where(condition, a, b); });
                   }});
  cases.push_back({"lerp", [](std::int64_t n) {
                     const Tensor a = leaf({n});
                     const Tensor b = leaf({n});
                     return differentiated({a, b}, [=] { return api::lerp(a, b, 0.3); });
                   }});
  cases.push_back({"addcmul", [](std::int64_t n) {
                     const Tensor a = leaf({n});
                     const Tensor b = leaf({n});
                     const Tensor c = leaf({n});
                     return differentiated({a, b, c}, [=] { return api::addcmul(a, b, c, 0.5); });
                   }});
  cases.push_back({"add_", [](std::int64_t n) {
                     Tensor a = api::randn({n});
                     const Tensor b = api::randn({n});
                     return evaluated([=]() mutable { return a.add_(b, 1e-6); });
                   }});
  cases.push_back({"mul_(number)", [](std::int64_t n) {
                     Tensor a = api::randn({n});
                     return evaluated([=]() mutable {
                       return a.mul_(-1.0);
                     });  // not smaller each time: arithmetic on denormal numbers is slow
                   }});
  cases.push_back({"to(float64)", [](std::int64_t n) {
                     const Tensor a = api::randn({n});
                     return evaluated([=] { return a.to(api::kFloat64); });
                   }});
  return cases;
}

}  // namespace benchmarks
