#include "autograd/io/archive.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "autograd/autograd.h"
#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

using serialize::InputArchive;
using serialize::OutputArchive;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// A class of a program's own, with operators for archives.
struct Counter {
  std::int64_t count = 0;
};
OutputArchive& operator<<(OutputArchive& archive, const Counter& counter) {
  archive.write("count", counter.count);
  return archive;
}
InputArchive& operator>>(InputArchive& archive, Counter& counter) {
  Value count;
  archive.read("count", count);
  counter.count = count.to_int();
  return archive;
}

class ArchiveTest : public TemporaryFolder {
 protected:
  /// Some of everything.
  static OutputArchive example() {
    OutputArchive nested;
    nested.write("w", full({2}, 3.0));
    OutputArchive archive;
    archive.write("x", arange(6).view({2, 3}).t());
    archive.write("rate", 0.5);
    archive.write("count", 7);
    archive.write("flag", true);
    archive.write("text", "naïve");
    archive.write("nested", nested);
    archive.write("layer.w", ones({2}), true);
    return archive;
  }

  static void expect_example(const InputArchive& archive) {
    EXPECT_EQ(archive.keys(), (std::vector<std::string>{"x", "rate", "count", "flag", "text", "nested", "layer.w"}));
    Tensor x;
    archive.read("x", x);
    EXPECT_TRUE(equal(x, arange(6).view({2, 3}).t()));
    Value value;
    archive.read("rate", value);
    EXPECT_EQ(value, Value(0.5));
    archive.read("count", value);
    EXPECT_EQ(value, Value(7));
    archive.read("flag", value);
    EXPECT_EQ(value, Value(true));
    archive.read("text", value);
    EXPECT_EQ(value, Value("naïve"));
    InputArchive nested;
    archive.read("nested", nested);
    archive.read("layer", nested);
    Tensor w;
    nested.read("w", w);
    EXPECT_TRUE(equal(w, ones({2})));
    EXPECT_EQ(nested.prefix(), "layer.");
  }
};

TEST_F(ArchiveTest, what_was_written_is_read_from_a_file_a_stream_memory_and_functions) {
  const OutputArchive archive = example();
  archive.save_to(path("archive.pt"));
  InputArchive input;
  input.load_from(path("archive.pt"), kCPU);
  expect_example(input);

  std::stringstream stream;
  archive.save_to(stream);
  EXPECT_EQ(stream.str(), read_text(path("archive.pt")));
  input.load_from(stream);
  expect_example(input);
  const std::string bytes = read_text(path("archive.pt"));
  input.load_from(bytes.data(), bytes.size());
  expect_example(input);

  std::string taken;
  archive.save_to([&](const void* data, std::size_t size) {
    taken.append(static_cast<const char*>(data), size);
    return size;
  });
  EXPECT_EQ(taken, bytes);
  input.load_from([&](std::uint64_t position, void* data,
                      std::size_t size) { return taken.copy(static_cast<char*>(data), size, position); },
                  [&] { return taken.size(); });
  expect_example(input);
}

TEST_F(ArchiveTest, one_function_serves_both_kinds_of_archive) {
  const auto visit = [](auto& archive, Tensor& a, Tensor& b) {
    archive("a", a);
    archive("b", b, /*is_buffer=*/true);
  };
  Tensor a = rand({2});
  Tensor b = rand({3});
  OutputArchive output;
  visit(output, a, b);
  Tensor c;
  Tensor d;
  InputArchive input(output.entries());
  visit(input, c, d);
  EXPECT_TRUE(equal(a, c));
  EXPECT_TRUE(equal(b, d));
}

TEST_F(ArchiveTest, a_defined_tensor_stays_the_same_one_and_takes_values_shape_and_dtype) {
  OutputArchive output;
  output.write("x", ones({2, 2}, kFloat64));
  const InputArchive input(output.entries());
  Tensor target = zeros({3}).requires_grad_();
  const Tensor same = target;
  input.read("x", target);
  EXPECT_TRUE(target.is_same(same));
  EXPECT_TRUE(target.requires_grad());
  EXPECT_TRUE(equal(same.detach(), ones({2, 2}, kFloat64)));
  Tensor other;
  input.read("x", other);
  other.fill_(5);
  EXPECT_TRUE(equal(same.detach(), ones({2, 2}, kFloat64)));  // no memory in common
}

TEST_F(ArchiveTest, a_parameter_leaves_the_graph_and_the_last_value_of_a_key_counts) {
  OutputArchive output;
  const Tensor x = ones({2}, TensorOptions().requires_grad(true));
  output.write("x", zeros({1}));
  output.write("x", x * 2);
  EXPECT_EQ(output.entries().size(), 1U);
  EXPECT_FALSE(output.entries().at("x").to_tensor().requires_grad());
  EXPECT_THROW(output.write("x", Tensor()), ValueError);
  EXPECT_TRUE(equal(output.entries().at("x").to_tensor(), full({2}, 2.0)));
}

