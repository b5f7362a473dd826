/// All of libxgrad_distributed: training across processes and machines. Link with xgrad::distributed.
#pragma once

#include "distributed/batch_order.h"
#include "distributed/checkpoint.h"
#include "distributed/collectives.h"
#include "distributed/init.h"
#include "distributed/launcher.h"
#include "distributed/loader.h"
#include "distributed/parallel/data_parallel.h"
#include "distributed/parallel/sharded_embedding.h"
#include "distributed/parallel/zero.h"
