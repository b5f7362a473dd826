/// Options of everything that reads tensors from files.
#pragma once

namespace xgrad {

/// How tensors are read, for designated initialisers: `load_tensors(path, {.widen = true})`.
struct LoadOptions {
  bool widen = false;  ///< float16 and bfloat16 become float32, in which operations compute
};

}  // namespace xgrad
