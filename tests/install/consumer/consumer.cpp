// A program of somebody else: fits y = 2x + 1 and fails where it does not.
#include <xgrad/xgrad.h>

#include <cmath>
#include <iostream>

int main() {
  const xgrad::Tensor x = xgrad::linspace(-1, 1, 11);
  const xgrad::Tensor y = x * 2 + 1;
  xgrad::Tensor slope = xgrad::zeros({}, xgrad::requires_grad());
  xgrad::Tensor offset = xgrad::zeros({}, xgrad::requires_grad());
  for (int step = 0; step < 200; ++step) {
    const xgrad::Tensor error = x * slope + offset - y;
    (error * error).mean().backward();
    const xgrad::NoGradGuard no_grad;
    for (xgrad::Tensor* parameter : {&slope, &offset}) {
      *parameter = (*parameter - parameter->grad() * 0.3).detach().requires_grad_();
    }
  }
  std::cout << "slope " << slope.item<double>() << ", offset " << offset.item<double>() << ", compiled for "
            << xgrad::instruction_set() << "\n";
  const bool fits = std::abs(slope.item<double>() - 2) < 1e-3 && std::abs(offset.item<double>() - 1) < 1e-3;
  return fits ? 0 : 1;
}
