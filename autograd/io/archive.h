/// OutputArchive and InputArchive: what libtorch's programs write and read their models with, by key.
/// https://pytorch.org/cppdocs/api/namespace_torch__serialize.html
#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/device.h"
#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::serialize {

/// Tensors, numbers, texts and further archives by key, to be saved. A file of it is a dictionary for Python's torch.load;
/// libtorch writes a TorchScript module instead.
///
///   serialize::OutputArchive archive;
///   archive.write("weight", weight);
///   archive.write("epoch", 3);
///   archive.save_to("model.pt");
class OutputArchive {
 public:
  /// Puts a value under the key, in the place of what is there.
  void write(const std::string& key, const io::Value& value);
  /// A tensor, which shares its memory with the archive and leaves the graph. A file does not tell buffers from parameters.
  /// Throws ValueError for an undefined one.
  void write(const std::string& key, const Tensor& tensor, OnlyBool is_buffer = false);
  /// All that another archive has, as a dictionary.
  void write(const std::string& key, const OutputArchive& archive);
  /// write(), for code that is written for both kinds of archive.
  template <class... Arguments>
  void operator()(Arguments&&... arguments) {
    write(std::forward<Arguments>(arguments)...);
  }

  /// What was written, in order.
  const io::Value::Dict& entries() const { return entries_; }

  /// Writes a file, as save_value(): the old one is replaced in one step, or stays. Throws FileError.
  void save_to(const std::string& path) const;
  /// Writes to a stream. Throws FileError where the stream does not take everything.
  void save_to(std::ostream& stream) const;
  /// Writes by a function that takes bytes, and returns how many it took. Throws FileError where it takes fewer.
  void save_to(const std::function<std::size_t(const void*, std::size_t)>& write_bytes) const;

 private:
  io::Value::Dict entries_;
};

/// What was saved, by key: a file of OutputArchive, of Python's torch.save, or of libtorch's C++ archives.
class InputArchive {
 public:
  /// An empty archive, for load_from().
  InputArchive();
  /// The items of a dictionary, whose keys are taken as texts; the elements of a list, under "0", "1" ...; or a tensor under
  /// "0". Throws TypeError for another value, ValueError for two keys that are one text.
  explicit InputArchive(const io::Value& value);

  /// What is under the key. Throws IndexError, naming the keys, where there is nothing.
  void read(const std::string& key, io::Value& value) const;
  /// The tensor under the key: an undefined one becomes a copy; one that is defined takes its values, shape and dtype, and
  /// remains the same tensor. Throws IndexError where there is nothing, TypeError where it is no tensor, and as
  /// Tensor::set_data().
  void read(const std::string& key, Tensor& tensor, OnlyBool is_buffer = false) const;
  /// The archive under the key: a dictionary, or all that has the key, followed by a dot, before its own, as the submodules
  /// in the state of a module have. Throws IndexError where there is neither.
  void read(const std::string& key, InputArchive& archive) const;
  /// read(), for code that is written for both kinds of archive.
  template <class... Arguments>
  void operator()(Arguments&&... arguments) {
    read(std::forward<Arguments>(arguments)...);
  }

  /// As read(), but returns false and changes nothing where there is nothing.
  bool try_read(const std::string& key, io::Value& value) const;
  /// The same, also where there is no tensor.
  bool try_read(const std::string& key, Tensor& tensor, OnlyBool is_buffer = false) const;
  bool try_read(const std::string& key, InputArchive& archive) const;

  /// nullptr where there is no such key
  const io::Value* find(const std::string& key) const;

  /// The archive under the key, as read(), or an empty one.
  InputArchive nested(const std::string& key) const;

  /// The keys, in order.
  std::vector<std::string> keys() const;
  /// What is under them.
  const io::Value::Dict& entries() const;
  /// The keys that lead to this archive from the one that was loaded, each followed by a dot: for messages.
  const std::string& prefix() const { return prefix_; }

  /// A record, from now on, of the prefix() of every archive in this one that somebody reads from with read() and
  /// try_read().
  std::shared_ptr<const std::set<std::string>> watch_readers();

  /// Reads a file: one of PyTorch, safetensors or npz; the content tells which. Throws FileError as load_value(), and for a
  /// single number or text; the archive stays as it was then. There is no other device than the CPU.
  void load_from(const std::string& path, std::optional<Device> device = std::nullopt);
  /// The same, for who copies the tensors at once: they stay in the file where they can, which nobody may change meanwhile.
  void map_from(const std::string& path);
  /// Reads the rest of a stream, which holds a file of PyTorch. Throws FileError.
  void load_from(std::istream& stream, std::optional<Device> device = std::nullopt);
  /// Reads a file of PyTorch from memory. Throws FileError.
  void load_from(const char* data, std::size_t size, std::optional<Device> device = std::nullopt);
  /// Reads a file of PyTorch by a function that copies bytes from a position on and returns how many, and one that gives the
  /// number of all. Throws FileError.
  void load_from(const std::function<std::size_t(std::uint64_t position, void* data, std::size_t bytes)>& read_bytes,
                 const std::function<std::size_t()>& size, std::optional<Device> device = std::nullopt);

