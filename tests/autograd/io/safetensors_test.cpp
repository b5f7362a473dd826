#include "autograd/io/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstring>
#include <limits>

#include "autograd/autograd.h"
#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class SafetensorsTest : public TemporaryFolder {
 protected:
  /// A file of the given header and data.
  std::string file_of(const std::string& header, const std::string& data = "") const {
    const std::uint64_t length = header.size();
    std::string text(8, '\0');
    std::memcpy(text.data(), &length, 8);
    write_text(path("made.safetensors"), text + header + data);
    return path("made.safetensors");
  }

  void expect_refused(const std::string& header, const std::string& data, const std::string& reason) const {
    const std::string file = file_of(header, data);
    EXPECT_THAT([&] { load_safetensors(file); }, ThrowsMessage<FileError>(AllOf(HasSubstr(file), HasSubstr(reason))))
        << header.substr(0, 200);
    EXPECT_THROW(load_safetensors_metadata(file), FileError) << header.substr(0, 200);
  }

  std::map<std::string, Tensor> mixed() const {
    return {{"float", tensor({{1.5, -2.0}, {0.1, 3e38}}, kFloat32)},
            {"double", tensor({0.1, -1e300, std::numeric_limits<double>::infinity()}, kFloat64)},
            {"long", tensor({std::numeric_limits<std::int64_t>::min(), std::int64_t{7}}, kInt64)},
            {"bool", tensor({true, false, true})},
            {"half", tensor({1.5, 65504.0}, kFloat64).to(kFloat16)},
            {"brain", tensor({1.5, -3.0}, kFloat64).to(kBFloat16)},
            {"int", tensor({1, -2000000000}).to(kInt32)},
            {"short", tensor({1, -30000}).to(kInt16)},
            {"char", tensor({1, -128}).to(kInt8)},
            {"byte", tensor({1, 255}).to(kUInt8)},
            {"scalar", scalar_tensor(2.5, kFloat64)},
            {"empty", zeros({3, 0, 2}, kFloat32)}};
  }
};

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return "\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

void expect_same(const std::map<std::string, Tensor>& actual, const std::map<std::string, Tensor>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(actual.count(name)) << name;
    EXPECT_EQ(actual.at(name).dtype(), tensor.dtype()) << name;
    EXPECT_EQ(actual.at(name).sizes(), tensor.sizes()) << name;
    EXPECT_TRUE(actual.at(name).equal(tensor)) << name;
  }
}

TEST_F(SafetensorsTest, EveryDtypeAndShapeComesBack) {
  save_safetensors(mixed(), path("file"));
  expect_same(load_safetensors(path("file")), mixed());
}

TEST_F(SafetensorsTest, NoTensorsAtAllComeBack) {
  save_safetensors({}, path("file"));
  EXPECT_TRUE(load_safetensors(path("file")).empty());
}

TEST_F(SafetensorsTest, LayoutAndGradientDoNotMatter) {
  const Tensor matrix = arange(12, kFloat32).view({3, 4}).requires_grad_();
  const std::map<std::string, Tensor> tensors{{"transposed", matrix.t()},
                                              {"column", matrix.select(1, 2)},
                                              {"expanded", matrix.select(0, 1).expand({2, 4})},
                                              {"leaf", matrix}};
  save_safetensors(tensors, path("file"));
  const auto loaded = load_safetensors(path("file"));
  expect_same(loaded, tensors);
  EXPECT_FALSE(loaded.at("leaf").requires_grad());
  EXPECT_TRUE(loaded.at("transposed").is_contiguous());
}

TEST_F(SafetensorsTest, BytesAreThoseOfTheFormat) {
  save_safetensors({{"b", tensor({true})}, {"a", tensor({1.0, 2.0}, kFloat32)}}, path("file"), {{"format", "pt"}});
  const std::string header = R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                             R"("b":{"dtype":"BOOL","shape":[1],"data_offsets":[8,9]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  const char length[8] = {static_cast<char>(padded.size())};
  const char data[] = "\x00\x00\x80\x3f\x00\x00\x00\x40\x01";
  EXPECT_EQ(read_text(path("file")), std::string(length, 8) + padded + std::string(data, 9));
}

