#include "autograd/io/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "autograd/autograd.h"
#include "autograd/io/zip_archive.h"
#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// An npy file of the given version, header and data.
std::string npy(char version, const std::string& header, const std::string& data) {
  std::string text = std::string("\x93NUMPY") + version + '\0';
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  for (std::size_t i = 0; i < length_bytes; ++i) text += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return text + header + data;
}

std::string header(const std::string& descr, const std::string& shape, const std::string& order = "False") {
  return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

class NpyTest : public TemporaryFolder {
 protected:
  Tensor read(const std::string& content) const {
    write_text(path("made.npy"), content);
    return load_npy(path("made.npy"));
  }
  void expect_refused(const std::string& content, const std::string& reason) const {
    EXPECT_THAT([&] { read(content); }, ThrowsMessage<FileError>(AllOf(HasSubstr("made.npy"), HasSubstr(reason))));
  }
};

void expect_same(const Tensor& actual, const Tensor& expected) {
  EXPECT_EQ(actual.dtype(), expected.dtype());
  EXPECT_EQ(actual.sizes(), expected.sizes());
  EXPECT_TRUE(actual.equal(expected));
}

std::vector<Tensor> tensors() {
  std::vector<Tensor> result;
  for (const Dtype dtype : {kBool, kUInt8, kInt8, kInt16, kInt32, kInt64, kFloat16, kFloat32, kFloat64}) {
    result.push_back(tensor({{1, 0, 1}, {0, 1, 1}}).to(dtype));
    result.push_back(scalar_tensor(1).to(dtype));
    result.push_back(zeros({3}).to(dtype));
    result.push_back(zeros({2, 0}).to(dtype));
  }
  return result;
}

TEST_F(NpyTest, EveryDtypeAndShapeComesBack) {
  for (const Tensor& tensor : tensors()) {
    save_npy(tensor, path("file.npy"));
    expect_same(load_npy(path("file.npy")), tensor);
  }
  const Tensor matrix = arange(6, kFloat32).view({2, 3});
  save_npy(matrix.t(), path("file.npy"));
  expect_same(load_npy(path("file.npy")), matrix.t());
}

TEST_F(NpyTest, ArchivesOfArraysComeBack) {
  std::map<std::string, Tensor> all;
  for (const Tensor& tensor : tensors()) all["array " + std::to_string(all.size())] = tensor;
  save_npz(all, path("file.npz"));
  const auto back = load_npz(path("file.npz"));
  ASSERT_EQ(back.size(), all.size());
  for (const auto& [name, tensor] : all) expect_same(back.at(name), tensor);
}

TEST_F(NpyTest, AnArchiveOfNoArraysComesBack) {
  save_npz({}, path("file.npz"));
  EXPECT_TRUE(load_npz(path("file.npz")).empty());
  EXPECT_EQ(std::filesystem::file_size(path("file.npz")), 22);  // as NumPy writes it
}

TEST_F(NpyTest, NamesThatFilesCannotHoldAreRefused) {
  EXPECT_THROW(save_npz({{std::string("a\0b", 3), ones({1})}}, path("f.npz")), ValueError);
  EXPECT_THROW(save_npz({{std::string(70'000, 'a'), ones({1})}}, path("f.npz")), ValueError);
  EXPECT_THROW(save_npy(ones({1}), path(std::string("a\0b", 3))), FileError);
  EXPECT_TRUE(names().empty());
  save_npy(ones({1}), path("a"));
  EXPECT_THROW(load_npy(path(std::string("a\0b", 3))), FileError);
}

TEST_F(NpyTest, AllVersionsOrdersAndSpellingsAreRead) {
  const std::string data("\0\0\x80\x3f\0\0\0\x40", 8);  // 1 and 2
  const Tensor expected = tensor({1.0, 2.0});
  for (const char version : {1, 2, 3}) expect_same(read(npy(version, header("'<f4'", "(2,)"), data)), expected);
  expect_same(read(npy(1, "{\"shape\":(2L,),\"fortran_order\":True,\"descr\":\"<f4\"}", data)), expected);
  expect_same(read(npy(1, header("'>f4'", "(1, 2)"), std::string("\x3f\x80\0\0\x40\0\0\0", 8))), expected.unsqueeze(0));
  expect_same(read(npy(1, header("'>i2'", "(1,)"), std::string("\1\2", 2))), tensor({258}).to(kInt16));
  expect_same(read(npy(1, header("'|b1'", "()"), "\1")), tensor(true));
}

TEST_F(NpyTest, FortransOrderBecomesStrides) {
  std::string data;
  for (char i = 0; i < 6; ++i) data += i;
  const Tensor matrix = read(npy(1, header("'|i1'", "(2, 3)", "True"), data));
  expect_same(matrix, tensor({{0, 2, 4}, {1, 3, 5}}).to(kInt8));
  EXPECT_EQ(matrix.strides(), IntArrayRef({1, 2}));
}

TEST_F(NpyTest, WhatNumpyDoesNotHaveIsRefused) {
  EXPECT_THAT([&] { save_npy(ones({2}).to(kBFloat16), path("f.npy")); },
              ThrowsMessage<ValueError>(HasSubstr("NumPy has no bfloat16")));
  EXPECT_THROW(save_npy(Tensor(), path("f.npy")), ValueError);
  EXPECT_THROW(save_npz({{"a", Tensor()}}, path("f.npz")), ValueError);
  EXPECT_TRUE(names().empty());
}

TEST_F(NpyTest, DamagedFilesAreRefused) {
  const std::string good = header("'<f4'", "(2,)");
  expect_refused("", "too few for an npy file");
  expect_refused("this is no array at all", "not an npy file");
  expect_refused(npy(4, good, std::string(8, '\0')), "npy version 4");
  expect_refused(npy(1, good, std::string(7, '\0')), "takes 8 bytes, but 7 follow");
  expect_refused(npy(1, good, std::string(9, '\0')), "takes 8 bytes, but 9 follow");
  expect_refused(npy(1, header("'|b1'", "(1,)"), "\2"), "a bool is neither 0 nor 1");
  expect_refused(npy(2, std::string(70'000, ' '), ""), "longer than");
  expect_refused(npy(1, good, "").substr(0, 30), "ends in the npy header");
  expect_refused(npy(2, good, "").substr(0, 11), "ends in the npy header");
  expect_refused(npy(1, header("'|O'", "(2,)"), ""), "dtype \"|O\" is not supported");
  expect_refused(npy(1, header("'<u4'", "(2,)"), ""), "dtype \"<u4\" is not supported");
  expect_refused(npy(1, header("[('a', '<f4')]", "(2,)"), ""), "records are not supported");
  expect_refused(npy(1, header("'<f4'", "(-2,)"), ""), "a size is no number");
  expect_refused(npy(1, header("'<f4'", "(99999999999999999999,)"), ""), "a size is no number");
  expect_refused(npy(1, header("'<f4'", "(4611686018427387904, 2)"), ""), "more elements than memory");
  expect_refused(npy(1, header("'<f4'", "(4611686018427387904, 2, 0)"), ""), "more elements than memory");
  expect_refused(npy(1, header("'<f4'", "(1000000000000,)"), std::string(8, '\0')), "but 8 follow");
  expect_refused(npy(1, "{'descr': '<f4', 'shape': (2,)}", ""), "expected 'descr', 'fortran_order' and 'shape'");
  expect_refused(npy(1, "{'descr': '<f4', 'descr': '<f4', 'shape': (2,)}", ""), "an item occurs twice");
  expect_refused(npy(1, "{'other': '<f4'}", ""), "unknown item \"other\"");
  expect_refused(npy(1, good + "x", ""), "text after the dictionary");
  expect_refused(npy(1, "__import__('os').system('echo')", ""), "expected {");
  expect_refused(npy(1, "{'descr", ""), "a text does not end");
}

TEST_F(NpyTest, DamagedArchivesAreRefused) {
  const auto expect_archive = [&](const std::string& name, const std::string& content, const std::string& reason) {
    {
      detail::ZipWriter archive(path("made.npz"));
      archive.add(name, content);
      archive.commit();
    }
    EXPECT_THAT([&] { load_npz(path("made.npz")); },
                ThrowsMessage<FileError>(AllOf(HasSubstr("made.npz"), HasSubstr(name), HasSubstr(reason))));
  };
  expect_archive("readme.txt", "hello", "expected a name that ends in .npy");
  expect_archive("a.npy", "hello", "too few for an npy file");
  expect_archive("a.npy", npy(1, header("'<f4'", "(2,)"), "1234567"), "but 7 follow");
  write_text(path("made.npz"), "no archive");
  EXPECT_THAT([&] { load_npz(path("made.npz")); }, ThrowsMessage<FileError>(HasSubstr("not a sound zip archive")));
}

}  // namespace
}  // namespace xgrad
