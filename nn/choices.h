/// Names for choices among options, as libtorch spells them: `RNNOptions(3, 4).nonlinearity(kReLU)`.
/// https://pytorch.org/cppdocs/api/file_torch_csrc_api_include_torch_enum.h.html
#pragma once

#include <variant>

namespace xgrad {

inline constexpr struct kLinearType {
} kLinear;  ///< no nonlinearity
inline constexpr struct kSigmoidType {
} kSigmoid;  ///< xgrad::sigmoid
inline constexpr struct kTanhType {
} kTanh;  ///< xgrad::tanh
inline constexpr struct kReLUType {
} kReLU;  ///< xgrad::relu
inline constexpr struct kLeakyReLUType {
} kLeakyReLU;  ///< xgrad::leaky_relu
inline constexpr struct kSELUType {
} kSELU;  ///< xgrad::selu
inline constexpr struct kFanInType {
} kFanIn;  ///< variance is kept in the forward pass
inline constexpr struct kFanOutType {
} kFanOut;  ///< variance is kept in the backward pass
inline constexpr struct kMaxType {
} kMax;  ///< the largest
inline constexpr struct kBatchMeanType {
} kBatchMean;  ///< the sum divided by the size of the batch

inline constexpr struct kConstantType {
} kConstant;  ///< padding with one value
inline constexpr struct kReflectType {
} kReflect;  ///< padding by mirroring
inline constexpr struct kReplicateType {
} kReplicate;  ///< padding with the first and last element
inline constexpr struct kCircularType {
} kCircular;  ///< padding from the other end

inline constexpr struct kZerosType {
} kZeros;  ///< padding with zeros
inline constexpr struct kSameType {
} kSame;  ///< padding so that the result is as long as the input
inline constexpr struct kValidType {
} kValid;  ///< no padding

namespace nn {
using xgrad::kReLU;
using xgrad::kReLUType;
using xgrad::kTanh;
using xgrad::kTanhType;
}  // namespace nn

}  // namespace xgrad