TEST_F(SafetensorsTest, WiderDtypesComeFirstSoThatAllAreAligned) {
  save_safetensors({{"a", tensor({true, true, true})}, {"b", ones({3}, kFloat32)}, {"c", ones({1}, kFloat64)}},
                   path("file"));
  const std::string text = read_text(path("file"));
  EXPECT_THAT(text, HasSubstr(entry("c", "F64", "[1]", "[0,8]")));
  EXPECT_THAT(text, HasSubstr(entry("b", "F32", "[3]", "[8,20]")));
  EXPECT_THAT(text, HasSubstr(entry("a", "BOOL", "[3]", "[20,23]")));
  EXPECT_EQ((text.size() - 23) % 8, 0U);
}

TEST_F(SafetensorsTest, MetadataComesBack) {
  const std::map<std::string, std::string> metadata{{"epoch", "12"}, {"note", "line\nand \"quotes\" \xE4\xBD\xA0"}};
  save_safetensors(mixed(), path("file"), metadata);
  EXPECT_EQ(load_safetensors_metadata(path("file")), metadata);
  save_safetensors(mixed(), path("file"));
  EXPECT_TRUE(load_safetensors_metadata(path("file")).empty());
}

TEST_F(SafetensorsTest, ChangesOfMappedTensorsNeverReachTheFile) {
  save_safetensors(mixed(), path("file"));
  const auto first = load_safetensors(path("file"));
  Tensor changed = first.at("float");
  changed.zero_();
  expect_same(load_safetensors(path("file")), mixed());
  EXPECT_TRUE(first.at("float").equal(zeros({2, 2})));
}

TEST_F(SafetensorsTest, MappedTensorsOutliveTheirFile) {
  save_safetensors(mixed(), path("file"));
  auto loaded = load_safetensors(path("file"));
  save_safetensors({}, path("file"));
  std::filesystem::remove(path("file"));
  expect_same(loaded, mixed());
  const Tensor last = loaded.at("double");
  loaded.clear();
  EXPECT_TRUE(last.equal(mixed().at("double")));
}

TEST_F(SafetensorsTest, ElementsOutOfAlignmentAreCopied) {
  const auto loaded =
      load_safetensors(file_of("{" + entry("a", "BOOL", "[1]", "[0,1]") + "," + entry("b", "F32", "[1]", "[1,5]") + "}",
                               std::string("\x01\0\0\x80\x3f", 5)));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(loaded.at("b").data_ptr()) % 4, 0U);
  EXPECT_EQ(loaded.at("b").item<float>(), 1.0F);
}

TEST_F(SafetensorsTest, HalfPrecisionIsWidenedOnRequest) {
  save_safetensors({{"half", ones({3}, kFloat16)}, {"brain", ones({3}, kBFloat16)}, {"int", ones({3}, kInt8)}},
                   path("file"));
  const auto widened = load_safetensors(path("file"), {.widen = true});
  expect_same(widened, {{"half", ones({3})}, {"brain", ones({3})}, {"int", ones({3}, kInt8)}});
}

TEST_F(SafetensorsTest, NamesMayBeAnyText) {
  const std::map<std::string, Tensor> tensors{{"", ones({1})}, {"a\"b\\c\n", zeros({1})}, {"\xE4\xBD\xA0", ones({2})}};
  save_safetensors(tensors, path("file"));
  expect_same(load_safetensors(path("file")), tensors);
}

