#include "autograd/io/zip_archive.h"

#include <libdeflate.h>
#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "autograd/base/atomic_file.h"
#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
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

/// What libzip reads from or writes to, by run(). Exceptions wait here while its code is on the stack.
template <class Self>
struct Stream {
  Stream() { zip_error_init(&error); }
  ~Stream() { zip_error_fini(&error); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  static zip_int64_t call(void* self, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    auto& stream = *static_cast<Self*>(self);
    try {
      return stream.run(data, length, command);
    } catch (...) {
      stream.failure = std::current_exception();
      zip_error_set(&stream.error, command == ZIP_SOURCE_READ ? ZIP_ER_READ : ZIP_ER_WRITE, EIO);
      return -1;
    }
  }

  /// To seek: the new position, from that before and the size.
  zip_int64_t move(std::uint64_t size, void* data, zip_uint64_t length) {
    const zip_int64_t target = zip_source_seek_compute_offset(position, size, data, length, &error);
    if (target < 0) return -1;
    position = static_cast<std::uint64_t>(target);
    return 0;
  }

  std::uint64_t position = 0;
  zip_error_t error;
  std::exception_ptr failure;
};

/// Throws where an archive could not be opened.
zip_t* require_open(zip_t* archive, zip_source_t* source, zip_error_t* error, const std::string& failed) {
  if (archive == nullptr) {
    zip_source_free(source);
    throw FileError(fmt::format("{}: {}", failed, message(error)));
  }
  zip_error_fini(error);
  return archive;
}

/// Opens, or makes, what a stream reads or writes.
template <class Self>
zip_t* open_stream(Self& stream, int flags, const std::string& failed) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_function_create(&Self::call, &stream, &error);
  return require_open(source == nullptr ? nullptr : zip_open_from_source(source, flags, &error), source, &error, failed);
}

/// The bytes are read part by part, and give the memory of their pages back: they may be as many as the machine's memory
/// has.
std::uint32_t checksum_of(const std::byte* data, std::uint64_t bytes) {
  constexpr std::int64_t part = std::int64_t{1} << 22;
  const auto size = static_cast<std::int64_t>(bytes);
  std::vector<std::uint32_t> sums(static_cast<std::size_t>((size + part - 1) / part));
  const auto length_of = [&](std::int64_t i) { return std::min(part, size - i * part); };
  const auto parts = static_cast<std::int64_t>(sums.size());
  kernels::parallel_for(0, parts, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const auto length = static_cast<std::size_t>(length_of(i));
      sums[static_cast<std::size_t>(i)] = libdeflate_crc32(0, data + i * part, length);
      InputFile::release(data + i * part, length);
    }
  });
  std::uint32_t sum = 0;
  for (std::int64_t i = 0; i < parts; ++i) {
    sum = static_cast<std::uint32_t>(crc32_combine(sum, sums[static_cast<std::size_t>(i)], length_of(i)));
  }
  return sum;
}

}  // namespace

/// Where libzip reads a file from. It knows from where it read last.
struct ZipReader::Source : Stream<ZipReader::Source> {
  explicit Source(const InputFile& input) : file(input) {}

  zip_int64_t run(void* data, zip_uint64_t length, zip_source_cmd_t command) {
    switch (command) {
      case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_SEEKABLE;
      case ZIP_SOURCE_OPEN: position = 0; return 0;
      case ZIP_SOURCE_STAT: {
        auto* status = static_cast<zip_stat_t*>(data);
        zip_stat_init(status);
        status->size = file.size();
        status->valid |= ZIP_STAT_SIZE;
        return sizeof(*status);
      }
      case ZIP_SOURCE_READ: {
        const std::uint64_t count = std::min<std::uint64_t>(length, file.size() - position);
        file.read(position, data, count);
        last_read = position;
        position += count;
        return static_cast<zip_int64_t>(count);
      }
      case ZIP_SOURCE_SEEK: return move(file.size(), data, length);
      case ZIP_SOURCE_TELL: return static_cast<zip_int64_t>(position);
      case ZIP_SOURCE_ERROR: return zip_error_to_data(&error, data, length);
      default: return 0;
    }
  }

