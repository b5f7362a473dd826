#include "autograd/io/pytorch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "autograd/autograd.h"
#include "autograd/io/zip_archive.h"
#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::string text(const std::string& word) {
  const auto length = static_cast<std::uint32_t>(word.size());
  return "X" + std::string(reinterpret_cast<const char*>(&length), 4) + word;
}

/// The pickle of a storage: ('storage', torch.FloatStorage, key, 'cpu', elements).
std::string storage(const std::string& key, char elements) {
  return "(" + text("storage") + "ctorch\nFloatStorage\n" + text(key) + text("cpu") + "K" + elements + "tQ";
}

std::string number(std::int64_t value) { return "\x8a\x08" + std::string(reinterpret_cast<const char*>(&value), 8); }

/// The pickle of a float32 tensor over storage "0".
std::string tensor_of(const std::string& offset, const std::string& sizes, const std::string& strides, char elements = 4,
                      const std::string& marks = "") {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage("0", elements) + offset + "(" + sizes + "t(" + strides + "t\x89}" +
         marks + "tR";
}

class PytorchFileTest : public TemporaryFolder {
 protected:
  /// A file of the given pickle, without protocol and end, and a storage "0" of four numbers.
  std::string file_of(const std::string& pickle, const std::string& memory = std::string(16, '\0')) const {
    detail::ZipWriter archive(path("made.pt"));
    archive.add("archive/data.pkl", "\x80\x02" + pickle + ".");
    archive.add("archive/data/0", memory);
    archive.add("archive/version", "3\n");
    archive.commit();
    return path("made.pt");
  }

  void expect_refused(const std::string& pickle, const std::string& reason) const {
    const std::string file = file_of(pickle);
    EXPECT_THAT([&] { load_value(file); }, ThrowsMessage<FileError>(AllOf(HasSubstr(file), HasSubstr(reason))));
  }

  Value round_trip(const Value& value) const {
    save_value(value, path("value.pt"));
    return load_value(path("value.pt"));
  }
};

TEST_F(PytorchFileTest, ValuesOfEveryKindComeBack) {
  const Value value = Value::Dict{
      {"none", Value()},
      {"bools", Value::tuple({true, false})},
      {"integers", Value::List{0, 255, 256, -1, 65536, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::min()}},
      {"reals", Value::List{0.5, -1e300, std::numeric_limits<double>::infinity()}},
      {"text", "naïve 言葉"},
      {"empty", Value::List{Value::List{}, Value::tuple({}), Value::Dict{}, ""}},
      {7, Value::Dict{{-1, "minus one"}}},
      {"nested", Value::List{Value::Dict{{"a", Value::List{1, "b"}}}}}};
  EXPECT_EQ(round_trip(value), value);
  EXPECT_EQ(round_trip(5), Value(5));
}

TEST_F(PytorchFileTest, TensorsOfEveryDtypeAndShapeComeBack) {
  Value::Dict value;
  for (const Dtype dtype : {kBool, kUInt8, kInt8, kInt16, kInt32, kInt64, kFloat16, kBFloat16, kFloat32, kFloat64}) {
    value[to_string(dtype)] = tensor({{1, 0, 1}, {0, 1, 1}}).to(dtype);
    value[to_string(dtype) + " scalar"] = scalar_tensor(1).to(dtype);
    value[to_string(dtype) + " empty"] = zeros({2, 0, 3}).to(dtype);
  }
  EXPECT_EQ(round_trip(value), Value(value));
}

TEST_F(PytorchFileTest, HalfPrecisionIsWidenedOnRequest) {
  const Tensor numbers = tensor({1.5, -0.25, 65504.0});
  save_value(Value::Dict{{"half", numbers.to(kFloat16)}, {"brain", numbers.to(kBFloat16)}, {"int", ones({2}, kInt32)}},
             path("half.pt"));
  const Value widened = load_value(path("half.pt"), {.widen = true});
  EXPECT_EQ(widened.at("half"), Value(numbers));
  EXPECT_EQ(widened.at("brain").to_tensor().dtype(), kFloat32);
  EXPECT_EQ(widened.at("int").to_tensor().dtype(), kInt32);
}

TEST_F(PytorchFileTest, SharedMemoryAndStridesComeBack) {
  const Tensor matrix = arange(12, kFloat32).view({3, 4});
  const Value value = round_trip(Value::List{matrix, matrix.t(), matrix.select(1, 2), matrix.slice(0, 1)});
  const Tensor whole = value.at(0).to_tensor();
  EXPECT_EQ(value.at(1).to_tensor().strides(), IntArrayRef({1, 4}));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(value.at(i).to_tensor().impl()->storage.get(), whole.impl()->storage.get());
  Tensor(whole).fill_(7);
  EXPECT_TRUE(value.at(2).to_tensor().equal(full({3}, 7.0)));
}

