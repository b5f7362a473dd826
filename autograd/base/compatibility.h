/// Where libtorch's C++ frontend does otherwise than PyTorch in Python, whose ways are xgrad's.
#pragma once

namespace xgrad {

/// Whether the few things that libtorch does otherwise are done in its way, in the whole process: modules print and are
/// named `torch::nn::Linear(...)` and `NetImpl` instead of `Linear(...)` and `Net`; `nn::AdaptiveLogSoftmaxWithLoss` draws
/// the second layer of a cluster before the first; `optim::StepLR` decays one step later; and a tensor is printed with as
/// many digits as its positive numbers take. The CMake target xgrad::torch_compat asks for it.
void imitate_libtorch(bool enabled = true);
/// Whether they are.
bool imitates_libtorch() noexcept;

}  // namespace xgrad
