/// Activations beyond those of ops/pointwise.h, of floating-point tensors (TypeError). Results keep the dtype, and are
/// within 4 units in the last place over the whole range unless said otherwise, like gradients away from where they are 0
/// (tests/autograd/ops/precision_test.cpp).
/// https://pytorch.org/docs/1.13/nn.functional.html#non-linear-activation-functions
#pragma once

#include <string_view>

#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// scale * elu(x, alpha) with alpha = 1.6732..., scale = 1.0507...: keeps mean 0 and variance 1 from layer to layer.
/// Klambauer et al., 2017, https://arxiv.org/abs/1706.02515
Tensor selu(const Tensor& x);
/// x where x > 0, else alpha * (e^(x / alpha) - 1). Throws ValueError for alpha 0. Barron, https://arxiv.org/abs/1704.07483
Tensor celu(const Tensor& x, double alpha = 1);
/// gelu by its approximation 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). The gradient is within
/// 10 units in the last place, near where it is 0 of those of 0.1.
Tensor gelu_tanh(const Tensor& x);
/// gelu by that approximation where it is "tanh", else ("none") exactly. Throws ValueError for other words.
Tensor gelu(const Tensor& x, std::string_view approximate);
/// 0 within [-lambda, lambda], else x
Tensor hardshrink(const Tensor& x, double lambda = 0.5);
/// 0 within [-lambda, lambda], else x moved towards 0 by lambda. Throws ValueError for a negative lambda.
Tensor softshrink(const Tensor& x, double lambda = 0.5);
/// x - tanh(x), which is x^3 / 3 near 0; the gradient, tanh^2(x), is within 6 units in the last place
Tensor tanhshrink(const Tensor& x);
/// x / (1 + |x|)
Tensor softsign(const Tensor& x);
/// x * tanh(log(1 + e^x)); where e^x is below the smallest normal number, within |x| times the smallest denormal one. The
/// gradient is within 16 units in the last place, near where it is 0 of those of 0.1. Misra,
/// https://arxiv.org/abs/1908.08681
Tensor mish(const Tensor& x);
/// x limited to [0, 6]
Tensor relu6(const Tensor& x);
/// 0 below -3, 1 above 3, and x / 6 + 1 / 2 between. https://pytorch.org/docs/1.13/generated/torch.nn.Hardsigmoid.html
Tensor hardsigmoid(const Tensor& x);
/// x hardsigmoid(x). https://pytorch.org/docs/1.13/generated/torch.nn.Hardswish.html
Tensor hardswish(const Tensor& x);
/// x where x > threshold, else value
Tensor threshold(const Tensor& x, double threshold, double value);
/// x where x > 0, else weight * x: one weight for all, or one for each channel (dimension 1; a vector has one channel).
/// Throws ShapeError for another number of weights. He et al., 2015, https://arxiv.org/abs/1502.01852
Tensor prelu(const Tensor& x, const Tensor& weight);
/// leaky_relu with a slope drawn uniformly from [lower, upper) for each x <= 0 while training, else (lower + upper) / 2.
/// Throws ValueError unless lower <= upper. Xu et al., https://arxiv.org/abs/1505.00853
Tensor rrelu(const Tensor& x, double lower = 1.0 / 8, double upper = 1.0 / 3, OnlyBool training = false,
             std::optional<Generator> generator = std::nullopt);
/// a * sigmoid(b) for the two halves of x along `dim`. Throws ShapeError where its size is odd. Dauphin et al., 2017,
/// https://arxiv.org/abs/1612.08083
Tensor glu(const Tensor& x, OnlyInt dim = -1);
/// softmax(-x)
Tensor softmin(const Tensor& x, OnlyInt dim);
/// dropout that keeps mean and variance of selu's outputs: dropped elements get its lowest value. Throws ValueError for p
/// outside [0, 1]. Klambauer et al., 2017, https://arxiv.org/abs/1706.02515
Tensor alpha_dropout(const Tensor& x, OnlyReal p = 0.5, OnlyBool training = false);

/// A bool first and a number after it are the wrong way round.

}  // namespace xgrad
