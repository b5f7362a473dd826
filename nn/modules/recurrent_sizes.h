/// What recurrent layers and cells of all kinds share: their sizes, and how their parameters begin.
#pragma once

#include <cstdint>
#include <string>

#include "autograd/base/arg.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::nn::detail {

/// Throws ValueError unless both are positive; `module` is what the message names.
void check_recurrent_sizes(const std::string& module, std::int64_t input_size, std::int64_t hidden_size);

/// Draws parameters uniformly from [-1/sqrt(hidden_size), 1/sqrt(hidden_size)], in their order.
void draw_recurrent_parameters(const TensorList& parameters, std::int64_t hidden_size);

/// The options that all recurrent layers and cells have; `Options` derives from it.
template <class Options>
struct RecurrentSizes {
  RecurrentSizes(std::int64_t input_size, std::int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  XGRAD_ARG_OF(Options, std::int64_t, input_size);   ///< features of the input
  XGRAD_ARG_OF(Options, std::int64_t, hidden_size);  ///< features of each state

 public:
  void validate(const std::string& module) const { check_recurrent_sizes(module, input_size_, hidden_size_); }
};

}  // namespace xgrad::nn::detail
