/// xgrad: automatic differentiation for sequence models on CPUs. The one header that users include.
#pragma once

#include "autograd/autograd.h"
#include "data/data.h"
#include "distributions/distributions.h"
#include "metrics/metrics.h"
#include "nn/nn.h"
#include "optim/optim.h"
// Programs written for libtorch may well have a Checkpoint of their own.
#ifndef torch
#include "xgrad/checkpoint.h"
#endif