TEST_F(SafetensorsTest, OrderOfFieldsAndOfDataIsFree) {
  const std::string data("\x00\x00\x80\x3f\x00\x00\x00\x40", 8);
  const auto loaded = load_safetensors(file_of("{" + entry("second", "F32", "[1]", "[4,8]") +
                                                   R"(, "first": {"data_offsets": [0, 4], "shape": [], "dtype": "F32"}}   )",
                                               data));
  EXPECT_EQ(loaded.at("first").item<float>(), 1.0F);
  EXPECT_EQ(loaded.at("first").dim(), 0);
  EXPECT_EQ(loaded.at("second").item<float>(), 2.0F);
}

TEST_F(SafetensorsTest, TruncationAtEveryByteIsRefused) {
  save_safetensors(mixed(), path("file"), {{"key", "value"}});
  const std::string whole = read_text(path("file"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_text(path("cut"), whole.substr(0, size));
    EXPECT_THAT([&] { load_safetensors(path("cut")); }, ThrowsMessage<FileError>(HasSubstr(path("cut")))) << size;
  }
  write_text(path("cut"), whole + "x");
  EXPECT_THAT([&] { load_safetensors(path("cut")); }, ThrowsMessage<FileError>(HasSubstr("belong to no tensor")));
}

TEST_F(SafetensorsTest, EveryFlippedBitIsRefusedOrGivesTensorsOfTheSameSize) {
  save_safetensors(mixed(), path("file"), {{"key", "value"}});
  const std::string whole = read_text(path("file"));
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : mixed()) bytes += tensor.nbytes();
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    write_text(path("flipped"), flipped);
    try {
      std::size_t loaded = 0;
      for (const auto& [name, tensor] : load_safetensors(path("flipped"))) loaded += tensor.nbytes();
      EXPECT_EQ(loaded, bytes) << bit;
    } catch (const FileError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 8 * 8U) << "every bit of the length, at least";
}

TEST_F(SafetensorsTest, LengthsBeyondTheFileAreRefused) {
  for (const std::uint64_t length : {std::uint64_t{3}, std::uint64_t{1'000'000}, std::uint64_t{100'000'001},
                                     std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 63}) {
    std::string text(8, '\0');
    std::memcpy(text.data(), &length, 8);
    write_text(path("file"), text + "{}");
    EXPECT_THAT([&] { load_safetensors(path("file")); }, ThrowsMessage<FileError>(HasSubstr("header of"))) << length;
  }
}

TEST_F(SafetensorsTest, HeadersThatAreNotAnObjectOfObjectsAreRefused) {
  expect_refused("", "", "does not begin with '{'");
  expect_refused("  {}", "", "does not begin with '{'");
  expect_refused("[]", "", "does not begin with '{'");
  expect_refused("{", "", "malformed JSON");
  expect_refused("{}{}", "", "malformed JSON");
  expect_refused("{\"a\":\"\xff\"}", "", "malformed JSON");
  expect_refused(R"({"a":1})", "", "a number in the header");
  expect_refused(R"({"a":[]})", "", "an array in the header");
  expect_refused(R"({"a":null})", "", "null in the header");
  expect_refused(R"({"__metadata__":[]})", "", "an array in the header");
  expect_refused(R"({"__metadata__":{"a":1}})", "", "a number does not belong");
  expect_refused(R"({"__metadata__":{"a":{}}})", "", "an object does not belong");
}

TEST_F(SafetensorsTest, EntriesOutOfOrderAreRefused) {
  const std::string data(4, '\0');
  expect_refused(R"({"w":{"dtype":"F32","shape":[1]}})", data, "data_offsets is missing");
  expect_refused(R"({"w":{"dtype":"F32","data_offsets":[0,4]}})", data, "shape is missing");
  expect_refused(R"({"w":{"shape":[1],"data_offsets":[0,4]}})", data, "dtype is missing");
  expect_refused(R"({"w":{"dtype":4,"shape":[1],"data_offsets":[0,4]}})", data, R"(a number does not belong in "dtype")");
  expect_refused(R"({"w":{"dtype":"F32","shape":4,"data_offsets":[0,4]}})", data, R"(a number does not belong in "shape")");
  expect_refused(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":{}}})", data, "an object does not belong");
  expect_refused(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":"x"}})", data, R"("more")");
  expect_refused("{" + entry("w", "F32", "[-1]", "[0,4]") + "}", data, "a negative number");
  expect_refused("{" + entry("w", "F32", "[1.0]", "[0,4]") + "}", data, "a fraction");
  expect_refused("{" + entry("w", "F32", "[1]", "[0]") + "}", data, "expected two data_offsets");
  expect_refused("{" + entry("w", "F32", "[1]", "[0,4,4]") + "}", data, "expected two data_offsets");
  expect_refused("{" + entry("w", "F32", "[[1]]", "[0,4]") + "}", data, "an array does not belong");
}

