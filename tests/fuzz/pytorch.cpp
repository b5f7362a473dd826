#include "autograd/io/pytorch.h"
#include "autograd/io/tensors.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const xgrad::fuzz::MemoryFile file(data, size);
  try {
    xgrad::fuzz::touch(xgrad::named_tensors(xgrad::load_value(file.path())));
  } catch (const xgrad::Error&) {
  }
  return 0;
}
