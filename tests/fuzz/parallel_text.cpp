#include "data/text/parallel_text.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const xgrad::fuzz::MemoryFile file(data, size);
  try {
    xgrad::data::ParallelTextReader reader(file.path());
    for (xgrad::data::TextPair pair; reader.next(pair);) {
      if (pair.source.empty() || pair.target.empty()) std::abort();
    }
  } catch (const xgrad::Error&) {
  }
  return 0;
}
