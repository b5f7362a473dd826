/// Running sums, products and extrema over one dimension of plain memory, and whole products. Sums and products are kept in
/// Accumulator<T>.
#pragma once

#include <cstdint>

#include "autograd/kernels/reduce.h"

namespace xgrad::kernels {

enum class Running : std::uint8_t { sum, product };

/// out[o][r][i] = in[o][0][i] + ... + in[o][r][i], or the product, for contiguous arrays of `outer` x `length` x `inner`;
/// from the last to the first where `reversed`. `out` may be `in`. T: float, double, int64.
template <class T>
void running_middle(Running operation, bool reversed, const T* in, std::int64_t outer, std::int64_t length,
                    std::int64_t inner, T* out);

/// values[o][r][i] = the largest (or smallest) of in[o][0 ... r][i], and where it stands: the last of equals, and once NaN
/// has come the last NaN. T: float, double, int64, bool.
template <class T, bool largest>
void running_extremum(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* values,
                      std::int64_t* indices);

/// out[o][r][i] = the sum of grad[o][j][i] over the j for which indices[o][j][i] is r: indices never fall along r. T: float,
/// double.
template <class T>
void running_extremum_gradient(const T* grad, const std::int64_t* indices, std::int64_t outer, std::int64_t length,
                               std::int64_t inner, T* out);

/// out[o][i] = the product over r of in[o][r][i].
template <class T>
void product_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* out);

/// Its gradient: out[o][r][i] = grad[o][i] times the product of all in[o][.][i] but r; right beside zeros. T: float, double.
template <class T>
void product_middle_gradient(const T* grad, const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner,
                             T* out);

}  // namespace xgrad::kernels
