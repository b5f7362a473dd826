#include "data/text/tagged_text.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const xgrad::fuzz::MemoryFile file(data, size);
  try {
    xgrad::data::TaggedTextReader reader(file.path());
    for (xgrad::data::TaggedSentence sentence; reader.next(sentence);) {
      if (sentence.words.size() != sentence.tags.size()) std::abort();
    }
  } catch (const xgrad::Error&) {
  }
  return 0;
}