TEST_F(ArchiveTest, what_is_not_there_or_of_another_kind_is_named_and_nothing_changes) {
  OutputArchive nested;
  nested.write("lr", 0.5);
  OutputArchive output;
  output.write("optimizer", nested);
  const InputArchive outer(output.entries());
  InputArchive input;
  outer.read("optimizer", input);
  Tensor tensor;
  Value value = 3;
  EXPECT_THAT([&] { input.read("momentum", tensor); }, ThrowsMessage<IndexError>(HasSubstr("'optimizer.momentum'")));
  EXPECT_THAT([&] { input.read("lr", tensor); }, ThrowsMessage<TypeError>(HasSubstr("'optimizer.lr' is 0.5")));
  EXPECT_THROW(input.read("momentum", value), IndexError);
  InputArchive below;
  EXPECT_THROW(input.read("momentum", below), IndexError);
  EXPECT_THROW(input.read("lr", below), TypeError);
  EXPECT_FALSE(input.try_read("lr", tensor));
  EXPECT_FALSE(input.try_read("momentum", tensor));
  EXPECT_FALSE(input.try_read("momentum", value));
  EXPECT_FALSE(input.try_read("lr", below));
  EXPECT_FALSE(tensor.defined());
  EXPECT_EQ(value, Value(3));
  EXPECT_EQ(input.nested("a").nested("b").prefix(), "optimizer.a.b.");
  EXPECT_THROW(InputArchive(Value(0.5)), TypeError);
  EXPECT_THROW(InputArchive(Value::Dict{{1, 0}, {"1", 0}}), ValueError);
}

TEST_F(ArchiveTest, damaged_files_and_streams_are_refused_and_the_archive_stays) {
  InputArchive archive(Value::Dict{{"x", 1}});
  example().save_to(path("archive.pt"));
  const std::string bytes = read_text(path("archive.pt"));
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, bytes.size() / 2, bytes.size() - 1}) {
    std::istringstream stream(bytes.substr(0, size));
    EXPECT_THROW(archive.load_from(stream), FileError) << size;
    EXPECT_THROW(archive.load_from(bytes.data(), size), FileError) << size;
  }
  std::string flipped = bytes;
  flipped[flipped.find("naïve")] ^= 1;
  EXPECT_THROW(archive.load_from(flipped.data(), flipped.size()), FileError);
  std::ifstream absent(path("absent.pt"));
  EXPECT_THROW(archive.load_from(absent), FileError);
  EXPECT_THROW(archive.load_from(path("absent.pt")), FileError);
  save_value(3, path("number.pt"));
  EXPECT_THAT([&] { archive.load_from(path("number.pt")); }, ThrowsMessage<FileError>(HasSubstr(path("number.pt"))));
  EXPECT_THROW(
      archive.load_from([](std::uint64_t, void*, std::size_t) { return std::size_t{1}; }, [] { return std::size_t{9}; }),
      FileError);
  EXPECT_EQ(archive.keys(), std::vector<std::string>{"x"});
}

TEST_F(ArchiveTest, a_writer_that_takes_too_little_is_an_error_and_a_file_stays_as_it_was) {
  EXPECT_THROW(example().save_to([](const void*, std::size_t size) { return size - 1; }), FileError);
  std::ofstream full_disk("/dev/full");
  EXPECT_THROW(example().save_to(full_disk), FileError);
  write_text(path("old.pt"), "old");
  OutputArchive archive;
  archive.write("text", "\xff");
  EXPECT_THROW(archive.save_to(path("old.pt")), ValueError);
  EXPECT_EQ(read_text(path("old.pt")), "old");
  EXPECT_EQ(names(), std::vector<std::string>{"old.pt"});
}

TEST_F(ArchiveTest, tensors_lists_of_them_and_classes_with_operators_are_saved_and_loaded) {
  const Tensor saved = rand({2, 3});
  std::stringstream stream;
  save(saved, path("tensor.pt"));
  save(saved, stream);
  EXPECT_TRUE(equal(load_value(path("tensor.pt")).to_tensor(), saved));  // as Python's torch.save(tensor, path)
  Tensor one;
  Tensor two;
  load(one, path("tensor.pt"));
  load(two, stream);
  EXPECT_TRUE(equal(one, saved));
  EXPECT_TRUE(equal(two, saved));

  save(std::vector<Tensor>{saved, zeros({1})}, path("tensors.pt"));
  std::vector<Tensor> several{ones({1})};
  load(several, path("tensors.pt"));
  ASSERT_EQ(several.size(), 3U);
  EXPECT_TRUE(equal(several[1], saved));
  std::stringstream of_several;
  save(std::vector<Tensor>{}, of_several);
  load(several, of_several);
  EXPECT_EQ(several.size(), 3U);
  save_value(Value::List{saved, 3}, path("mixed.pt"));
  EXPECT_THROW(load(several, path("mixed.pt")), ValueError);
  EXPECT_EQ(several.size(), 3U);

  save(Counter{5}, path("counter.pt"));
  Counter counter;
  load(counter, path("counter.pt"));
  EXPECT_EQ(counter.count, 5);
  std::stringstream of_counter;
  save(counter, of_counter);
  load(counter, of_counter);
  EXPECT_EQ(counter.count, 5);
  EXPECT_THROW(load(counter, path("tensor.pt")), IndexError);
}

TEST_F(ArchiveTest, files_of_other_formats_are_read) {
  save_tensors({{"a.w", ones({2})}}, path("x.safetensors"));
  save_tensors({{"a.w", ones({2})}}, path("x.npz"));
  for (const char* name : {"x.safetensors", "x.npz"}) {
    InputArchive archive;
    archive.load_from(path(name));
    InputArchive nested;
    archive.read("a", nested);
    EXPECT_EQ(nested.keys(), std::vector<std::string>{"w"});
  }
}

}  // namespace
}  // namespace xgrad
