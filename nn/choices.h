/// Names for choices among options, as libtorch spells them: `RNNOptions(3, 4).nonlinearity(kReLU)`.
/// https://pytorch.org/cppdocs/api/file_torch_csrc_api_include_torch_enum.h.html
#pragma once

namespace xgrad {

inline constexpr struct kLinearType { static constexpr const char* name = "kLinear"; } kLinear;     ///< no nonlinearity
inline constexpr struct kSigmoidType { static constexpr const char* name = "kSigmoid"; } kSigmoid;  ///< xgrad::sigmoid
inline constexpr struct kTanhType { static constexpr const char* name = "kTanh"; } kTanh;           ///< xgrad::tanh
inline constexpr struct kReLUType { static constexpr const char* name = "kReLU"; } kReLU;           ///< xgrad::relu
inline constexpr struct kLeakyReLUType {
  static constexpr const char* name = "kLeakyReLU";
} kLeakyReLU;                                                                              ///< xgrad::leaky_relu
inline constexpr struct kSELUType { static constexpr const char* name = "kSELU"; } kSELU;  ///< xgrad::selu
inline constexpr struct kFanInType {
  static constexpr const char* name = "kFanIn";
} kFanIn;  ///< variance is kept in the forward pass
inline constexpr struct kFanOutType {
  static constexpr const char* name = "kFanOut";
} kFanOut;  ///< variance is kept in the backward pass
inline constexpr struct kMaxType { static constexpr const char* name = "kMax"; } kMax;  ///< the largest
inline constexpr struct kBatchMeanType {
  static constexpr const char* name = "kBatchMean";
} kBatchMean;  ///< the sum divided by the size of the batch

inline constexpr struct kConstantType {
  static constexpr const char* name = "kConstant";
} kConstant;  ///< padding with one value
inline constexpr struct kReflectType { static constexpr const char* name = "kReflect"; } kReflect;  ///< padding by mirroring
inline constexpr struct kReplicateType {
  static constexpr const char* name = "kReplicate";
} kReplicate;  ///< padding with the first and last element
inline constexpr struct kCircularType {
  static constexpr const char* name = "kCircular";
} kCircular;  ///< padding from the other end

inline constexpr struct kZerosType { static constexpr const char* name = "kZeros"; } kZeros;  ///< padding with zeros
inline constexpr struct kSameType {
  static constexpr const char* name = "kSame";
} kSame;  ///< padding so that the result is as long as the input
inline constexpr struct kValidType { static constexpr const char* name = "kValid"; } kValid;  ///< no padding
inline constexpr struct kGELUType { static constexpr const char* name = "kGELU"; } kGELU;     ///< xgrad::gelu

namespace nn {
using xgrad::kReLU;
using xgrad::kReLUType;
using xgrad::kTanh;
using xgrad::kTanhType;
}  // namespace nn

}  // namespace xgrad
