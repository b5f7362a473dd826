/// xgrad: automatic differentiation for sequence models on CPUs. The one header that users include.
#pragma once

#include "autograd/autograd.h"
