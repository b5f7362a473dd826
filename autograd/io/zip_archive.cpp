#include "autograd/io/zip_archive.h"

#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <optional>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/io/untrusted.h"

namespace xgrad::detail {
namespace {

/// No byte of deflated data stands for more.
constexpr std::uint64_t most_inflation = 1032;

std::string message(zip_error_t* error) {
  std::string text = zip_error_strerror(error);
  zip_error_fini(error);
  return text;
}

zip_t* open_archive(const InputFile& file) {
  int code = 0;
  const int descriptor = file.duplicate();
  zip_t* archive = zip_fdopen(descriptor, ZIP_CHECKCONS, &code);
  if (archive == nullptr) {
    ::close(descriptor);
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    throw FileError(fmt::format("{}: not a sound zip archive: {}", file.path(), message(&error)));
  }
  return archive;
}

}  // namespace

ZipEntry::~ZipEntry() {
  if (file_ != nullptr) zip_fclose(file_);
}

ZipEntry::ZipEntry(ZipEntry&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)), size_(other.size_), description_(std::move(other.description_)) {}

void ZipEntry::read(void* data, std::size_t bytes) {
  auto* target = static_cast<char*>(data);
  while (bytes > 0) {
    const zip_int64_t count = zip_fread(file_, target, bytes);
    check<FileError>(count >= 0, "{}: {}", description_, zip_error_strerror(zip_file_get_error(file_)));
    check<FileError>(count > 0, "{}: ends {} bytes too early", description_, bytes);
    target += count;
    bytes -= static_cast<std::size_t>(count);
  }
}

void ZipEntry::finish() {
  char rest = 0;
  const zip_int64_t count = zip_fread(file_, &rest, 1);  // the checksum is compared at the end
  check<FileError>(count >= 0, "{}: {}", description_, zip_error_strerror(zip_file_get_error(file_)));
  check<FileError>(count == 0, "{}: is longer than expected", description_);
}

ZipReader::ZipReader(const InputFile& file) : path_(file.path()), archive_(open_archive(file)) { read_entries(file.size()); }

ZipReader::ZipReader(std::string bytes, std::string name) : path_(std::move(name)), bytes_(std::move(bytes)) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes_.data(), bytes_.size(), 0, &error);
  if (source != nullptr) archive_ = zip_open_from_source(source, ZIP_CHECKCONS | ZIP_RDONLY, &error);
  if (archive_ == nullptr) {
    zip_source_free(source);
    throw FileError(fmt::format("{}: not a sound zip archive: {}", path_, message(&error)));
  }
  zip_error_fini(&error);
  read_entries(bytes_.size());
}

void ZipReader::read_entries(std::uint64_t room) {
  try {
    const zip_int64_t count = zip_get_num_entries(archive_, 0);
    for (zip_int64_t index = 0; index < count; ++index) add(static_cast<std::uint64_t>(index), room);
  } catch (...) {
    zip_discard(archive_);
    throw;
  }
}

ZipReader::~ZipReader() { zip_discard(archive_); }

void ZipReader::add(std::uint64_t index, std::uint64_t& room) {
  zip_stat_t entry;
  constexpr zip_uint64_t needed =
      ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  const bool known = zip_stat_index(archive_, index, ZIP_FL_ENC_RAW, &entry) == 0 && (entry.valid & needed) == needed;
  check<FileError>(known, "{}: entry {} cannot be read", path_, index);
  const std::string name = entry.name;
  check<FileError>(entry.encryption_method == ZIP_EM_NONE, "{}: {} is encrypted", path_, quote_name(name));
  check<FileError>(entry.comp_method == ZIP_CM_STORE || entry.comp_method == ZIP_CM_DEFLATE,
                   "{}: {} is packed by method {}, expected none or deflate", path_, quote_name(name), entry.comp_method);
  // Entries that share bytes would let a small file grow without bounds.
  check<FileError>(entry.comp_size <= room, "{}: {} does not fit the file", path_, quote_name(name));
  room -= entry.comp_size;
  const std::uint64_t most = entry.comp_method == ZIP_CM_STORE ? entry.comp_size : entry.comp_size * most_inflation;
  check<FileError>(entry.size <= most, "{}: {} claims {} bytes, more than its {} can stand for", path_, quote_name(name),
                   entry.size, entry.comp_size);
  check<FileError>(entries_.emplace(name, Entry{index, entry.size}).second, "{}: {} occurs twice", path_, quote_name(name));
  names_.push_back(name);
}

ZipEntry ZipReader::open(const std::string& name) const {
  const auto found = entries_.find(name);
  check<FileError>(found != entries_.end(), "{}: there is no {} in the archive", path_, quote_name(name));
  std::string description = fmt::format("{}: {}", path_, quote_name(name));
  zip_file_t* file = zip_fopen_index(archive_, found->second.index, 0);
  if (file == nullptr) throw FileError(fmt::format("{}: {}", description, message(zip_get_error(archive_))));
  return {file, found->second.size, std::move(description)};
}

