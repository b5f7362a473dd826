#include "autograd/kernels/blas.h"

// Another BLAS has no such function.
extern "C" void openblas_set_num_threads(int threads) __attribute__((weak));

namespace xgrad::kernels {

void use_one_blas_thread() {
  [[maybe_unused]] static const bool done = [] {
    if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
    return true;
  }();
}

}  // namespace xgrad::kernels
