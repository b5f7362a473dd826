/// Softmax, and logarithms of sums of exponentials, over one dimension of plain memory: the middle one of `outer` x `length`
/// x `inner`. T: float, double.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// y = e^x / sum(e^x); with `logarithm`, y = x - log(sum(e^x)).
template <class T>
void softmax_middle(const T* x, std::int64_t outer, std::int64_t length, std::int64_t inner, bool logarithm, T* y);

/// The gradient of the above: y (g - sum(g y)), or g - e^y sum(g).
template <class T>
void softmax_middle_backward(const T* grad, const T* y, std::int64_t outer, std::int64_t length, std::int64_t inner,
                             bool logarithm, T* out);

/// y = log(sum(e^x)), for `length` of at least 1.
template <class T>
void log_sum_middle(const T* x, std::int64_t outer, std::int64_t length, std::int64_t inner, T* y);

/// The gradient of the above: g e^(x - y), and 0 where all of x is -inf.
template <class T>
void log_sum_middle_backward(const T* grad, const T* x, const T* y, std::int64_t outer, std::int64_t length,
                             std::int64_t inner, T* out);

/// weight * (log(sum(e^x)) - x[target]) for each row of `classes` numbers and its target, and 0 where the weight is 0: then
/// the target may be any number. Keeps log(sum(e^x)) in two parts.
template <class T>
void cross_entropy_rows(const T* x, std::int64_t rows, std::int64_t classes, const std::int64_t* targets, const T* weights,
                        T* losses, T* log_sums);

/// For each row softmax, less 1 at the target, times its factor.
template <class T>
void cross_entropy_rows_backward(const T* factors, const T* x, std::int64_t rows, std::int64_t classes,
                                 const std::int64_t* targets, const T* weights, const T* log_sums, T* out);

}  // namespace xgrad::kernels
