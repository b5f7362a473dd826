#include "autograd/io/npy.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const xgrad::fuzz::MemoryFile file(data, size);
  try {
    xgrad::fuzz::touch(xgrad::load_npz(file.path()));
  } catch (const xgrad::Error&) {
  }
  return 0;
}
