/// Files that are replaced in one step: readers see the old content or the new, never a part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xgrad {

/// Writes a file beside its final place, and moves it there on commit(). Without a commit, the old file stays as it was
/// and the temporary one is removed.
///
/// A process that is killed leaves its temporary file behind: remove_stale_temporaries() takes such files away.
///
/// A link is followed: the file it leads to is replaced. The permissions of an existing file are kept.
class AtomicFile {
 public:
  /// Throws FileError where the folder cannot be written to, or where `path` is something other than a regular file.
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. Small pieces are gathered before they are handed to the system. Throws FileError.
  void write(const void* data, std::size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// Replaces bytes from `position` on that were written before. Throws FileError.
  void rewrite(std::uint64_t position, const void* data, std::size_t bytes);

  /// Brings everything to the disk, then replaces the old file. Throws FileError, and ValueError when called twice.
  void commit();

  const std::string& path() const { return path_; }

 private:
  [[noreturn]] void fail(const char* action) const;
  void write_out(const char* data, std::size_t bytes) const;
  void flush();
  void close_file();

  std::string path_;       ///< as given, for messages
  std::string target_;     ///< with links followed
  std::string temporary_;  ///< empty once it has gone
  std::string buffer_;
  int descriptor_ = -1;
};

/// Removes temporary files of AtomicFile from a folder whose writers are no more; those of living processes stay. Files that
/// cannot be removed are left alone.
void remove_stale_temporaries(const std::string& folder);

}  // namespace xgrad
