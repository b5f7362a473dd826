#include "data/text/labeled_text.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const xgrad::fuzz::MemoryFile file(data, size);
  try {
    const xgrad::data::LabeledTexts texts = xgrad::data::read_labeled_texts(file.path());
    for (const auto& example : texts.train) {
      if (example.label < 0 || example.label >= static_cast<std::int64_t>(texts.classes.size())) std::abort();
    }
  } catch (const xgrad::Error&) {
  }
  return 0;
}
