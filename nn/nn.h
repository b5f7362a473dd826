/// Everything of nn/ that users include.
#pragma once

#include "nn/functional/functional.h"
#include "nn/init/init.h"
#include "nn/module.h"
#include "nn/modules/activation.h"
#include "nn/modules/attention.h"
#include "nn/modules/embedding.h"
#include "nn/modules/linear.h"
#include "nn/modules/loss.h"
#include "nn/modules/multihead_attention.h"
#include "nn/modules/rnn.h"
#include "nn/modules/rnn_cell.h"
#include "nn/modules/sequential.h"
#include "nn/state_dict.h"
#include "nn/utils/clip_grad.h"
#include "nn/utils/rnn.h"
