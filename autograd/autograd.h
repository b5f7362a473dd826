/// Everything of autograd/ that users include: tensors, operations and the graph. (autograd/xtensor.h stays separate: it
/// brings in xtensor.)
#pragma once

#include "autograd/graph/engine.h"
#include "autograd/graph/function.h"
#include "autograd/graph/grad_mode.h"
#include "autograd/graph/gradcheck.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/parallel.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/error.h"
#include "autograd/tensor/random.h"
#include "autograd/tensor/tensor.h"
