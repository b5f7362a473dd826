#include "data/text/word_vectors.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const xgrad::fuzz::MemoryFile file(data + 1, size - 1);
  try {
    const bool binary = (data[0] & 1U) != 0;
    const bool header = (data[0] & 2U) != 0;
    xgrad::fuzz::touch(xgrad::data::WordVectors::load(file.path(), {.binary = binary, .header = header}).vectors());
  } catch (const xgrad::Error&) {
  }
  return 0;
}
