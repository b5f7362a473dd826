#include "data/text/text_stream.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"

namespace xgrad::data::detail {

namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 16;

class FileSource : public ByteSource {
 public:
  FileSource(std::shared_ptr<const InputFile> file, std::uint64_t begin, std::uint64_t end)
      : file_(std::move(file)), position_(std::min(begin, file_->size())), end_(std::clamp(end, position_, file_->size())) {}
  std::size_t read(char* data, std::size_t bytes) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, end_ - position_));
    if (count > 0) file_->read(position_, data, count);
    position_ += count;
    return count;
  }

 private:
  std::shared_ptr<const InputFile> file_;
  std::uint64_t position_;
  std::uint64_t end_;
};

class StandardInput : public ByteSource {
 public:
  std::size_t read(char* data, std::size_t bytes) override {
    while (true) {
      const ssize_t count = ::read(STDIN_FILENO, data, bytes);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) {
        throw FileError(fmt::format("cannot read the standard input: {}", std::generic_category().message(errno)));
      }
    }
  }
};

/// Bytes that were read already, then those of another source.
class Continued : public ByteSource {
 public:
  Continued(std::string first, std::unique_ptr<ByteSource> source) : first_(std::move(first)), source_(std::move(source)) {}
  std::size_t read(char* data, std::size_t bytes) override {
    if (used_ == first_.size()) return source_->read(data, bytes);
    const std::size_t count = std::min(bytes, first_.size() - used_);
    std::memcpy(data, first_.data() + used_, count);
    used_ += count;
    return count;
  }

 private:
  std::string first_;
  std::size_t used_ = 0;
  std::unique_ptr<ByteSource> source_;
};

/// What gzip compressed, one member after the other (RFC 1952).
class Gunzip : public ByteSource {
 public:
  Gunzip(std::string path, std::unique_ptr<ByteSource> source) : path_(std::move(path)), source_(std::move(source)) {
    constexpr int gzip_alone = 16;
    if (::inflateInit2(&stream_, gzip_alone + MAX_WBITS) != Z_OK) throw FileError(path_ + ": zlib cannot start");
  }
  ~Gunzip() override { ::inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  std::size_t read(char* data, std::size_t bytes) override {
    stream_.next_out = reinterpret_cast<Bytef*>(data);
    stream_.avail_out = static_cast<uInt>(bytes);
    while (stream_.avail_out == bytes) {
      if (stream_.avail_in == 0) {
        input_.resize(chunk_bytes);
        input_.resize(source_->read(input_.data(), input_.size()));
        stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
        stream_.avail_in = static_cast<uInt>(input_.size());
        if (input_.empty()) {
          check<FileError>(between_members_, "{}: the compressed data is cut short: fetch or compress the file again",
                           path_);
          return 0;
        }
      }
      between_members_ = false;
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        between_members_ = true;
        ::inflateReset(&stream_);
        continue;
      }
      check<FileError>(status == Z_OK || status == Z_BUF_ERROR, "{}: the compressed data is damaged: {}", path_,
                       stream_.msg != nullptr ? stream_.msg : "zlib gives no reason");
    }
    return bytes - stream_.avail_out;
  }

 private:
  std::string path_;
  std::unique_ptr<ByteSource> source_;
  ::z_stream stream_{};
  std::string input_;
  bool between_members_ = false;
};

/// Where in the text's last bytes a character begins that goes on behind them; its size where there is none.
std::size_t begun_character(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? text.size() - back : text.size();
  }
  return text.size();
}

}  // namespace

TextStream::TextStream(const std::string& path, Encoding encoding) : path_(path), encoding_(encoding) {
  if (path == "-") {
    path_ = "standard input";
    source_ = std::make_unique<StandardInput>();
  } else {
    auto file = std::make_shared<const InputFile>(path);
    const std::uint64_t size = file->size();
    source_ = std::make_unique<FileSource>(std::move(file), 0, size);
  }
  start();
}

TextStream::TextStream(std::shared_ptr<const InputFile> file, Encoding encoding, std::uint64_t begin, std::uint64_t end,
                       std::uint64_t line)
    : path_(file->path()),
      encoding_(encoding),
      source_(std::make_unique<FileSource>(std::move(file), begin, end)),
      buffer_position_(begin),
      next_position_(begin),
      line_(line) {
  if (begin == 0) start();
}

