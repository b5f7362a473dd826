#include <dlfcn.h>
#include <torch/torch.h>

namespace torch {
/// Under the name that it has elsewhere: values, inverse and counts.
inline auto unique(const Tensor& x) { return _unique2(x, true, true, true); }
}  // namespace torch

namespace api = torch;

#include "operations/main.h"

int main(int argc, char** argv) {
  return benchmarks::run_operations(argc, argv, [](int threads) {
    torch::set_num_threads(threads);
    if (void* found = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(found)(threads);
  });
}
