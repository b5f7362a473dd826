#include "nn/init/init.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/random.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn::init {

double calculate_gain(NonlinearityType nonlinearity, double param) {
  if (std::holds_alternative<kTanhType>(nonlinearity)) return 5.0 / 3.0;
  if (std::holds_alternative<kReLUType>(nonlinearity)) return std::sqrt(2.0);
  if (std::holds_alternative<kLeakyReLUType>(nonlinearity)) return std::sqrt(2.0 / (1 + param * param));
  if (std::holds_alternative<kSELUType>(nonlinearity)) return 0.75;
  return 1;
}

std::pair<std::int64_t, std::int64_t> calculate_fan_in_and_fan_out(const Tensor& tensor) {
  check<ShapeError>(tensor.dim() >= 2, "init: fan in and fan out need at least 2 dimensions, got {}", tensor.sizes());
  std::int64_t field = 1;
  for (std::int64_t dim = 2; dim < tensor.dim(); ++dim) field *= tensor.size(dim);
  return {tensor.size(1) * field, tensor.size(0) * field};
}

namespace {

double kaiming_std(const Tensor& tensor, double a, FanModeType mode, NonlinearityType nonlinearity) {
  const auto [fan_in, fan_out] = calculate_fan_in_and_fan_out(tensor);
  const std::int64_t fan = std::holds_alternative<kFanInType>(mode) ? fan_in : fan_out;
  return calculate_gain(nonlinearity, a) / std::sqrt(static_cast<double>(fan));
}

double xavier_std(const Tensor& tensor, double gain) {
  const auto [fan_in, fan_out] = calculate_fan_in_and_fan_out(tensor);
  return gain * std::sqrt(2.0 / static_cast<double>(fan_in + fan_out));
}

/// The vectors (rows, size) made orthonormal in order, in place: Gram and Schmidt's way, twice, for rounding.
void orthonormalize(double* vectors, std::int64_t rows, std::int64_t size) {
  const auto dot = [size](const double* a, const double* b) {
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i) sum += a[i] * b[i];
    return sum;
  };
  for (std::int64_t row = 0; row < rows; ++row) {
    double* vector = vectors + row * size;
    for (int pass = 0; pass < 2; ++pass) {
      for (std::int64_t before = 0; before < row; ++before) {
        const double* other = vectors + before * size;
        const double share = dot(vector, other);
        for (std::int64_t i = 0; i < size; ++i) vector[i] -= share * other[i];
      }
    }
    const double length = std::sqrt(dot(vector, vector));
    for (std::int64_t i = 0; i < size; ++i) vector[i] /= length;
  }
}

}  // namespace

Tensor uniform_(Tensor tensor, double low, double high) {
  const NoGradGuard no_grad;
  return tensor.uniform_(low, high);
}

Tensor normal_(Tensor tensor, double mean, double std) {
  const NoGradGuard no_grad;
  return tensor.normal_(mean, std);
}

Tensor constant_(Tensor tensor, Scalar value) {
  const NoGradGuard no_grad;
  return tensor.fill_(value);
}

Tensor zeros_(Tensor tensor) { return constant_(std::move(tensor), 0); }
Tensor ones_(Tensor tensor) { return constant_(std::move(tensor), 1); }

Tensor eye_(Tensor matrix) {
  check<ShapeError>(matrix.dim() == 2, "eye_: expected a matrix, got {}", matrix.sizes());
  const NoGradGuard no_grad;
  return matrix.copy_(eye(matrix.size(0), matrix.size(1), matrix.dtype()));
}

Tensor dirac_(Tensor tensor) {
  check<ShapeError>(tensor.dim() >= 3 && tensor.dim() <= 5, "dirac_: expected 3 to 5 dimensions, got {}", tensor.sizes());
  const NoGradGuard no_grad;
  tensor.zero_();
  for (std::int64_t i = 0; i < std::min(tensor.size(0), tensor.size(1)); ++i) {
    Tensor middle = tensor[i][i];
    while (middle.dim() > 0) middle = middle[middle.size(0) / 2];
    middle.fill_(1);
  }
  return tensor;
}

Tensor xavier_uniform_(Tensor tensor, double gain) {
  const double bound = std::sqrt(3.0) * xavier_std(tensor, gain);
  return uniform_(std::move(tensor), -bound, bound);
}

Tensor xavier_normal_(Tensor tensor, double gain) {
  const double std = xavier_std(tensor, gain);
  return normal_(std::move(tensor), 0, std);
}

Tensor kaiming_uniform_(Tensor tensor, double a, FanModeType mode, NonlinearityType nonlinearity) {
  const double bound = std::sqrt(3.0) * kaiming_std(tensor, a, mode, nonlinearity);
  return uniform_(std::move(tensor), -bound, bound);
}

Tensor kaiming_normal_(Tensor tensor, double a, FanModeType mode, NonlinearityType nonlinearity) {
  const double std = kaiming_std(tensor, a, mode, nonlinearity);
  return normal_(std::move(tensor), 0, std);
}

Tensor orthogonal_(Tensor tensor, double gain) {
  check<ShapeError>(tensor.dim() >= 2, "orthogonal_: expected at least 2 dimensions, got {}", tensor.sizes());
  if (tensor.numel() == 0) return tensor;
  const NoGradGuard no_grad;
  const std::int64_t rows = tensor.size(0);
  const std::int64_t columns = tensor.numel() / rows;
  Tensor drawn = empty({rows, columns}, tensor.dtype());
  drawn.normal_();
  // Its columns, or rows where these are fewer, as contiguous vectors.
  const bool wide = rows < columns;
  const Tensor vectors = (wide ? drawn : transpose(drawn, 0, 1)).to(kFloat64, false, true).contiguous();
  orthonormalize(vectors.data_ptr<double>(), vectors.size(0), vectors.size(1));
  return tensor.copy_(reshape((wide ? vectors : transpose(vectors, 0, 1)) * gain, tensor.sizes()));
}

Tensor sparse_(Tensor matrix, double sparsity, double std) {
  check<ShapeError>(matrix.dim() == 2, "sparse_: expected a matrix, got {}", matrix.sizes());
  check<ValueError>(sparsity >= 0 && sparsity <= 1, "sparse_: the sparsity must lie in [0, 1], got {}", sparsity);
  const NoGradGuard no_grad;
  const std::int64_t rows = matrix.size(0);
  const auto zeroed = static_cast<std::int64_t>(std::ceil(sparsity * static_cast<double>(rows)));
  matrix.normal_(0, std);
  for (std::int64_t column = 0; column < matrix.size(1); ++column) {
    const auto order = randperm(rows).to_vector<std::int64_t>();
    for (std::int64_t i = 0; i < zeroed; ++i) matrix[order[static_cast<std::size_t>(i)]][column].zero_();
  }
  return matrix;
}

}  // namespace xgrad::nn::init
