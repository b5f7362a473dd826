#include "autograd/base/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <random>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "autograd/base/check.h"

namespace xgrad {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 16;
/// Leaves room for the suffix below the 255 bytes that file systems allow.
constexpr std::size_t longest_stem = 200;

/// Where links lead in the end, be there a file or not.
std::string follow_links(const std::string& path) {
  constexpr int most_links = 40;
  std::filesystem::path target = path;
  std::error_code error;
  for (int links = 0; std::filesystem::is_symlink(target, error); ++links) {
    const std::filesystem::path next = std::filesystem::read_symlink(target, error);
    check<FileError>(!error && links < most_links, "cannot write {}: {}", path,
                     error ? error.message() : "its links lead nowhere");
    target = target.parent_path() / next;
  }
  return target.string();
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

/// Says that the file has a writer, which ends with the process. False where remove_stale_temporaries() was faster: the
/// file is gone, and closed.
bool claim(int descriptor) {
  const bool locked = ::flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  if (!locked && errno != EWOULDBLOCK) return true;  // no locks on this file system
  struct stat status {};
  if (locked && ::fstat(descriptor, &status) == 0 && status.st_nlink > 0) return true;
  ::close(descriptor);
  return false;
}

/// Whether the name is one of temporary_beside().
bool is_temporary_name(const std::string& name) {
  constexpr std::size_t digits = 16;
  constexpr std::string_view end = ".tmp";
  if (name.size() < 1 + digits + 1 + end.size() || name.front() != '.' || !name.ends_with(end)) return false;
  const std::string_view number = std::string_view(name).substr(name.size() - end.size() - digits, digits);
  return name[name.size() - end.size() - digits - 1] == '.' &&
         number.find_first_not_of("0123456789abcdef") == std::string_view::npos;
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
  check<FileError>(path.find('\0') == std::string::npos, "cannot write a file whose name has a byte 0: {}", path);
  struct stat existing {};
  const bool exists = ::stat(target_.c_str(), &existing) == 0;
  check<FileError>(!exists || S_ISREG(existing.st_mode), "cannot write {}: not a regular file", path);
  do {
    temporary_ = temporary_beside(target_);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 ? errno == EEXIST || errno == EINTR : !claim(descriptor_));
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

void AtomicFile::rewrite(std::uint64_t position, const void* data, std::size_t bytes) {
  check<ValueError>(descriptor_ >= 0, "AtomicFile: write to {} after commit", path_);
  flush();
  const auto* first = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = ::pwrite(descriptor_, first, bytes, static_cast<off_t>(position));
    if (written < 0) {
      if (errno == EINTR) continue;
      fail("cannot write");
    }
    first += written;
    position += static_cast<std::uint64_t>(written);
    bytes -= static_cast<std::size_t>(written);
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

void remove_stale_temporaries(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder.empty() ? "." : folder, error)) {
    if (!is_temporary_name(entry.path().filename().string()) || !entry.is_regular_file(error)) continue;
    const int descriptor = ::open(entry.path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) continue;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
    ::close(descriptor);
  }
}

}  // namespace xgrad