std::string ZipReader::read(const std::string& name, std::uint64_t most_bytes) const {
  ZipEntry entry = open(name);
  check<FileError>(entry.size() <= most_bytes, "{}: {} has {} bytes, more than the {} allowed", path_, quote_name(name),
                   entry.size(), most_bytes);
  std::string text(entry.size(), '\0');
  entry.read(text.data(), text.size());
  entry.finish();
  return text;
}

/// Where libzip writes to. Exceptions wait here while its code is on the stack.
struct ZipWriter::Sink {
  explicit Sink(const std::string& path) : file(path) { zip_error_init(&error); }
  explicit Sink(std::string* memory) : bytes(memory) { zip_error_init(&error); }
  ~Sink() { zip_error_fini(&error); }

  static zip_int64_t call(void* self, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    auto& sink = *static_cast<Sink*>(self);
    try {
      return sink.run(data, length, command);
    } catch (...) {
      sink.failure = std::current_exception();
      zip_error_set(&sink.error, ZIP_ER_WRITE, EIO);
      return -1;
    }
  }

  zip_int64_t run(void* data, zip_uint64_t length, zip_source_cmd_t command) {
    switch (command) {
      case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_WRITABLE;
      case ZIP_SOURCE_STAT: {
        zip_error_set(&error, ZIP_ER_READ, ENOENT);  // a new archive
        return -1;
      }
      case ZIP_SOURCE_WRITE: {
        const std::size_t old = static_cast<std::size_t>(std::min<std::uint64_t>(length, size - position));
        if (file) {
          if (old > 0) file->rewrite(position, data, old);
          file->write(static_cast<const char*>(data) + old, length - old);
        } else {
          bytes->replace(position, old, static_cast<const char*>(data), length);
        }
        position += length;
        size = std::max(size, position);
        return static_cast<zip_int64_t>(length);
      }
      case ZIP_SOURCE_SEEK_WRITE: {
        const zip_int64_t target = zip_source_seek_compute_offset(position, size, data, length, &error);
        if (target < 0) return -1;
        position = static_cast<std::uint64_t>(target);
        return 0;
      }
      case ZIP_SOURCE_TELL_WRITE: return static_cast<zip_int64_t>(position);
      case ZIP_SOURCE_ERROR: return zip_error_to_data(&error, data, length);
      default: return 0;
    }
  }

  std::string name() const { return file ? file->path() : "to memory"; }

  std::optional<AtomicFile> file;  ///< or to memory:
  std::string* bytes = nullptr;
  std::deque<std::string> heads;
  std::uint64_t position = 0;
  std::uint64_t size = 0;
  zip_error_t error;
  std::exception_ptr failure;
};

ZipWriter::ZipWriter(const std::string& path) : ZipWriter(std::make_unique<Sink>(path)) {}

ZipWriter::ZipWriter(std::string* bytes) : ZipWriter(std::make_unique<Sink>(bytes)) {}

ZipWriter::ZipWriter(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_function_create(&Sink::call, sink_.get(), &error);
  if (source != nullptr) archive_ = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
  if (archive_ == nullptr) {
    zip_source_free(source);
    throw FileError(fmt::format("cannot write {}: {}", sink_->name(), message(&error)));
  }
  zip_error_fini(&error);
}

ZipWriter::~ZipWriter() {
  if (archive_ != nullptr) zip_discard(archive_);
}

void ZipWriter::add(const std::string& name, std::string head, const void* data, std::size_t bytes) {
  std::string& kept = sink_->heads.emplace_back(std::move(head));
  // libzip reads past fragments of no bytes.
  std::vector<zip_buffer_fragment_t> fragments;
  if (!kept.empty()) fragments.push_back({reinterpret_cast<zip_uint8_t*>(kept.data()), kept.size()});
  if (bytes > 0) fragments.push_back({static_cast<zip_uint8_t*>(const_cast<void*>(data)), bytes});
  zip_source_t* source = zip_source_buffer_fragment(archive_, fragments.data(), fragments.size(), 0);
  const zip_int64_t index = source == nullptr ? -1 : zip_file_add(archive_, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  constexpr zip_uint16_t first_of_january_1980 = 0x21;
  const bool added = index >= 0 &&
                     zip_set_file_compression(archive_, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) == 0 &&
                     zip_file_set_dostime(archive_, static_cast<zip_uint64_t>(index), 0, first_of_january_1980, 0) == 0;
  if (added) return;
  if (index < 0) zip_source_free(source);
  throw FileError(fmt::format("cannot write {} of {}: {}", quote_name(name), sink_->name(),
                              zip_error_strerror(zip_get_error(archive_))));
}

void ZipWriter::commit() {
  if (zip_close(archive_) != 0) {
    if (sink_->failure) std::rethrow_exception(sink_->failure);
    throw FileError(fmt::format("cannot write {}: {}", sink_->name(), zip_error_strerror(zip_get_error(archive_))));
  }
  archive_ = nullptr;
  if (sink_->file) sink_->file->commit();
}

}  // namespace xgrad::detail
