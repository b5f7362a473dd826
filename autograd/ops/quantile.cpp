#include "autograd/ops/quantile.h"

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// a + weight (b - a), where an infinite a stays what it is.
Tensor between(const Tensor& a, const Tensor& b, const Tensor& weight) {
  const Tensor stays = logical_and(isinf(a.detach()), logical_or(isfinite(b.detach()), eq(a.detach(), b.detach())));
  return a + masked_fill(b - a, stays, 0) * weight;
}

Tensor quantile_of(const char* operation, const Tensor& x, const Tensor& q, std::optional<std::int64_t> dim, bool keepdim,
                   std::string_view interpolation, bool ignore_nan) {
  const autograd::profiler::RecordFunction profiled(operation);
  check<TypeError>(x.is_floating_point() && x.dtype() == q.dtype(),
                   "{}: expected floating-point tensors of one dtype, got {} and {}", operation, x.dtype(), q.dtype());
  check<ShapeError>(x.numel() > 0, "{}: there are no quantiles of no elements: shape {}", operation, x.sizes());
  check<ShapeError>(q.dim() <= 1, "{}: expected a number or a vector q, got shape {}", operation, q.sizes());
  check<ValueError>(all(logical_and(ge(q.detach(), 0), le(q.detach(), 1))).item<bool>(), "{}: a q is outside [0, 1]",
                    operation);
  check<ValueError>(interpolation == "linear" || interpolation == "lower" || interpolation == "higher" ||
                        interpolation == "midpoint" || interpolation == "nearest",
                    "{}: there is no interpolation {}", operation, interpolation);
  const std::int64_t axis = dim ? wrap_dim(operation, *dim, x.dim()) : 0;
  const Tensor rows = dim && x.dim() > 0 ? transpose(x, axis, -1) : reshape(x, {x.numel()});
  const Tensor sorted = std::get<0>(sort(rows, -1));  // NaN comes last
  const Tensor missing = isnan(rows.detach());
  const std::int64_t length = rows.size(-1);
  Tensor places;  // in order, for each row and each q
  if (ignore_nan) {
    places = reshape(q, {-1}) * clamp(to(length - sum(missing, {-1}, true), x.dtype()) - 1, 0);
  } else {
    places = masked_fill(
        expand(reshape(q, {-1}) * static_cast<double>(length - 1),
               broadcast_shapes(operation, q.dim() == 0 ? IntArrayRef{1} : q.sizes(), any(missing, -1, true).sizes())),
        any(missing, -1, true), static_cast<double>(length - 1));
  }
  const auto at = [&](const Tensor& place) { return gather(sorted, -1, to(place.detach(), kInt64)); };
  Tensor y;
  if (interpolation == "lower") y = at(floor(places));
  else if (interpolation == "higher") y = at(ceil(places));
  else if (interpolation == "nearest") y = at(round(places));
  else {
    const Tensor below = floor(places).detach();
    const Tensor weight = interpolation == "linear" ? places - below : full_like(below, 0.5);
    y = between(at(below), at(ceil(places)), weight);
  }
  // The quantiles, which are the last dimension, go to the front; what is reduced goes back to its place.
  y = unsqueeze(y, 0);
  y = transpose(y, 0, -1);
  if (dim && x.dim() > 0) y = transpose(y, axis + 1, -1);
  if (!keepdim) y = squeeze(y, dim && x.dim() > 0 ? axis + 1 : 1);
  else if (!dim || x.dim() == 0)
    y = view(y, [&] {
      DimVector sizes(x.sizes().size() + 1, 1);
      sizes[0] = q.numel();
      return sizes;
    }());
  if (q.dim() == 0) y = squeeze(y, 0);
  return contiguous(y);
}

}  // namespace

Tensor quantile(const Tensor& x, const Tensor& q, std::optional<OnlyInt> dim, OnlyBool keepdim,
                std::string_view interpolation) {
  return quantile_of("quantile", x, q, dim, keepdim, interpolation, false);
}
Tensor quantile(const Tensor& x, OnlyReal q, std::optional<OnlyInt> dim, OnlyBool keepdim, std::string_view interpolation) {
  return quantile_of("quantile", x, full({}, q, x.dtype()), dim, keepdim, interpolation, false);
}
Tensor nanquantile(const Tensor& x, const Tensor& q, std::optional<OnlyInt> dim, OnlyBool keepdim,
                   std::string_view interpolation) {
  return quantile_of("nanquantile", x, q, dim, keepdim, interpolation, true);
}
Tensor nanquantile(const Tensor& x, OnlyReal q, std::optional<OnlyInt> dim, OnlyBool keepdim,
                   std::string_view interpolation) {
  return quantile_of("nanquantile", x, full({}, q, x.dtype()), dim, keepdim, interpolation, true);
}

}  // namespace xgrad
