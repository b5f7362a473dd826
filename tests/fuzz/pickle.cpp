// The pickle alone: in an archive, checksums keep most of the changed ones away.
#include "autograd/base/check.h"
#include "autograd/io/tensors.h"
#include "autograd/io/unpickler.h"
#include "autograd/tensor/creation.h"

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = "pickle";
  const auto load_storage = [](const std::string& /*key*/, xgrad::Dtype dtype, std::int64_t elements) {
    xgrad::check<xgrad::FileError>(elements <= 1000, "a file of this size has fewer elements");
    return xgrad::zeros({elements}, dtype);
  };
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    xgrad::fuzz::touch(xgrad::named_tensors(xgrad::detail::unpickle(text, path, load_storage)));
  } catch (const xgrad::Error&) {
  }
  return 0;
}
