/// OpenBLAS, on the thread that calls it. For .cpp files of kernels.
#pragma once

#include <cblas.h>

#include <cstdint>

namespace xgrad::kernels {

/// Before anything of OpenBLAS: its own threads would fight with TBB's.
void use_one_blas_thread();

inline blasint to_blas(std::int64_t number) { return static_cast<blasint>(number); }

}  // namespace xgrad::kernels
