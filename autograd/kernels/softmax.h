/// Softmax over the rows of a matrix in plain memory.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// y = e^x / sum(e^x) for each of `rows` rows of `length` numbers; with `logarithm`, y = x - log(sum(e^x)).
template <class T>
void softmax_rows(const T* x, std::int64_t rows, std::int64_t length, bool logarithm, T* y);

/// The gradient of the above: y (g - sum(g y)), or g - e^y sum(g).
template <class T>
void softmax_rows_backward(const T* grad, const T* y, std::int64_t rows, std::int64_t length, bool logarithm, T* out);

}  // namespace xgrad::kernels
