/// All of libxgrad_distributed: training across processes and machines. Link with xgrad::distributed.
#pragma once

#include "distributed/collectives.h"
#include "distributed/init.h"
#include "distributed/launcher.h"
#include "distributed/parallel/data_parallel.h"
