// Writes a small sound file of each format for the fuzzer to begin with: fuzz_seeds FOLDER makes FOLDER/FORMAT/seed.
#include <xgrad/xgrad.h>

#include <filesystem>
#include <fstream>
#include <sstream>

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
  // The first byte of an input says how the rest is to be read.
  for (const bool binary : {true, false}) {
    const std::string path = (folder / "vectors").string();
    vectors.save(path, {.binary = binary});
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    write(seed("word2vec", binary ? "binary" : "text"), (binary ? '\3' : '\2') + text.str());
    std::filesystem::remove(path);
  }
  write(seed("csv", "spaces"), "\x1f# a b\n 1 1,5 \n# x\n\"2\" -3\r\n\n3 0,25");
  write(seed("csv", "thousands"), "\x08x,y\n1 031,1\n987,2 000 300.5\n");
  write(seed("csv"),
        "\x20"
        "date,price,\"note\"\n2020-01-01,1.5,\"a \"\"b\"\"\nc\"\n2020-01-02,,x\r\n");
  write(seed("json_lines"), "{\"text\": \"na\u00efve\", \"n\": [1, -2.5e3, null, true]}\n\n[{}]\n");
  const std::string table = "Month;note\n1-49;\"a; b\"\n2-49;caf\xc3\xa9\n3-49;NaN\n";
  write(seed("csv_format"), table);
  // The same, as `gzip -n` writes it with all of it stored.
  write(seed("csv_format", "gzip"), std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\x01\x04\0\xfb\xff"
                                                "a,b\n",
                                                19));
  write(seed("csv_format", "spaces"), "# by hand\n# year sales\n2020 987\n2021 1,031\n");
  write(seed("csv_format", "thousands"), "a;b;c\n1.031,5;1 031;x\n987;1\u00a0031\u202f000;y\n");
  write(seed("labeled_text"), "label\ttext\nham\tsome words\nspam\twin now\n");
  write(seed("labeled_text", "json_lines"), "{\"text\": \"a b\", \"label\": 1}\n{\"text\": \"c d\", \"label\": \"x\"}\n");
  write(seed("labeled_text", "fast_text"), "__label__a __label__b text\n__label__b more\n");
  write(seed("tagged_text"), "# text\n1-2\tx\t_\t_\t_\t_\t_\t_\t_\t_\n1\tx\tx\tX\tX\t_\t0\troot\t_\t_\n");
  write(seed("tagged_text", "conll"), "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\n. . O O\n");
  write(seed("tagged_text", "word_tags"), "The/DT 1/2/CD\n\n./.\n");
  write(seed("parallel_text"), "Go.\tVa !\tCC-BY\n\nHi.\tSalut.\n");
  write(seed("tagged_text", "comments"), "# source\nBerlin B-LOC\n# O\n\n# id 2\n1 O\n");
  write(seed("tagged_text", "spaces"), "# text\n1 The the DET DT _ 2 det _ _\n2 dog dog NOUN NN _ 0 root _ _\n");
  write(seed("series", "spaces"), "# year sales\n1990 1,031\n1991 987\n1992 1,052\n");
  write(seed("series"), "day,x\n2020-01-31,1\n2020-02-29,\n2020-03-31T10:00:00+02:00,3\n");
  data::Vocab({"<pad>", "the", "na\u00efve"}, 0).save(seed("vocab"));
}
