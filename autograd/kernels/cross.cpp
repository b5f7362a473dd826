#include "autograd/kernels/cross.h"

#include "autograd/base/parallel.h"

namespace xgrad::kernels {

template <class T>
void cross(const T* a, const T* b, std::int64_t outer, std::int64_t inner, T* out) {
  const std::int64_t block = 3 * inner;
  parallel_for(0, outer, runs_in_part(moving_grain, block), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t at = first * block; at < last * block; at += block) {
      for (std::int64_t i = at; i < at + inner; ++i) {
        const T p[3] = {a[i], a[i + inner], a[i + 2 * inner]};
        const T q[3] = {b[i], b[i + inner], b[i + 2 * inner]};
        out[i] = p[1] * q[2] - p[2] * q[1];
        out[i + inner] = p[2] * q[0] - p[0] * q[2];
        out[i + 2 * inner] = p[0] * q[1] - p[1] * q[0];
      }
    }
  });
}

template void cross(const float*, const float*, std::int64_t, std::int64_t, float*);
template void cross(const double*, const double*, std::int64_t, std::int64_t, double*);
template void cross(const std::int64_t*, const std::int64_t*, std::int64_t, std::int64_t, std::int64_t*);

}  // namespace xgrad::kernels
