#include <dlfcn.h>
#include <torch/torch.h>

namespace api = torch;

#include "support/frontend.h"

namespace {

/// libtorch leaves the threads of OpenBLAS alone, where it is the BLAS that libtorch runs with.
void set_threads(int threads) {
  torch::set_num_threads(threads);
  if (void* found = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(found)(threads);
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::run(argc, argv, {"libtorch", set_threads, benchmarks::training, benchmarks::streaming});
}
