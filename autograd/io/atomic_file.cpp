#include "autograd/io/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <random>
#include <system_error>
#include <tuple>
#include <utility>

#include "autograd/tensor/check.h"

namespace xgrad {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 16;
/// Leaves room for the suffix below the 255 bytes that file systems allow.
constexpr std::size_t longest_stem = 200;

std::string follow_links(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  std::string target = std::filesystem::weakly_canonical(path, error).string();
  check<FileError>(!error, "cannot write {}: {}", path, error.message());
  return target;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string temporary_beside(const std::string& target) {
  thread_local std::random_device random;
  const std::string stem = std::filesystem::path(target).filename().string().substr(0, longest_stem);
  return fmt::format("{}/.{}.{:08x}{:08x}.tmp", folder_of(target), stem, random(), random());
}

/// Without this, a crash of the machine could lose the renaming. Not every file system can do it for folders.
bool sync_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno == EACCES;
  const bool synced = ::fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return synced;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : path_(path), target_(follow_links(path)) {
  check<FileError>(!std::filesystem::path(target_).filename().empty(), "cannot write {}: no file name", path);
  struct stat existing {};
  const bool exists = ::stat(target_.c_str(), &existing) == 0;
  check<FileError>(!exists || S_ISREG(existing.st_mode), "cannot write {}: not a regular file", path);
  do {
    temporary_ = temporary_beside(target_);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && (errno == EEXIST || errno == EINTR));
  if (descriptor_ < 0) {
    temporary_.clear();
    fail("cannot create");
  }
  // Best effort: a file system without permissions is no reason to give up.
  if (exists) std::ignore = ::fchmod(descriptor_, existing.st_mode & 07777);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* data, std::size_t bytes) {
  check<ValueError>(descriptor_ >= 0, "AtomicFile: write to {} after commit", path_);
  const auto* first = static_cast<const char*>(data);
  if (buffer_.size() + bytes > buffer_bytes) flush();
  if (bytes >= buffer_bytes) {
    write_out(first, bytes);
  } else if (bytes > 0) {
    buffer_.append(first, bytes);
  }
}

void AtomicFile::commit() {
  check<ValueError>(descriptor_ >= 0, "AtomicFile: second commit of {}", path_);
  flush();
  if (::fsync(descriptor_) != 0) fail("cannot write");
  close_file();
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot replace");
  temporary_.clear();
  if (!sync_folder(folder_of(target_))) fail("wrote, but cannot bring to the disk the folder of");
}

void AtomicFile::fail(const char* action) const {
  const int error = errno;
  throw FileError(fmt::format("{} {}: {}", action, path_, std::generic_category().message(error)));
}

void AtomicFile::write_out(const char* data, std::size_t bytes) const {
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor_, data, bytes);
    if (written < 0) {
      if (errno == EINTR) continue;
      fail("cannot write");
    }
    data += written;
    bytes -= static_cast<std::size_t>(written);
  }
}

void AtomicFile::flush() {
  write_out(buffer_.data(), buffer_.size());
  buffer_.clear();
}

void AtomicFile::close_file() {
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("cannot write");
}

}  // namespace xgrad