 private:
  /// What archives in one another share.
  struct Contents {
    explicit Contents(io::Value::Dict dictionary);
    io::Value::Dict values;
    std::vector<std::pair<std::string, std::size_t>> sorted;  ///< the keys, each with its place in the dictionary
  };
  const io::Value& at(const std::string& key) const;
  io::Value::Dict entries_below() const;
  void note_reader() const;

  std::shared_ptr<const Contents> contents_;
  std::string start_;  ///< of this archive's keys in the contents
  std::string prefix_;
  std::shared_ptr<std::set<std::string>> readers_;
  mutable std::shared_ptr<const io::Value::Dict> entries_;  ///< without `start_`, once they were asked for
};

/// Puts the tensor under "0".
OutputArchive& operator<<(OutputArchive& archive, const Tensor& tensor);
/// Reads the tensor under "0".
InputArchive& operator>>(InputArchive& archive, Tensor& tensor);

}  // namespace xgrad::serialize

namespace xgrad {

namespace detail {

/// What operator<< writes to an archive.
template <class T>
concept Writable = requires(serialize::OutputArchive& output, const T& object) {
  output << object;
};
/// What operator>> reads from an archive.
template <class T>
concept Readable = requires(serialize::InputArchive& input, T& object) {
  input >> object;
};

/// A class that is not xgrad's, with operators of its own for archives.
template <class T>
concept Archivable = requires(serialize::OutputArchive& output, serialize::InputArchive& input, T& object) {
  output << std::as_const(object);
  input >> object;
}
&&!requires(serialize::OutputArchive & output, const T& object) { object.save(output); }
&&!requires(serialize::OutputArchive & output, const T& object) { object->save(output); };

}  // namespace detail

/// Writes a tensor to a file for Python's torch.load. Throws as save_value().
void save(const Tensor& tensor, const std::string& path);
void save(const Tensor& tensor, std::ostream& stream);
/// Several tensors, as a list.
void save(const std::vector<Tensor>& tensors, const std::string& path);
void save(const std::vector<Tensor>& tensors, std::ostream& stream);
/// Anything that operator<< writes to an archive.
template <detail::Archivable T>
void save(const T& object, const std::string& path) {
  serialize::OutputArchive archive;
  archive << object;
  archive.save_to(path);
}
/// The same, to a stream.
template <detail::Archivable T>
void save(const T& object, std::ostream& stream) {
  serialize::OutputArchive archive;
  archive << object;
  archive.save_to(stream);
}

/// Anything that operator<< writes to an archive, by a function that takes bytes, and returns how many it took. Throws
/// FileError where it takes fewer.
template <detail::Writable T>
void save(const T& object, const std::function<std::size_t(const void*, std::size_t)>& write_bytes) {
  serialize::OutputArchive archive;
  archive << object;
  archive.save_to(write_bytes);
}

/// Reads a tensor that `save` wrote, here, in Python or in libtorch; see InputArchive::read. Throws FileError, IndexError.
void load(Tensor& tensor, const std::string& path, std::optional<Device> device = std::nullopt);
void load(Tensor& tensor, std::istream& stream, std::optional<Device> device = std::nullopt);
/// Adds the tensors that `save` wrote behind those that are there. Throws FileError, and ValueError where there is anything
/// but tensors under 0, 1, 2 ...; nothing is added then.
void load(std::vector<Tensor>& tensors, const std::string& path, std::optional<Device> device = std::nullopt);
void load(std::vector<Tensor>& tensors, std::istream& stream, std::optional<Device> device = std::nullopt);
/// Anything that operator>> reads from an archive.
template <detail::Archivable T>
void load(T& object, const std::string& path, std::optional<Device> device = std::nullopt) {
  serialize::InputArchive archive;
  archive.load_from(path, device);
  archive >> object;
}
/// The same, from a stream.
template <detail::Archivable T>
void load(T& object, std::istream& stream, std::optional<Device> device = std::nullopt) {
  serialize::InputArchive archive;
  archive.load_from(stream, device);
  archive >> object;
}

/// Anything that operator>> reads from an archive, from memory.
template <detail::Readable T, std::integral Size>
requires(!std::same_as<Size, bool>)  // a bool behind a path is `strict`
    void load(T& object, const char* data, Size size, std::optional<Device> device = std::nullopt) {
  serialize::InputArchive archive;
  archive.load_from(data, static_cast<std::size_t>(size), device);
  archive >> object;
}
/// The same, by a function that copies bytes from a position on and returns how many, and one that gives the number of all.
template <detail::Readable T>
void load(T& object, const std::function<std::size_t(std::uint64_t position, void* data, std::size_t bytes)>& read_bytes,
          const std::function<std::size_t()>& size, std::optional<Device> device = std::nullopt) {
  serialize::InputArchive archive;
  archive.load_from(read_bytes, size, device);
  archive >> object;
}

}  // namespace xgrad
