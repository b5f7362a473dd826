// Damaged files of the formats that are archives or have headers of their own: cut at every byte, and with a bit flipped in
// every byte.
#include <gtest/gtest.h>

#include <functional>

#include "autograd/autograd.h"
#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

struct Format {
  const char* name;
  std::function<void(const std::string& path)> save;
  std::function<std::size_t(const std::string& path)> load;  ///< the bytes of what was read
};

std::size_t bytes_of(const std::map<std::string, Tensor>& tensors) {
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : tensors) bytes += tensor.nbytes();
  return bytes;
}

std::map<std::string, Tensor> stored_tensors() {
  return {{"weight", arange(6, kFloat32).view({2, 3})}, {"mask", tensor({true, false})}, {"steps", tensor({7})}};
}

const Format formats[] = {
    {"pytorch",
     [](const std::string& path) {
       save_value(Value::Dict{{"model",
                               Value::Dict{{"w", stored_tensors().at("weight")}, {"t", stored_tensors().at("weight").t()}}},
                              {"groups", Value::List{Value::Dict{{"lr", 0.1}, {"betas", Value::tuple({1, -70000})}}}}},
                  path);
     },
     [](const std::string& path) { return bytes_of(named_tensors(load_value(path))); }},
    {"libtorch",
     [](const std::string& path) {
       std::filesystem::copy_file(XGRAD_GOLDEN_DIR "/libtorch/values.pt", path,
                                  std::filesystem::copy_options::overwrite_existing);
     },
     [](const std::string& path) { return bytes_of(named_tensors(load_value(path))); }},
    {"npz", [](const std::string& path) { save_npz(stored_tensors(), path); },
     [](const std::string& path) { return bytes_of(load_npz(path)); }},
    {"npy", [](const std::string& path) { save_npy(stored_tensors().at("weight"), path); },
     [](const std::string& path) { return load_npy(path).nbytes(); }},
};

class DamageTest : public TemporaryFolder, public testing::WithParamInterface<Format> {
 protected:
  std::string saved() const {
    GetParam().save(path("file"));
    return read_text(path("file"));
  }
  /// False where the file is refused.
  bool reads(const std::string& content, std::size_t most_bytes) const {
    write_text(path("damaged"), content);
    try {
      EXPECT_LE(GetParam().load(path("damaged")), most_bytes);
      return true;
    } catch (const FileError& error) {
      EXPECT_NE(std::string(error.what()).find(path("damaged")), std::string::npos) << error.what();
    } catch (const ValueError&) {
      // Sound, but names are ambiguous.
    }
    return false;
  }
};

TEST_P(DamageTest, TruncationAtEveryByteIsRefused) {
  const std::string whole = saved();
  EXPECT_TRUE(reads(whole, whole.size()));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(reads(whole.substr(0, size), 0)) << size;
}

TEST_P(DamageTest, AFlippedBitInAnyByteIsRefusedOrGivesNoMoreThanTheFileHolds) {
  const std::string whole = saved();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    reads(flipped, 2 * whole.size());
  }
}

INSTANTIATE_TEST_SUITE_P(All, DamageTest, testing::ValuesIn(formats), [](const auto& format) { return format.param.name; });

}  // namespace
}  // namespace xgrad
