#include "autograd/backward/gradcheck.h"

#include <cmath>

#include "autograd/base/check.h"
#include "autograd/graph/grad.h"
#include "autograd/ops/random.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::autograd {

namespace {

using CheckedFunction = std::function<TensorList(const TensorList&)>;

/// The element of `x` at flat position `i`, in whatever memory it lies.
double* element(const Tensor& x, std::int64_t i) {
  std::int64_t offset = 0;
  for (std::size_t dim = x.sizes().size(); dim-- > 0;) {
    offset += i % x.sizes()[dim] * x.strides()[dim];
    i /= x.sizes()[dim];
  }
  return x.data_ptr<double>() + offset;
}

}  // namespace

bool gradcheck(const CheckedFunction& function, const TensorList& inputs, double eps, double atol, double rtol,
               OnlyBool raise) {
  for (const Tensor& input : inputs) {
    check<TypeError>(!input.requires_grad() || input.dtype() == kFloat64,
                     "gradcheck: an input of {} is not exact enough: use float64", input.dtype());
  }
  const EnableGradGuard enable;
  TensorList outputs;
  std::vector<std::size_t> positions;  // of these among all that the function returns
  const TensorList all = function(inputs);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].defined() || !all[i].requires_grad()) continue;
    outputs.push_back(all[i]);
    positions.push_back(i);
  }
  TensorList differentiable;
  for (const Tensor& input : inputs) {
    if (input.requires_grad()) differentiable.push_back(input);
  }
  check<ValueError>(!differentiable.empty(), "gradcheck: no input requires a gradient");
  const auto fail = [&](const std::string& message) {
    if (raise) throw GraphError(message);
    return false;
  };
  if (outputs.empty()) return fail("gradcheck: no output requires a gradient");

  const auto evaluate = [&] {
    const NoGradGuard no_grad;
    const TensorList results = function(inputs);
    std::vector<std::vector<double>> values;
    for (const std::size_t position : positions) values.push_back(results[position].to_vector<double>());
    return values;
  };

  for (std::size_t o = 0; o < outputs.size(); ++o) {
    // Analytical: one row of the Jacobian for each element of the output.
    std::vector<TensorList> rows;
    for (std::int64_t i = 0; i < outputs[o].numel(); ++i) {
      Tensor seed = zeros(outputs[o].sizes(), kFloat64);
      *element(seed, i) = 1;
      rows.push_back(grad({outputs[o]}, differentiable, {seed}, true, false, true));
    }
    for (std::size_t k = 0; k < differentiable.size(); ++k) {
      const Tensor& input = differentiable[k];
      for (std::int64_t j = 0; j < input.numel(); ++j) {
        double* x = element(input, j);
        const double kept = *x;
        *x = kept + eps;
        const std::vector<double> above = evaluate()[o];
        *x = kept - eps;
        const std::vector<double> below = evaluate()[o];
        *x = kept;
        for (std::int64_t i = 0; i < outputs[o].numel(); ++i) {
          const auto at = static_cast<std::size_t>(i);
          const double numerical = (above[at] - below[at]) / (2 * eps);
          const Tensor& gradient = rows[at][k];
          const double analytical = gradient.defined() ? *element(gradient, j) : 0;
          if (!(std::abs(analytical - numerical) <= atol + rtol * std::abs(numerical))) {
            return fail(
                fmt::format("gradcheck: output {} element {} with respect to input {} element {}: the gradient is {}, "
                            "finite differences give {}",
                            o, i, k, j, analytical, numerical));
          }
        }
      }
    }
  }
  return true;
}

bool gradcheck(const std::function<Tensor(const TensorList&)>& function, const TensorList& inputs, double eps, double atol,
               double rtol, OnlyBool raise) {
  return gradcheck(CheckedFunction([&](const TensorList& x) { return TensorList{function(x)}; }), inputs, eps, atol, rtol,
                   raise);
}

bool gradgradcheck(const CheckedFunction& function, const TensorList& inputs, double eps, double atol, double rtol,
                   OnlyBool raise) {
  Generator generator(7);
  TensorList all = inputs;
  {
    const EnableGradGuard enable;
    for (const Tensor& output : function(inputs)) {
      if (output.defined() && output.requires_grad()) {
        all.push_back(randn(output.sizes(), generator, TensorOptions(kFloat64).requires_grad(true)));
      }
    }
  }
  const auto gradients = [&](const TensorList& x) {
    const EnableGradGuard enable;  // finite differences are taken without grad mode; this function needs it inside
    const TensorList arguments(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(inputs.size()));
    TensorList outputs;
    for (const Tensor& output : function(arguments)) {
      if (output.defined() && output.requires_grad()) outputs.push_back(output);
    }
    TensorList differentiable;
    for (const Tensor& argument : arguments) {
      if (argument.requires_grad()) differentiable.push_back(argument);
    }
    const TensorList seeds(x.begin() + static_cast<std::ptrdiff_t>(inputs.size()), x.end());
    TensorList result = grad(outputs, differentiable, seeds, true, true, true);
    std::erase_if(result, [](const Tensor& g) { return !g.defined() || !g.requires_grad(); });
    return result;
  };
  return gradcheck(CheckedFunction(gradients), all, eps, atol, rtol, raise);
}

bool gradgradcheck(const std::function<Tensor(const TensorList&)>& function, const TensorList& inputs, double eps,
                   double atol, double rtol, OnlyBool raise) {
  return gradgradcheck(CheckedFunction([&](const TensorList& x) { return TensorList{function(x)}; }), inputs, eps, atol,
                       rtol, raise);
}

}  // namespace xgrad::autograd