TEST_F(PytorchFileTest, APartOfALargeTensorTakesItsOwnSizeOnly) {
  const Tensor large = randn({1000, 1000});
  save_value(Value::List{large.select(0, 3)}, path("row.pt"));
  save_value(Value::List{large.select(1, 3)}, path("column.pt"));
  save_value(Value::List{large.slice(0, 10, 12), large.slice(0, 11, 13)}, path("rows.pt"));
  EXPECT_LT(std::filesystem::file_size(path("row.pt")), 5000U);
  EXPECT_LT(std::filesystem::file_size(path("column.pt")), 5000U);
  EXPECT_LT(std::filesystem::file_size(path("rows.pt")), 13'000U);
  EXPECT_TRUE(load_value(path("row.pt")).at(0).to_tensor().equal(large.select(0, 3)));
  EXPECT_TRUE(load_value(path("column.pt")).at(0).to_tensor().equal(large.select(1, 3)));
  EXPECT_TRUE(load_value(path("rows.pt")).at(1).to_tensor().equal(large.slice(0, 11, 13)));
}

TEST_F(PytorchFileTest, EqualValuesGiveEqualBytes) {
  const auto state = [] { return Value::Dict{{"b", arange(5)}, {"a", ones({2, 2})}, {"c", arange(3, kFloat64)}}; };
  save_value(state(), path("first"));
  save_value(state(), path("second"));
  EXPECT_EQ(read_text(path("first")), read_text(path("second")));
}

TEST_F(PytorchFileTest, MappedTensorsLieInTheFileItself) {
  const Tensor numbers = arange(1000, kFloat32);
  save_tensors({{"flag", tensor({true})}, {"numbers", numbers}, {"none", zeros({0})}}, path("model.pt"));
  const auto mapped = [&](const char* name) {
    serialize::InputArchive archive;
    archive.map_from(path(name));
    return named_tensors(archive.entries());
  };
  std::map<std::string, Tensor> tensors = mapped("model.pt");
  EXPECT_TRUE(tensors.at("numbers").equal(numbers));
  EXPECT_EQ(tensors.at("none").numel(), 0);
  for (const char* name : {"flag", "numbers"}) {
    EXPECT_TRUE(tensors.at(name).impl()->storage->wraps()) << name;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensors.at(name).data_ptr()) % 64, 0U) << name;
  }
  // What is written stays with the reader.
  tensors.at("numbers").fill_(7);
  EXPECT_TRUE(mapped("model.pt").at("numbers").equal(numbers));

  std::string bytes = read_text(path("model.pt"));
  const std::size_t place = bytes.find(std::string(static_cast<const char*>(numbers.data_ptr()) + 400, 100));
  ASSERT_NE(place, std::string::npos);
  bytes[place] ^= 1;
  write_text(path("damaged.pt"), bytes);
  EXPECT_THAT([&] { mapped("damaged.pt"); }, ThrowsMessage<FileError>(HasSubstr("checksum is wrong")));
}

