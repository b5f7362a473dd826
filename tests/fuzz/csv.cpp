#include "data/tabular/csv.h"

#include "tests/fuzz/input.h"

/// The first byte says how the rest is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xgrad::data;
  if (size == 0) return 0;
  const xgrad::fuzz::MemoryFile file(data + 1, size - 1);
  const CsvOptions options{.delimiter = (data[0] & 1U) != 0 ? ' ' : ',',
                           .header = (data[0] & 2U) == 0,
                           .decimal_comma = (data[0] & 4U) != 0,
                           .thousands = (data[0] & 8U) != 0 ? ' ' : '\0',
                           .comments = (data[0] & 16U) != 0,
                           .ragged_rows = (data[0] & 32U) != 0 ? RaggedRows::Fill : RaggedRows::PassOver};
  try {
    const Table table = read_csv(file.path(), options);
    const CsvDataset rows(file.path(), options);
    // Rows that are found again are those that were read.
    for (std::size_t i = 0; i < table.rows(); ++i) {
      const CsvRow row = rows.get(i);
      for (std::size_t k = 0; k < row.size(); ++k) {
        if (row.text(k) != table.text(table.columns()[k])[i]) std::abort();
      }
    }
    for (const std::string& column : table.columns()) xgrad::fuzz::touch(table.column(column));
  } catch (const xgrad::Error&) {
  }
  return 0;
}
