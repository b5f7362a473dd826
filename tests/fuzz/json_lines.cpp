#include "data/tabular/json_lines.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const xgrad::fuzz::MemoryFile file(data, size);
  try {
    xgrad::data::JsonLinesReader reader(file.path());
    for (xgrad::Value record; reader.next(record);) xgrad::to_string(record);
  } catch (const xgrad::Error&) {
  }
  return 0;
}