  /// Where the bytes of an entry begin, which libzip tells nobody: it reads the first of them.
  std::uint64_t position_of(zip_t* archive, std::uint64_t index) {
    zip_file_t* entry = zip_fopen_index(archive, index, ZIP_FL_COMPRESSED);
    char first = 0;
    const bool found = entry != nullptr && zip_fread(entry, &first, 1) == 1;
    if (entry != nullptr) zip_fclose(entry);
    check<FileError>(found, "{}: entry {} cannot be read", file.path(), index);
    return last_read;
  }

  const InputFile& file;
  std::uint64_t last_read = 0;
};

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

ZipReader::ZipReader(const InputFile& file)
    : path_(file.path()),
      source_(std::make_unique<Source>(file)),
      archive_(open_stream(*source_, ZIP_CHECKCONS | ZIP_RDONLY, file.path() + ": not a sound zip archive")) {
  read_entries(file.size());
}

ZipReader::ZipReader(std::string bytes, std::string name) : path_(std::move(name)), bytes_(std::move(bytes)) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes_.data(), bytes_.size(), 0, &error);
  if (source != nullptr) archive_ = zip_open_from_source(source, ZIP_CHECKCONS | ZIP_RDONLY, &error);
  require_open(archive_, source, &error, path_ + ": not a sound zip archive");
  read_entries(bytes_.size());
}

void ZipReader::read_entries(std::uint64_t room) {
  try {
    check<FileError>(room > 0, "{}: not a sound zip archive: it is empty", path_);  // libzip takes it for one
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
      ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
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
  const Entry kept{index, entry.size, entry.crc, entry.comp_method == ZIP_CM_STORE};
  check<FileError>(entries_.emplace(name, kept).second, "{}: {} occurs twice", path_, quote_name(name));
  names_.push_back(name);
}

const ZipReader::Entry& ZipReader::at(const std::string& name) const {
  const auto found = entries_.find(name);
  check<FileError>(found != entries_.end(), "{}: there is no {} in the archive", path_, quote_name(name));
  return found->second;
}

ZipEntry ZipReader::open(const std::string& name) const {
  const Entry& entry = at(name);
  std::string description = fmt::format("{}: {}", path_, quote_name(name));
  zip_file_t* file = zip_fopen_index(archive_, entry.index, 0);
  if (file == nullptr) throw FileError(fmt::format("{}: {}", description, message(zip_get_error(archive_))));
  return {file, entry.size, std::move(description)};
}

std::shared_ptr<std::byte> ZipReader::map(const std::string& name) const {
  const Entry& entry = at(name);
  if (!source_ || !entry.stored || entry.size == 0) return nullptr;
  const std::uint64_t position = source_->position_of(archive_, entry.index);
  const std::uint64_t room = source_->file.size();
  check<FileError>(position <= room && entry.size <= room - position, "{}: {} does not fit the file", path_,
                   quote_name(name));
  if (!memory_) memory_ = source_->file.map();
  std::byte* data = memory_.get() + position;
  check<FileError>(checksum_of(data, entry.size) == entry.checksum, "{}: {}: the checksum is wrong", path_,
                   quote_name(name));
  return {memory_, data};
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

/// Where libzip writes to.
struct ZipWriter::Sink : Stream<ZipWriter::Sink> {
  explicit Sink(const std::string& path) : file(path) {}
  explicit Sink(std::string* memory) : bytes(memory) {}

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
      case ZIP_SOURCE_SEEK_WRITE: return move(size, data, length);
      case ZIP_SOURCE_TELL_WRITE: return static_cast<zip_int64_t>(position);
      case ZIP_SOURCE_ERROR: return zip_error_to_data(&error, data, length);
      default: return 0;
    }
  }

  std::string name() const { return file ? file->path() : "to memory"; }

  std::optional<AtomicFile> file;  ///< or to memory:
  std::string* bytes = nullptr;
  std::deque<std::string> heads;
  std::uint64_t size = 0;
  std::uint64_t next_entry = 0;  ///< where it will begin
};

