#include "autograd/ops/distance.h"

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"

namespace xgrad {

Tensor bilinear(const Tensor& x1, const Tensor& x2, const Tensor& weight, const Tensor& bias) {
  const autograd::profiler::RecordFunction profiled("bilinear");
  check<ShapeError>(weight.dim() == 3, "bilinear: expected a weight (out, in1, in2), got {}", weight.sizes());
  const auto leading = [](const Tensor& x) { return x.sizes().slice(0, static_cast<std::size_t>(x.dim() - 1)); };
  check<ShapeError>(x1.dim() >= 1 && x1.dim() == x2.dim() && leading(x1) == leading(x2) && x1.size(-1) == weight.size(1) &&
                        x2.size(-1) == weight.size(2),
                    "bilinear: inputs {} and {} do not fit a weight {}", x1.sizes(), x2.sizes(), weight.sizes());
  const std::int64_t out = weight.size(0);
  const Tensor first = reshape(x1, {-1, weight.size(1)});
  const Tensor second = reshape(x2, {-1, weight.size(2)});
  // x1^T W_k for all k in one product, then the dot products with x2, which are too short for a product each.
  const Tensor left = view(matmul(first, reshape(transpose(weight, 0, 1), {weight.size(1), out * weight.size(2)})),
                           {first.size(0), out, weight.size(2)});
  Tensor result = sum(left * unsqueeze(second, 1), 2);
  if (bias.defined()) result = result + bias;
  DimVector sizes = to_dims(leading(x1));
  sizes.push_back(out);
  return reshape(result, sizes);
}

Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, OnlyInt dim, double eps) {
  const autograd::profiler::RecordFunction profiled("cosine_similarity");
  check<TypeError>(x1.is_floating_point() && x2.is_floating_point(),
                   "cosine_similarity: expected floating-point tensors, got {} and {}", x1.dtype(), x2.dtype());
  const DimVector sizes = broadcast_shapes("cosine_similarity", x1.sizes(), x2.sizes());
  const Tensor a = detail::expanded(x1, sizes);
  const Tensor b = detail::expanded(x2, sizes);
  const auto length = [&](const Tensor& x) { return clamp(norm(x, 2, {dim}, true), eps); };
  return sum((a / length(a)) * (b / length(b)), {dim});
}

Tensor pairwise_distance(const Tensor& x1, const Tensor& x2, OnlyReal p, double eps, OnlyBool keepdim) {
  const autograd::profiler::RecordFunction profiled("pairwise_distance");
  return norm(x1 - x2 + eps, p, -1, keepdim);
}

Tensor normalize(const Tensor& x, OnlyReal p, OnlyInt dim, double eps) {
  const autograd::profiler::RecordFunction profiled("normalize");
  return x / clamp(norm(x, p, {dim}, true), eps);
}

}  // namespace xgrad
