/// Ways to fill parameters. All work in place, outside the graph, and return the tensor. https://pytorch.org/docs/1.13/nn.init.html
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad::nn::init {

/// The nonlinearity whose gain is asked for.
enum class Nonlinearity { Linear, Sigmoid, Tanh, ReLU, LeakyReLU };
/// Whether variance is kept in the forward pass (FanIn) or the backward pass (FanOut).
enum class FanMode { FanIn, FanOut };

/// 1, 5/3 for tanh, sqrt(2) for relu, sqrt(2 / (1 + param^2)) for leaky relu.
double calculate_gain(Nonlinearity nonlinearity, double param = 0.01);

Tensor uniform_(Tensor tensor, double low = 0, double high = 1);
Tensor normal_(Tensor tensor, double mean = 0, double std = 1);
Tensor constant_(Tensor tensor, Scalar value);
Tensor zeros_(Tensor tensor);
Tensor ones_(Tensor tensor);
/// The identity matrix. Throws ShapeError unless the tensor is a matrix.
Tensor eye_(Tensor matrix);
/// Uniform on [-b, b], b = gain sqrt(6 / (fan_in + fan_out)). Glorot and Bengio, 2010.
Tensor xavier_uniform_(Tensor tensor, double gain = 1);
/// Normal, std = gain sqrt(2 / (fan_in + fan_out)).
Tensor xavier_normal_(Tensor tensor, double gain = 1);
/// Uniform on [-b, b], b = gain sqrt(3 / fan), with the gain of a leaky relu of slope `a` by default. He et al., 2015.
Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanMode mode = FanMode::FanIn,
                        Nonlinearity nonlinearity = Nonlinearity::LeakyReLU);
/// Normal, std = gain / sqrt(fan).
Tensor kaiming_normal_(Tensor tensor, double a = 0, FanMode mode = FanMode::FanIn,
                       Nonlinearity nonlinearity = Nonlinearity::LeakyReLU);

}  // namespace xgrad::nn::init
