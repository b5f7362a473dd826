#include <xgrad/xgrad.h>

namespace api = xgrad;

#include "operations/main.h"

int main(int argc, char** argv) { return benchmarks::run_operations(argc, argv, xgrad::set_num_threads); }
