#include <xgrad/xgrad.h>

namespace api = xgrad;

#include "support/frontend.h"

int main(int argc, char** argv) {
  return benchmarks::run(argc, argv, {"xgrad", xgrad::set_num_threads, benchmarks::training, benchmarks::streaming});
}
