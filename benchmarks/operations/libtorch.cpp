#include <dlfcn.h>
#include <torch/torch.h>

namespace torch {
/// Under the names that they have elsewhere.
/// @{
inline auto unique(const Tensor& x) { return _unique2(x, true, true, true); }
inline Tensor standard_gamma(const Tensor& concentration) { return _standard_gamma(concentration); }
inline Tensor sample_dirichlet(const Tensor& concentration) { return _sample_dirichlet(concentration); }
/// @}
}  // namespace torch

namespace api = torch;

#include "operations/main.h"

int main(int argc, char** argv) {
  return benchmarks::run_operations(argc, argv, [](int threads) {
    torch::set_num_threads(threads);
    if (void* found = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(found)(threads);
  });
}