TEST_F(PytorchFileTest, WhatCannotBeSavedLeavesTheOldFile) {
  save_value(1, path("file"));
  const std::string old = read_text(path("file"));
  EXPECT_THAT([&] { save_value(Value::List{Tensor()}, path("file")); }, ThrowsMessage<ValueError>(HasSubstr("undefined")));
  EXPECT_THAT([&] { save_value("\xff", path("file")); }, ThrowsMessage<ValueError>(HasSubstr("UTF-8")));
  EXPECT_THAT([&] { save_value(1, path("no/such/folder")); }, ThrowsMessage<FileError>(HasSubstr("no/such/folder")));
  EXPECT_EQ(read_text(path("file")), old);
  EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_F(PytorchFileTest, StateDictsWithMetadataAndParametersAreRead) {
  const std::string ordered = "ccollections\nOrderedDict\n)R";
  const std::string tensor = tensor_of("K\x01", "K\x03", "K\x01");
  const std::string parameter = "ctorch._utils\n_rebuild_parameter\n(" + tensor + "\x88}tR";
  const std::string size = "ctorch\nSize\n(K\x02K\x03t\x85R";
  const Value value = load_value(
      file_of(ordered + "(" + text("w") + parameter + text("size") + size + "u}" + text("_metadata") + ordered + "sb"));
  EXPECT_EQ(value.at("w").to_tensor().sizes(), IntArrayRef({3}));
  EXPECT_EQ(value.at("w").to_tensor().storage_offset(), 1);
  EXPECT_EQ(value.at("size"), Value::tuple({2, 3}));
}

TEST_F(PytorchFileTest, ArchivesOfLibtorchAreDictionaries) {
  const std::string begin = "c__torch__\nModule\n)\x81}(";
  const std::string inner = "c__torch__.___torch_mangle_0\nModule\n)\x81}(" + text("x") + "K\x02ub";
  const Value value = load_value(file_of(begin + text("a") + "K\x01" + text("b") + inner + "ub"));
  EXPECT_EQ(value, Value(Value::Dict{{"a", 1}, {"b", Value::Dict{{"x", 2}}}}));

  expect_refused("c__torch__\nNet\n)\x81}b", "of a TorchScript model; save the state_dict()");
  expect_refused("c__torch__.torch.nn.modules.linear\nLinear\n)\x81}b", "of a TorchScript model");
  expect_refused("c__torch__\nModule\n)R", "made, not called");
  expect_refused("c__torch__\nModule\n(K\x01t\x81", "an archive without arguments");
  expect_refused(")\x81", "the stack is empty");
  expect_refused("c__torch__\nModule\n", "a function or a storage");
  expect_refused(
      "c__torch__\nModule\n)\x81K\x7f"
      "b",
      "a dictionary of attributes");
  const std::string within_itself = std::string("c__torch__\nModule\n)\x81q\x01}(") + text("a") + "h\x01ub";
  expect_refused(within_itself, "nested more than 100 deep");
}

TEST_F(PytorchFileTest, CodeIsRefusedByName) {
  expect_refused("cos\nsystem\n(" + text("echo") + "tR", "\"os system\" is refused");
  expect_refused("c__builtin__\neval\n(" + text("1") + "tR", "\"__builtin__ eval\" is refused");
  expect_refused("ctorch.nn.modules.linear\nLinear\n)\x81", "\"torch.nn.modules.linear Linear\" is refused");
  expect_refused("ctorch\nload\n)R", "\"torch load\" is refused");
  expect_refused("ctorch\nComplexFloatStorage\n", "a dtype that is not supported");
  expect_refused("cFloatStorage\n\n", "is refused");
  expect_refused("ccollections\nOrderedDict\n)\x81", "expected the class of an archive");
  expect_refused("(ios\nsystem\n", "instruction 0x69");  // INST
  expect_refused("\x93", "instruction 0x93");            // STACK_GLOBAL
  expect_refused("\x82\x01", "instruction 0x82");        // EXT1
  expect_refused("P0\n", "instruction 0x50");            // PERSID
}

TEST_F(PytorchFileTest, CallsAndBuildsWithOtherArgumentsAreRefused) {
  expect_refused("K\x01)R", "something that can be called");
  expect_refused("ctorch\nFloatStorage\n)R", "something that can be called");
  expect_refused("ccollections\nOrderedDict\n(K\x01tR", "OrderedDict without arguments");
  expect_refused("}}b", "expected an OrderedDict");
  expect_refused(
      "ccollections\nOrderedDict\n)RK\x01"
      "b",
      "a dictionary of attributes");
  expect_refused("ctorch._utils\n_rebuild_tensor_v2\n)R", "storage, offset, sizes and strides");
  expect_refused("ctorch._utils\n_rebuild_parameter\n(K\x01tR", "the tensor of a parameter");
  expect_refused("ccollections\nOrderedDict\n", "a function or a storage");
  expect_refused(storage("0", 4), "a function or a storage");
  expect_refused("K\x01Q", "the tuple that names a storage");
  expect_refused("(" + text("module") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + "K\x04tQ", "names a storage");
}

TEST_F(PytorchFileTest, CountersThatCopyADictionaryOverAndOverAreRefused) {
  std::string pickle = "}q\1(";
  for (int i = 0; i < 200; ++i) pickle += "K" + std::string(1, static_cast<char>(i)) + "K\1";
  pickle += "u";
  for (int i = 0; i < 1000; ++i) pickle += "ccollections\nCounter\n(h\1tR";
  expect_refused(pickle, "uses its objects too often");
}

TEST_F(PytorchFileTest, TensorsThatAreReadNegatedAreRefused) {
  const auto marked = [](const std::string& marks) { return tensor_of("K\x02", "K\x02", "K\x01", 4, marks); };
  EXPECT_TRUE(load_value(file_of(marked("}"))).is_tensor());
  EXPECT_TRUE(load_value(file_of(marked("N"))).is_tensor());
  expect_refused(marked("}" + text("neg") + "\x88s"), "'neg'");
}

TEST_F(PytorchFileTest, TensorsBeyondTheirStorageAreRefused) {
  EXPECT_TRUE(load_value(file_of(tensor_of("K\x02", "K\x02", "K\x01"))).is_tensor());
  const std::string huge = number(std::int64_t{1} << 62);
  for (const auto& [offset, sizes, strides] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"K\x03", "K\x02", "K\x01"},
           {"K\x05", "", ""},
           {"J\xff\xff\xff\xff", "K\x02", "K\x01"},
           {std::string("K\0", 2), "K\x03", "K\x02"},
           {std::string("K\0", 2), number(-1), "K\x01"},
           {"K\x03", "K\x02", number(-1)},
           {std::string("K\0", 2), "K\x02", huge},
           {std::string("K\0", 2), huge + huge, "K\x01K\x01"},
           {std::string("K\0", 2), huge + std::string("K\0", 2), "K\x01K\x01"},
           {std::string("K\0", 2), "K\x02K\x02", "K\x01"}}) {
    expect_refused(tensor_of(offset, sizes, strides), "a tensor does not fit its storage");
  }
  expect_refused(tensor_of("K\x02", "K\x02", "K\x01", 5), "\"archive/data/0\" has 16 bytes, expected 5 elements of float32");
  expect_refused("(" + storage("0", 4) + storage("0", 3) + "t", "named twice");
  expect_refused(storage("1", 4), "there is no \"archive/data/1\"");
  expect_refused(storage("../data.pkl", 4), "there is no");
}

