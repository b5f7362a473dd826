/// The functions behind the modules, under libtorch's names and with its options.
/// https://pytorch.org/cppdocs/api/namespace_torch__nn__functional.html
#pragma once

#include "nn/functional/activation.h"
#include "nn/functional/attention.h"
#include "nn/functional/convolution.h"
#include "nn/functional/layers.h"
#include "nn/functional/loss.h"
#include "nn/functional/pooling.h"