TEST_F(SafetensorsTest, WrongPlacesOfDataAreRefusedAndNameTheTensor) {
  const std::string data(8, '\0');
  expect_refused("{" + entry("w", "F32", "[1]", "[4,0]") + "}", data, R"("w": data ends at byte 0, before)");
  expect_refused("{" + entry("w", "F32", "[3]", "[0,8]") + "}", data, R"("w": F32 of shape [3] takes 12 bytes)");
  expect_refused("{" + entry("w", "F32", "[3]", "[0,12]") + "}", data, R"("w": data ends at byte 12)");
  expect_refused("{" + entry("w", "F32", "[1]", "[4,8]") + "}", data, "leaving a hole");
  expect_refused("{" + entry("w", "F32", "[1]", "[0,4]") + "}", data, "4 bytes of data belong to no tensor");
  expect_refused("{" + entry("v", "F32", "[1]", "[0,4]") + "," + entry("w", "F32", "[1]", "[2,6]") + "}", data, "but that");
  expect_refused("{" + entry("v", "F32", "[2]", "[0,8]") + "," + entry("w", "F32", "[2]", "[0,8]") + "}", data, "but that");
  expect_refused("{}", data, "8 bytes of data belong to no tensor");
}

TEST_F(SafetensorsTest, OverflowingShapesAreRefused) {
  const std::string limit = "9223372036854775807";
  expect_refused("{" + entry("w", "F32", "[4294967296,4294967296]", "[0,0]") + "}", "", "more elements than memory");
  expect_refused("{" + entry("w", "F32", "[4611686018427387904,4]", "[0,0]") + "}", "", "more elements than memory");
  expect_refused("{" + entry("w", "BOOL", "[0," + limit + "," + limit + "]", "[0,0]") + "}", "",
                 "more elements than memory");
  expect_refused("{" + entry("w", "F64", "[2305843009213693952]", "[0,0]") + "}", "", "more elements than memory");
  expect_refused("{" + entry("w", "F32", "[9223372036854775808]", "[0,0]") + "}", "", "out of range");
  expect_refused("{" + entry("w", "F32", "[18446744073709551616]", "[0,0]") + "}", "", "a fraction");
  expect_refused("{" + entry("w", "F32", "[1]", "[18446744073709551612,0]") + "}", "", "before its begin");
  expect_refused("{" + entry("w", "F32", "[1]", "[18446744073709551611,18446744073709551615]") + "}", "", "hole");
}

TEST_F(SafetensorsTest, ABlownUpHeaderIsRefused) {
  std::string sizes = "[1";
  for (int i = 0; i < 64; ++i) sizes += ",1";
  expect_refused("{" + entry("w", "F32", sizes + "]", "[0,4]") + "}", std::string(4, '\0'), "more than 64 numbers");
  const std::string brackets(5'000'000, '[');
  expect_refused(R"({"w":{"shape":)" + brackets, "", "an array does not belong");
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) objects += R"({"a":)";
  expect_refused(objects, "", "an object does not belong");
}

