#include "data/tabular/series.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const xgrad::fuzz::MemoryFile file(data, size);
  try {
    const xgrad::data::Series series =
        xgrad::data::read_series(file.path(), {.missing_values = xgrad::data::MissingValues::Interpolate});
    xgrad::fuzz::touch(series.target);
    series.describe();
    if (series.season() < 1) std::abort();
    xgrad::data::to_iso_string(series.time_after(3));
  } catch (const xgrad::Error&) {
  }
  return 0;
}
