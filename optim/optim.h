/// Everything of optim/ that users include.
#pragma once

#include "optim/adagrad.h"
#include "optim/adam.h"
#include "optim/lbfgs.h"
#include "optim/lr_scheduler/lr_scheduler.h"
#include "optim/lr_scheduler/one_cycle_lr.h"
#include "optim/lr_scheduler/reduce_lr_on_plateau.h"
#include "optim/lr_scheduler/sequential_lr.h"
#include "optim/optimizer.h"
#include "optim/rmsprop.h"
#include "optim/sgd.h"
#include "optim/sparse_adam.h"