ZipWriter::ZipWriter(const std::string& path) : ZipWriter(std::make_unique<Sink>(path)) {}

ZipWriter::ZipWriter(std::string* bytes) : ZipWriter(std::make_unique<Sink>(bytes)) {}

ZipWriter::ZipWriter(std::unique_ptr<Sink> sink)
    : sink_(std::move(sink)), archive_(open_stream(*sink_, ZIP_CREATE | ZIP_TRUNCATE, "cannot write " + sink_->name())) {}

ZipWriter::~ZipWriter() {
  if (archive_ != nullptr) zip_discard(archive_);
}

void ZipWriter::add(const std::string& name, std::string head, const void* data, std::size_t bytes) {
  constexpr std::size_t longest_name = 65'535;
  check<ValueError>(name.find('\0') == std::string::npos && name.size() <= longest_name,
                    "cannot write {} of {}: names of entries have at most {} bytes, none of them 0", quote_name(name),
                    sink_->name(), longest_name);
  std::string& kept = sink_->heads.emplace_back(std::move(head));
  // libzip reads past fragments of no bytes.
  std::vector<zip_buffer_fragment_t> fragments;
  if (!kept.empty()) fragments.push_back({reinterpret_cast<zip_uint8_t*>(kept.data()), kept.size()});
  if (bytes > 0) fragments.push_back({static_cast<zip_uint8_t*>(const_cast<void*>(data)), bytes});
  zip_source_t* source = zip_source_buffer_fragment(archive_, fragments.data(), fragments.size(), 0);
  const zip_int64_t index = source == nullptr ? -1 : zip_file_add(archive_, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  constexpr zip_uint16_t first_of_january_1980 = 0x21;
  // An extra field of the entry's header, which PyTorch uses as well, fills the room up to the alignment.
  constexpr zip_uint16_t padding_field = 0x4246;
  constexpr std::uint64_t alignment = 64;
  constexpr std::uint64_t header_bytes = 30;
  constexpr std::uint64_t field_bytes = 4;
  const std::uint64_t unaligned = sink_->next_entry + header_bytes + name.size() + field_bytes + kept.size();
  const std::vector<zip_uint8_t> padding(bytes > 0 ? (alignment - unaligned % alignment) % alignment : 0);
  const auto number = static_cast<zip_uint64_t>(index);
  const bool added = index >= 0 && zip_set_file_compression(archive_, number, ZIP_CM_STORE, 0) == 0 &&
                     zip_file_set_dostime(archive_, number, 0, first_of_january_1980, 0) == 0 &&
                     zip_file_extra_field_set(archive_, number, padding_field, ZIP_EXTRA_FIELD_NEW, padding.data(),
                                              static_cast<zip_uint16_t>(padding.size()), ZIP_FL_LOCAL) == 0;
  sink_->next_entry = unaligned + padding.size() + bytes;
  if (added) return;
  if (index < 0) zip_source_free(source);
  throw FileError(fmt::format("cannot write {} of {}: {}", quote_name(name), sink_->name(),
                              zip_error_strerror(zip_get_error(archive_))));
}

void ZipWriter::commit() {
  if (zip_get_num_entries(archive_, 0) == 0) {
    // libzip writes nothing for it: the record that ends an archive, of no entries.
    const std::string_view end("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    if (sink_->file) sink_->file->write(end);
    else sink_->bytes->assign(end);
  }
  if (zip_close(archive_) != 0) {
    if (sink_->failure) std::rethrow_exception(sink_->failure);
    throw FileError(fmt::format("cannot write {}: {}", sink_->name(), zip_error_strerror(zip_get_error(archive_))));
  }
  archive_ = nullptr;
  if (sink_->file) sink_->file->commit();
}

}  // namespace xgrad::detail
