/// Everything of optim/ that users include.
#pragma once

#include "optim/adam.h"
#include "optim/lr_scheduler/lr_scheduler.h"
#include "optim/optimizer.h"
#include "optim/sgd.h"