TextStream::TextStream(std::string name, std::string text)
    : path_(std::move(name)), encoding_(Encoding::Unchecked), buffer_(std::move(text)) {}

/// Looks at the first bytes: compressed, a byte order mark, or UTF-16.
void TextStream::start() {
  const auto read_first = [this](std::size_t bytes) {
    std::string first(bytes, '\0');
    std::size_t size = 0;
    while (size < bytes) {
      const std::size_t count = source_->read(first.data() + size, bytes - size);
      if (count == 0) break;
      size += count;
    }
    first.resize(size);
    return first;
  };
  std::string first = read_first(2);
  if (first == "\x1F\x8B") {
    compressed_ = true;
    source_ = std::make_unique<Gunzip>(path_, std::make_unique<Continued>(std::move(first), std::move(source_)));
    first = read_first(2);
  }
  check<FileError>(encoding_ == Encoding::Unchecked || (first != "\xFF\xFE" && first != "\xFE\xFF"),
                   "{}: the file is in UTF-16: convert it to UTF-8, as by iconv -f UTF-16 -t UTF-8", path_);
  if (first == "\xEF\xBB") {
    first += read_first(1);
    if (first == "\xEF\xBB\xBF") {
      buffer_position_ = next_position_ = first.size();
      return;
    }
  }
  if (!first.empty()) source_ = std::make_unique<Continued>(std::move(first), std::move(source_));
}

bool TextStream::fill() {
  if (source_ == nullptr) return false;
  line_ += static_cast<std::uint64_t>(std::count(buffer_.begin(), buffer_.end(), '\n'));
  buffer_position_ = next_position_;
  used_ = counted_ = 0;
  counted_position_ = buffer_position_;
  while (true) {
    buffer_ = std::exchange(carried_, {});
    const std::size_t before = buffer_.size();
    buffer_.resize(before + chunk_bytes);
    const std::size_t count = source_->read(buffer_.data() + before, chunk_bytes);
    buffer_.resize(before + count);
    if (encoding_ == Encoding::Utf8) check_utf8(count == 0);
    next_position_ = buffer_position_ + buffer_.size();
    if (encoding_ == Encoding::Latin1) decode_latin1();
    if (!buffer_.empty()) return true;
    if (count == 0) return false;
  }
}

void TextStream::check_utf8(bool at_end) {
  if (!at_end) {
    const std::size_t begun = begun_character(buffer_);
    carried_ = buffer_.substr(begun);
    buffer_.resize(begun);
  }
  const std::size_t invalid = xgrad::detail::find_invalid_utf8(buffer_);
  if (invalid == std::string::npos) return;
  const auto lines = std::count(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(invalid), '\n');
  throw FileError(fmt::format(
      "{}, line {}: the byte 0x{:02x} is no UTF-8: read the file as latin-1 (--encoding latin-1), or convert it to UTF-8",
      path_, line_ + static_cast<std::uint64_t>(lines), static_cast<unsigned char>(buffer_[invalid])));
}

void TextStream::decode_latin1() {
  if (std::all_of(buffer_.begin(), buffer_.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return;
  std::string decoded;
  decoded.reserve(2 * buffer_.size());
  for (const char c : buffer_) xgrad::detail::append_code_point(decoded, static_cast<unsigned char>(c));
  buffer_ = std::move(decoded);
}

std::uint64_t TextStream::position() {
  if (encoding_ != Encoding::Latin1) return buffer_position_ + used_;
  // A byte of the file is a character of the buffer.
  counted_position_ += static_cast<std::uint64_t>(std::count_if(
      buffer_.begin() + static_cast<std::ptrdiff_t>(counted_), buffer_.begin() + static_cast<std::ptrdiff_t>(used_),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  counted_ = used_;
  return counted_position_;
}

bool TextStream::read_line(std::string& line) {
  line.clear();
  if (peek() == end_of_file) return false;
  for (std::string_view text = buffered(); !text.empty(); text = buffered()) {
    const std::size_t end = text.find('\n');
    const std::size_t length = std::min(end, text.size());
    check<FileError>(line.size() + length <= longest_line, "{}: a line is longer than {} bytes: is this a text?", path_,
                     longest_line);
    line.append(text.substr(0, length));
    consume(length);
    if (end != std::string_view::npos) {
      consume(1);
      break;
    }
  }
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

}  // namespace xgrad::data::detail
