#include "data/tabular/csv.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const xgrad::fuzz::MemoryFile file(data, size);
  try {
    const xgrad::data::Table table = xgrad::data::read_csv(file.path());
    for (const std::string& column : table.columns()) xgrad::fuzz::touch(table.column(column));
  } catch (const xgrad::Error&) {
  }
  return 0;
}
