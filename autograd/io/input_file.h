/// Files to read from, by position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace xgrad {

/// A regular file, open for reading. Everything about it is hostile until checked: its size as well, which may change.
class InputFile {
 public:
  /// Throws FileError where the file cannot be opened, or is something other than a regular file.
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const { return path_; }
  /// The size at opening.
  std::uint64_t size() const { return size_; }
  /// Reads exactly `bytes` bytes from `position` on. Throws FileError where the file has fewer.
  void read(std::uint64_t position, void* data, std::size_t bytes) const;
  /// The first bytes, `most` of them or all. Throws FileError.
  std::string start(std::size_t most) const;
  /// The whole file in memory, read as it is used. Changes stay with the caller: they never reach the file.
  /// Whoever uses the memory while somebody else shortens the file is stopped by the system. Throws FileError.
  std::shared_ptr<std::byte> map() const;
  /// Gives back what a part of such memory takes up, for who needs it no more; changes to it are lost.
  static void release(const std::byte* data, std::size_t bytes) noexcept;

 private:
  std::string path_;
  std::uint64_t size_ = 0;
  int descriptor_;
};

}  // namespace xgrad
