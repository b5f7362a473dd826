/// Zip archives, which PyTorch's files and npz files are. For .cpp files of this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/atomic_file.h"
#include "autograd/io/input_file.h"

struct zip;
struct zip_file;

namespace xgrad::detail {

/// One entry of an archive, read from its begin to its end.
class ZipEntry {
 public:
  ~ZipEntry();
  ZipEntry(ZipEntry&& other) noexcept;
  ZipEntry& operator=(ZipEntry&&) = delete;

  /// The number of bytes that the archive says it has; the archive's size allows for as many.
  std::uint64_t size() const { return size_; }
  /// The next `bytes` bytes. Throws FileError where the entry has fewer, or is damaged.
  void read(void* data, std::size_t bytes);
  /// Throws FileError unless everything was read and the checksum is right.
  void finish();

 private:
  friend class ZipReader;
  ZipEntry(zip_file* file, std::uint64_t size, std::string description)
      : file_(file), size_(size), description_(std::move(description)) {}

  zip_file* file_;
  std::uint64_t size_;
  std::string description_;  ///< file and entry, for messages
};

/// The entries of an archive by name. Entries are stored as they are or deflated.
class ZipReader {
 public:
  /// The file has to live as long. Throws FileError for anything but a sound archive: entries that are encrypted, occur
  /// twice, or claim more bytes than the file can hold.
  explicit ZipReader(const InputFile& file);
  /// An archive in memory, which messages call `name`.
  ZipReader(std::string bytes, std::string name);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  const std::string& path() const { return path_; }
  /// In the order of the archive.
  const std::vector<std::string>& names() const { return names_; }
  /// Whether there is an entry of the name.
  bool contains(const std::string& name) const { return entries_.contains(name); }
  /// Throws FileError where there is no such entry.
  ZipEntry open(const std::string& name) const;
  /// A whole entry. Throws FileError where it is longer than `most_bytes`.
  std::string read(const std::string& name, std::uint64_t most_bytes) const;
  /// The memory of a file's entry that is stored as it is, of open(name).size() bytes, once their checksum is found right:
  /// see InputFile::map. Null for what is deflated, empty, or in an archive in memory. Throws FileError where the entry is
  /// damaged.
  std::shared_ptr<std::byte> map(const std::string& name) const;

 private:
  struct Entry {
    std::uint64_t index;
    std::uint64_t size;
    std::uint32_t checksum;
    bool stored;  ///< as it is
  };
  struct Source;

  void read_entries(std::uint64_t room);
  void add(std::uint64_t index, std::uint64_t& room);

  const Entry& at(const std::string& name) const;

  std::string path_;
  std::string bytes_;               ///< of an archive in memory
  std::unique_ptr<Source> source_;  ///< of an archive in a file
  mutable std::shared_ptr<std::byte> memory_;
  zip* archive_ = nullptr;
  std::vector<std::string> names_;
  std::map<std::string, Entry> entries_;
};

/// Writes an archive with entries as they are, in the order of adding. Equal content gives equal bytes.
class ZipWriter {
 public:
  /// Throws FileError where the file cannot be made.
  explicit ZipWriter(const std::string& path);
  /// Writes to memory: into `bytes`, which is empty, and which the caller keeps until commit().
  explicit ZipWriter(std::string* bytes);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// An entry of `head` followed by `bytes` bytes at `data`, which the caller keeps until commit(). In the file these begin
  /// at a multiple of 64, as in PyTorch's files, so that a reader may use them where they are.
  void add(const std::string& name, std::string head, const void* data = nullptr, std::size_t bytes = 0);
  /// Writes everything, and replaces the old file. Throws FileError.
  void commit();

 private:
  struct Sink;

  explicit ZipWriter(std::unique_ptr<Sink> sink);

  std::unique_ptr<Sink> sink_;
  zip* archive_ = nullptr;
};

}  // namespace xgrad::detail