TEST_F(SafetensorsTest, RepeatedNamesAreRefused) {
  const std::string once = entry("w", "F32", "[0]", "[0,0]");
  expect_refused("{" + once + "," + once + "}", "", R"("w": the name occurs twice)");
  expect_refused(R"({"__metadata__":{},"__metadata__":{}})", "", "the name occurs twice");
  expect_refused(R"({"__metadata__":{"a":"1","a":"2"}})", "", "a field occurs twice");
  expect_refused(R"({"w":{"dtype":"F32","dtype":"F64","shape":[0],"data_offsets":[0,0]}})", "", "a field occurs twice");
}

TEST_F(SafetensorsTest, OtherDtypesAreRefusedByName) {
  expect_refused("{" + entry("w", "F8_E4M3", "[2]", "[0,2]") + "}", "xx", R"("w": dtype "F8_E4M3" is not supported)");
  expect_refused("{" + entry("w", "f32", "[1]", "[0,4]") + "}", "xxxx", R"("w": dtype "f32" is not supported)");
}

TEST_F(SafetensorsTest, HostileNamesCannotReachTheTerminal) {
  const std::string file = file_of("{" + entry("\\u001b[2J" + std::string(1000, 'x'), "F31", "[1]", "[0,4]") + "}", "xxxx");
  try {
    load_safetensors(file);
    FAIL() << "expected FileError";
  } catch (const FileError& error) {
    EXPECT_EQ(std::string(error.what()).find('\x1b'), std::string::npos);
    EXPECT_LT(std::strlen(error.what()), 400U);
  }
}

TEST_F(SafetensorsTest, ABoolOtherThanZeroOrOneIsRefused) {
  const std::string file = file_of("{" + entry("mask", "BOOL", "[2]", "[0,2]") + "}", "\x01\x02");
  EXPECT_THAT([&] { load_safetensors(file); }, ThrowsMessage<FileError>(AllOf(HasSubstr("\"mask\""), HasSubstr(file))));
}

TEST_F(SafetensorsTest, OnlyRegularFilesAreRead) {
  EXPECT_THAT([&] { load_safetensors(path("missing")); }, ThrowsMessage<FileError>(HasSubstr("No such file")));
  EXPECT_THAT([&] { load_safetensors(path("")); }, ThrowsMessage<FileError>(HasSubstr("not a regular file")));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_THAT([&] { load_safetensors(path("pipe")); }, ThrowsMessage<FileError>(HasSubstr("not a regular file")));
  EXPECT_THROW(load_safetensors("/dev/zero"), FileError);
}

TEST_F(SafetensorsTest, WhatCannotBeSavedIsAnErrorAndChangesNothing) {
  save_safetensors(mixed(), path("file"));
  EXPECT_THAT(
      [&] {
        save_safetensors({{"w", Tensor()}}, path("file"));
      },
      ThrowsMessage<ValueError>(HasSubstr("\"w\" is undefined")));
  EXPECT_THROW(save_safetensors({{"__metadata__", ones({1})}}, path("file")), ValueError);
  EXPECT_THROW(save_safetensors({{"\xff", ones({1})}}, path("file")), ValueError);
  EXPECT_THROW(save_safetensors({}, path("file"), {{"note", "\xc3"}}), ValueError);
  EXPECT_THROW(save_safetensors(mixed(), path("missing/file")), FileError);
  expect_same(load_safetensors(path("file")), mixed());
  EXPECT_THAT(names(), testing::ElementsAre("file"));
}

TEST_F(SafetensorsTest, AFullDiskLeavesTheOldFile) {
  save_safetensors(mixed(), path("file"));
  // A limit on the size of files makes the system refuse the write half way.
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit limit { 100'000, before.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  EXPECT_THAT(
      [&] {
        save_safetensors({{"large", ones({1'000'000})}}, path("file"));
      },
      ThrowsMessage<FileError>(AllOf(HasSubstr(path("file")), HasSubstr("File too large"))));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  expect_same(load_safetensors(path("file")), mixed());
  EXPECT_THAT(names(), testing::ElementsAre("file"));
}

}  // namespace
}  // namespace xgrad
