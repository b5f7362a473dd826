#include "autograd/io/tensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "autograd/autograd.h"
#include "autograd/io/archive.h"
#include "autograd/io/npy.h"
#include "autograd/io/pytorch.h"
#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class TensorsTest : public TemporaryFolder {};

TEST_F(TensorsTest, TheEndingChoosesTheFormatAndTheContentTellsIt) {
  const std::map<std::string, Tensor> tensors{{"a.weight", randn({2, 3})}, {"b", arange(4)}, {"half", ones({2}, kFloat16)}};
  for (const std::string name : {"m.pt", "m.pth", "m.safetensors", "m.npz", "m"}) {
    save_tensors(tensors, path(name));
    std::filesystem::rename(path(name), path("anything"));
    const auto back = load_tensors(path("anything"));
    ASSERT_EQ(back.size(), 3U) << name;
    for (const auto& [key, value] : tensors) EXPECT_EQ(Value(back.at(key)), Value(value)) << name;
    EXPECT_EQ(load_tensors(path("anything"), {.widen = true}).at("half").dtype(), kFloat32) << name;
  }
}

TEST_F(TensorsTest, WhatIsLoadedStaysWhenTheFileIsOverwrittenInPlace) {
  const Tensor numbers = arange(100'000, kFloat32);
  for (const std::string name : {"m.pt", "m.safetensors", "m.npz"}) {
    save_tensors({{"a", numbers}}, path(name));
    const Tensor loaded = load_tensors(path(name)).at("a");
    serialize::InputArchive archive;
    archive.load_from(path(name));
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << "short";
    EXPECT_TRUE(equal(loaded, numbers)) << name;
    Tensor read;
    archive.read("a", read);
    EXPECT_TRUE(equal(read, numbers)) << name;
  }
}

TEST_F(TensorsTest, NestedValuesGetDottedNames) {
  save_value(Value::Dict{{"epoch", 3},
                         {"model", Value::Dict{{"linear.weight", ones({2})}}},
                         {"optimizer", Value::Dict{{"state", Value::Dict{{0, Value::Dict{{"step", tensor(5)}}}}}}},
                         {"losses", Value::List{1.0, zeros({1})}}},
             path("checkpoint.pt"));
  std::vector<std::string> keys;
  for (const auto& [key, value] : load_tensors(path("checkpoint.pt"))) keys.push_back(key);
  EXPECT_THAT(keys, testing::ElementsAre("losses.1", "model.linear.weight", "optimizer.state.0.step"));
}

TEST_F(TensorsTest, AmbiguousAndUnknownContentIsRefused) {
  const auto expect_refused = [&](const std::string& reason) {
    EXPECT_THAT([&] { load_tensors(path("file")); }, ThrowsMessage<FileError>(AllOf(HasSubstr("file"), HasSubstr(reason))));
  };
  save_value(Value::Dict{{"a.b", ones({1})}, {"a", Value::Dict{{"b", ones({1})}}}}, path("file"));
  expect_refused("there are two tensors \"a.b\"");
  save_value(ones({1}), path("file"));
  expect_refused("use load_value");
  save_value(Value::Dict{{std::string(2000, 'x'), ones({1})}}, path("file"));
  expect_refused("longer than 1000 bytes");
  save_npy(ones({1}), path("file"));
  expect_refused("use load_npy");
  write_text(path("file"), "hello");
  expect_refused("expected a file of PyTorch (.pt), safetensors or NumPy (.npz)");
  write_text(path("file"), "");
  expect_refused("expected a file of PyTorch");
}

}  // namespace
}  // namespace xgrad