TEST_F(PytorchFileTest, BrokenPicklesAreRefused) {
  expect_refused("", "the stack is empty");
  expect_refused("t", "there is no mark");
  expect_refused("h\x01", "nothing was remembered");
  expect_refused("q\x01", "the stack is empty");
  expect_refused(
      "K\x01"
      "K\x02"
      "a",
      "expected a list");
  expect_refused(
      ")K\x02"
      "a",
      "expected a list");
  expect_refused("](K\x01u", "expected a dictionary");
  expect_refused("}(K\x01u", "a key has no value");
  expect_refused("}NNs", "a text or an integer as the key");
  expect_refused("X\xff\xff\xff\x7fxyz", "ends too early");
  expect_refused(
      "\x8a\x09"
      "123456789",
      "wider than 64 bits");
  expect_refused("\x80\x04", "protocol 2");
  detail::ZipWriter archive(path("cut.pt"));
  archive.add("archive/data.pkl", "\x80\x02(K\x01");
  archive.commit();
  EXPECT_THAT([&] { load_value(path("cut.pt")); }, ThrowsMessage<FileError>(HasSubstr("ends too early")));
}

TEST_F(PytorchFileTest, SmallPicklesCannotGrowWithoutBounds) {
  std::string deep(5000, ']');
  expect_refused(deep + std::string(4999, 'a'), "nested more than 100 deep");
  expect_refused(
      "]q\x01h\x01"
      "a",
      "nested more than 100 deep");  // a list that holds itself
  std::string doubling = "]";
  for (int i = 0; i < 50; ++i)
    doubling +=
        "q\x01]h\x01"
        "ah\x01"
        "a";
  expect_refused(doubling, "uses its objects too often");
  std::string texts = "](" + text(std::string(100'000, 'x')) + "q\x01";
  for (int i = 0; i < 100'000; ++i) texts += "h\x01";
  expect_refused(texts + "e", "uses its objects too often");
  std::string sizes = "(";
  for (int i = 0; i < 1000; ++i) sizes += "K\x01";
  expect_refused("ctorch\nSize\n" + sizes + "t\x85R", "more than 64 dimensions");
}

TEST_F(PytorchFileTest, OtherFilesAreNamedForWhatTheyAre) {
  const auto expect_message = [&](const std::string& content, const std::string& message) {
    write_text(path("other"), content);
    EXPECT_THAT([&] { load_value(path("other")); }, ThrowsMessage<FileError>(AllOf(HasSubstr("other"), HasSubstr(message))));
  };
  expect_message("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.rest", "torch.save(torch.load(path), path)");
  expect_message("", "not a file of torch.save");
  expect_message("hello, this is text", "not a file of torch.save");
  expect_message("PK\x03\x04 but no archive", "not a sound zip archive");
  EXPECT_THAT([&] { load_value(path("nothing")); }, ThrowsMessage<FileError>(HasSubstr("No such file")));
  EXPECT_THAT([&] { load_value(path("")); }, ThrowsMessage<FileError>(HasSubstr("not a regular file")));

  const auto expect_archive = [&](const std::vector<std::pair<std::string, std::string>>& entries,
                                  const std::string& message) {
    {
      detail::ZipWriter archive(path("other"));
      for (const auto& [name, content] : entries) archive.add(name, content);
      archive.commit();
    }
    EXPECT_THAT([&] { load_value(path("other")); }, ThrowsMessage<FileError>(HasSubstr(message)));
  };
  expect_archive({{"notes.txt", "hello"}}, "there is no data.pkl");
  expect_archive({{"m/data.pkl", "\x80\x02N."}, {"m/constants.pkl", ""}}, "a TorchScript model");
  expect_archive({{"m/data.pkl", "\x80\x02N."}, {"m/byteorder", "big"}}, "byte order \"big\"");
}

}  // namespace
}  // namespace xgrad
