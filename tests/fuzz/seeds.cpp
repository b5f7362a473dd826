// Writes a small sound file of each format for the fuzzer to begin with: fuzz_seeds FOLDER makes FOLDER/FORMAT/seed.
#include <xgrad/xgrad.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "autograd/io/pickler.h"

using namespace xgrad;

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::filesystem::path folder = arguments[1];
  const auto seed = [&](const std::string& format, const std::string& name = "seed") {
    std::filesystem::create_directories(folder / format);
    return (folder / format / name).string();
  };
  const auto write = [](const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; };

  const Tensor matrix = arange(6, kFloat32).view({2, 3});
  const std::map<std::string, Tensor> tensors{{"w", matrix}, {"mask", tensor({true, false})}, {"half", ones({2}, kFloat16)}};
  save_safetensors(tensors, seed("safetensors"), {{"note", "text"}});
  const Value value = Value::Dict{{"model", Value::Dict{{"w", matrix}, {"t", matrix.t()}, {"b", tensor({true})}}},
                                  {"lr", 0.5},
                                  {"betas", Value::tuple({0.9, 0.999})},
                                  {"steps", Value::List{1, -1, 70000, std::int64_t{1} << 40, Value(), false}}};
  save_value(value, seed("pytorch"));
  write(seed("pickle"), detail::pickle(value).text);
  save_npy(matrix, seed("npy"));
  save_npz(tensors, seed("npz"));
  const data::WordVectors vectors(data::Vocab({"a", "word", "more"}), ones({3, 2}));
  vectors.save(seed("word2vec", "binary"), {.binary = true});
  vectors.save(seed("word2vec", "text"), {.binary = false});
  write(seed("csv"), "date,price,\"note\"\n2020-01-01,1.5,\"a \"\"b\"\"\nc\"\n2020-01-02,,x\r\n");
  write(seed("json_lines"), "{\"text\": \"na\u00efve\", \"n\": [1, -2.5e3, null, true]}\n\n[{}]\n");
  data::Vocab({"<pad>", "the", "na\u00efve"}, 0).save(seed("vocab"));
}
