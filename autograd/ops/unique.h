/// Distinct elements and slices. All outside the graph. https://pytorch.org/docs/1.13/generated/torch.unique.html
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The distinct elements in order, where each element of x went (x's shape), and how often each occurs. NaNs all differ.
std::tuple<Tensor, Tensor, Tensor> unique(const Tensor& x);
/// The distinct slices along `dim`, in lexicographic order whether `sorted` or not; where each slice went, and how often
/// each occurs. What was not asked for is empty.
std::tuple<Tensor, Tensor, Tensor> unique_dim(const Tensor& x, std::int64_t dim, bool sorted = true,
                                              bool return_inverse = false, bool return_counts = false);
/// x without the elements (in row-major order), or the slices along `dim`, that equal the one before them; where each went,
/// and how often each occurs in a row. What was not asked for is empty.
/// https://pytorch.org/docs/1.13/generated/torch.unique_consecutive.html
std::tuple<Tensor, Tensor, Tensor> unique_consecutive(const Tensor& x, bool return_inverse = false,
                                                      bool return_counts = false,
                                                      std::optional<std::int64_t> dim = std::nullopt);
/// unique_consecutive() of slices.
std::tuple<Tensor, Tensor, Tensor> unique_dim_consecutive(const Tensor& x, std::int64_t dim, bool return_inverse = false,
                                                          bool return_counts = false);

}  // namespace xgrad
