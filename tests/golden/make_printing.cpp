// Writes printing.json: what `std::cout << tensor` prints with libtorch 1.13. Built and run by hand:
//
//   g++ -std=c++17 make_printing.cpp -I/usr/include/torch/csrc/api/include -ltorch -ltorch_cpu -lc10 -o make_printing
//   ./make_printing > printing.json
//
// tests/autograd/tensor/printing_test.cpp makes the same tensors under the same names.

#include <torch/torch.h>

#include <cmath>
#include <iostream>
#include <limits>
#include <sstream>

namespace {

bool first = true;

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\n') result += "\\n";
    else if (c == '"') result += "\\\"";
    else result += c;
  }
  return result + "\"";
}

void write(const std::string& name, const torch::Tensor& tensor) {
  std::ostringstream text;
  text << tensor;
  std::cout << (first ? "{\n" : ",\n") << quoted(name) << ": " << quoted(text.str());
  first = false;
}

}  // namespace

int main() {
  using torch::arange;
  using torch::tensor;
  const double inf = std::numeric_limits<double>::infinity();
  const auto f64 = torch::kFloat64;
  write("zero-dimensional float", tensor(1.5F));
  write("zero-dimensional double", tensor(0.1, f64));
  write("zero-dimensional int", tensor(std::int64_t(7)));
  write("zero-dimensional bool", tensor(true));
  write("zero-dimensional third", tensor(1.0 / 3, f64));
  write("zero-dimensional large", tensor(123456789.0, f64));
  write("vector of whole floats", tensor({1.0F, 2.0F, -3.0F}));
  write("vector of fractions", tensor({1.5F, 2.25F, -3.125F}));
  write("vector of doubles", tensor({0.1, 22.25, 333.125}, f64));
  write("vector of ints", arange(5));
  write("vector of bools", tensor({true, false}));
  write("vector of large ints", tensor({std::int64_t(1), std::int64_t(123456789012)}));
  write("vector of large wholes", tensor({1e10F, 2.0F}));
  write("vector with a wide range", tensor({1e-5F, 1.0F, 1e5F}));
  write("vector with a huge range", tensor({1e-120, 1.0, 1e120}, f64));
  write("vector of thousands", tensor({1234.5F, 6789.25F}));
  write("vector of hundred thousands", tensor({123456.5F, 678900.25F}));
  write("vector of millions", tensor({1234567.5, 6789001.25}, f64));
  write("vector of thousandths", tensor({0.001F, 0.002F}));
  write("vector of hundredths", tensor({0.01F, 0.02F}));
  write("vector of tenths", tensor({0.1F, 0.2F}));
  write("vector with nan and inf", tensor({1.5, std::nan(""), inf, -inf}, f64));
  write("vector of whole numbers, nan and inf", tensor({1.0, std::nan(""), inf, -inf}, f64));
  write("vector of nan only", tensor({std::nan(""), std::nan("")}, f64));
  write("vector of zeros", torch::zeros({3}));
  write("vector of negative zeros", tensor({-0.0, -1.5}, f64));
  write("empty vector", torch::zeros({0}));
  write("empty matrix", torch::zeros({2, 0}));
  write("empty cube", torch::zeros({2, 0, 3}));
  write("matrix", arange(6, torch::kFloat32).reshape({2, 3}) / 4);
  write("matrix of ints", arange(6).reshape({2, 3}));
  write("matrix of bools", arange(6).reshape({2, 3}) > 2);
  write("matrix, transposed", (arange(6, torch::kFloat32).reshape({2, 3}) / 4).t());
  write("matrix with a scale", (arange(6, f64).reshape({2, 3}) + 0.5) * 100000);
  write("matrix with a small scale", (arange(6, f64).reshape({2, 3}) + 1.5) * 0.0001);
  write("matrix with nan", tensor({1.0, std::nan(""), 2.5, -1.0}, f64).reshape({2, 2}));
  write("wide matrix", arange(50, torch::kFloat32).reshape({2, 25}) / 4);
  write("wide matrix of ints", arange(100).reshape({2, 50}));
  write("wide matrix, one row", arange(40, f64).reshape({1, 40}) / 8);
  write("cube", arange(12, torch::kFloat32).reshape({2, 3, 2}) / 4);
  write("cube of ints", arange(12).reshape({2, 3, 2}));
  write("four dimensions", arange(16, f64).reshape({2, 2, 2, 2}) / 3);
  write("wide cube", arange(100, f64).reshape({2, 2, 25}) / 8);
  write("one element, three dimensions", torch::ones({1, 1, 1}));
  write("wide matrix with a scale", arange(50, f64).reshape({2, 25}) * 1000.5 + 100000.5);
  write("cube with a scale", arange(8, f64).reshape({2, 2, 2}) * 1000.5 + 100000.5);
  write("small numbers", tensor({0.5, -0.25, 0.125}, f64));
  write("undefined", torch::Tensor());
  std::cout << "\n}\n";
}
