#include <dlfcn.h>
#include <torch/torch.h>

namespace api = torch;

#include "operations/main.h"

int main(int argc, char** argv) {
  return benchmarks::run_operations(argc, argv, [](int threads) {
    torch::set_num_threads(threads);
    if (void* found = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(found)(threads);
  });
}
