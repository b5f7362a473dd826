/// Programs written for libtorch's C++ frontend, built against xgrad: `torch::`, `at::` and `c10::` mean `xgrad::`.
///
/// Link to xgrad::torch_compat, which puts this folder on the include path. What libtorch has and xgrad has not (other
/// devices than the CPU, convolution, TorchScript, quantisation, sparse tensors) does not compile, and says why.
#pragma once

/// `torch` is another spelling of `xgrad`, and no alias: so a program can reopen `namespace torch`, declare its classes
/// anew, specialise its templates and add functions that argument-dependent look-up finds. The CMake target defines it for
/// whole files, because headers may declare classes of `torch` before they include anything.
#ifndef torch
#define torch xgrad
#endif

#include <xgrad/xgrad.h>

// Programs rely on what libtorch's headers bring along.
#include <bitset>
#include <cassert>
#include <cinttypes>
#include <cmath>
#include <complex>
#include <cstring>
#include <deque>
#include <forward_list>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <list>
#include <optional>
#include <queue>
#include <random>
#include <shared_mutex>
#include <stack>
#include <thread>
#include <unordered_set>

#include "torch/dispatch.h"
#include "torch/ivalue.h"
#include "torch/macros.h"
#include "torch/unsupported.h"
#include "torch/utilities.h"

/// Namespaces of their own that a program may reopen, with all that is in xgrad.
/// @{
namespace at {
using namespace xgrad;
}
namespace c10 {
using namespace xgrad;
using xgrad::guts::to_string;
}  // namespace c10
namespace caffe2 {
using xgrad::TypeMeta;
}
/// @}
