#include "data/tabular/csv_format.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xgrad::data;
  const xgrad::fuzz::MemoryFile file(data, size);
  try {
    const CsvFormat format = detect_csv(file.path(), {.encoding = Encoding::Latin1, .ragged_rows = RaggedRows::Fill});
    format.describe();
    format.label_column();
    CsvReader reader(format.path, format.options);
    for (CsvRow row; reader.next(row);) {
      if (row.size() != format.columns.size()) std::abort();
    }
  } catch (const xgrad::Error&) {
  }
  return 0;
}
