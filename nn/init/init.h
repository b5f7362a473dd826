/// Ways to fill parameters. All work in place, outside the graph, and return the tensor. From one seed they give PyTorch's
/// values. https://pytorch.org/docs/1.13/nn.init.html
#pragma once

#include <cstdint>
#include <utility>
#include <variant>

#include "autograd/tensor/tensor.h"
#include "nn/choices.h"

namespace xgrad::nn::init {

/// The nonlinearity whose gain is asked for: kLinear, kSigmoid, kTanh, kReLU, kLeakyReLU or kSELU.
using NonlinearityType = std::variant<kLinearType, kSigmoidType, kTanhType, kReLUType, kLeakyReLUType, kSELUType>;
/// Whether variance is kept in the forward pass (kFanIn) or the backward pass (kFanOut).
using FanModeType = std::variant<kFanInType, kFanOutType>;

/// 1; 5/3 for tanh, sqrt(2) for relu, sqrt(2 / (1 + param^2)) for leaky relu of slope `param`, 3/4 for selu.
double calculate_gain(NonlinearityType nonlinearity, double param = 0.01);
/// How many inputs and outputs a weight (out, in, ...) connects. Throws ShapeError below 2 dimensions, as do all functions
/// below that need them.
std::pair<std::int64_t, std::int64_t> calculate_fan_in_and_fan_out(const Tensor& tensor);

/// Uniform on [low, high).
Tensor uniform_(Tensor tensor, double low = 0, double high = 1);
/// Normal. Throws ValueError for a negative std.
Tensor normal_(Tensor tensor, double mean = 0, double std = 1);
/// One value everywhere.
Tensor constant_(Tensor tensor, Scalar value);
/// 0 everywhere.
Tensor zeros_(Tensor tensor);
/// 1 everywhere.
Tensor ones_(Tensor tensor);
/// The identity matrix. Throws ShapeError unless the tensor is a matrix.
Tensor eye_(Tensor matrix);
/// The identity of a convolution (out, in, kernel...): 1 in the kernel's middle where out and in agree, 0 elsewhere. Throws
/// ShapeError unless the tensor has 3 to 5 dimensions. https://pytorch.org/docs/1.13/nn.init.html#torch.nn.init.dirac_
Tensor dirac_(Tensor tensor);
/// Uniform on [-b, b], b = gain sqrt(6 / (fan_in + fan_out)). Glorot and Bengio, 2010.
Tensor xavier_uniform_(Tensor tensor, double gain = 1);
/// Normal, std = gain sqrt(2 / (fan_in + fan_out)).
Tensor xavier_normal_(Tensor tensor, double gain = 1);
/// Uniform on [-b, b], b = gain sqrt(3 / fan), with the gain of a leaky relu of slope `a` by default. He et al., 2015.
Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanModeType mode = kFanIn, NonlinearityType nonlinearity = kLeakyReLU);
/// Normal, std = gain / sqrt(fan).
Tensor kaiming_normal_(Tensor tensor, double a = 0, FanModeType mode = kFanIn, NonlinearityType nonlinearity = kLeakyReLU);
/// gain times a matrix (the first dimension by the rest) with orthonormal rows or columns, whichever are fewer: the Q of a
/// random matrix's decomposition. Saxe et al., 2014, https://arxiv.org/abs/1312.6120
Tensor orthogonal_(Tensor tensor, double gain = 1);
/// Normal, but in each column the fraction `sparsity` of the elements, rounded up, is 0. Throws ShapeError unless the tensor
/// is a matrix, ValueError for a sparsity outside [0, 1]. Martens, 2010.
Tensor sparse_(Tensor matrix, double sparsity, double std = 0.01);

}  // namespace xgrad::nn::init
