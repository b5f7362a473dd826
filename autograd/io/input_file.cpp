#include "autograd/io/input_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "autograd/base/check.h"

namespace xgrad {

// Without O_NONBLOCK, opening a pipe would wait for a writer.
InputFile::InputFile(const std::string& path) : path_(path) {
  check<FileError>(path.find('\0') == std::string::npos, "cannot open a file whose name has a byte 0: {}", path);
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) throw FileError(fmt::format("cannot open {}: {}", path, std::generic_category().message(errno)));
  struct stat status {};
  const bool known = ::fstat(descriptor_, &status) == 0;
  if (!known || !S_ISREG(status.st_mode)) {
    const std::string reason = known ? "not a regular file" : std::generic_category().message(errno);
    ::close(descriptor_);
    throw FileError(fmt::format("cannot read {}: {}", path, reason));
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read(std::uint64_t position, void* data, std::size_t bytes) const {
  check<FileError>(position <= size_ && bytes <= size_ - position, "{}: ends at byte {}, expected {} bytes from byte {} on",
                   path_, size_, bytes, position);
  auto* target = static_cast<char*>(data);
  while (bytes > 0) {
    const ssize_t count = ::pread(descriptor_, target, bytes, static_cast<off_t>(position));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw FileError(fmt::format("cannot read {}: {}", path_, std::generic_category().message(errno)));
    check<FileError>(count > 0, "{}: became shorter while it was read", path_);
    target += count;
    position += static_cast<std::uint64_t>(count);
    bytes -= static_cast<std::size_t>(count);
  }
}

std::string InputFile::start(std::size_t most) const {
  std::string bytes(std::min<std::uint64_t>(size_, most), '\0');
  read(0, bytes.data(), bytes.size());
  return bytes;
}

std::shared_ptr<std::byte> InputFile::map() const {
  const std::size_t size = size_;
  void* memory = ::mmap(nullptr, std::max<std::size_t>(size, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor_, 0);
  if (memory == MAP_FAILED) {
    throw FileError(fmt::format("cannot read {}: {}", path_, std::generic_category().message(errno)));
  }
  return {static_cast<std::byte*>(memory), [size](std::byte* data) { ::munmap(data, std::max<std::size_t>(size, 1)); }};
}

void InputFile::release(const std::byte* data, std::size_t bytes) noexcept {
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  // Whole pages.
  const std::size_t skipped = (page - reinterpret_cast<std::uintptr_t>(data) % page) % page;
  const std::size_t released = bytes > skipped ? (bytes - skipped) / page * page : 0;
  if (released > 0) ::madvise(const_cast<std::byte*>(data + skipped), released, MADV_DONTNEED);
}

}  // namespace xgrad
