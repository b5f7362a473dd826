#include "data/text/line_reader.h"

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"
#include "data/text/byte_reader.h"
#include "data/text/text_stream.h"

namespace xgrad::data {

Encoding parse_encoding(std::string_view name) {
  std::string plain;
  for (const char c : xgrad::detail::lower_text(name)) {
    if (c != '-' && c != '_' && c != ' ') plain += c;
  }
  if (plain == "utf8") return Encoding::Utf8;
  if (plain == "latin1" || plain == "iso88591") return Encoding::Latin1;
  throw ValueError(
      fmt::format("encoding: expected utf-8 or latin-1, got {}: convert other files with iconv", detail::quote_text(name)));
}

LineReader::LineReader(const std::string& path, Encoding encoding)
    : stream_(std::make_unique<detail::TextStream>(path, encoding)) {}

LineReader::~LineReader() = default;
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;

bool LineReader::next(std::string& line) {
  if (!stream_->read_line(line)) return false;
  ++line_;
  return true;
}

bool LineReader::next_filled(std::string& line) {
  while (next(line)) {
    if (line.find_first_not_of(" \t\r\v\f") != std::string::npos) return true;
    ++empty_lines_;
  }
  return false;
}

bool LineReader::ready() const { return stream_->has_line(); }

const std::string& LineReader::path() const { return stream_->path(); }

}  // namespace xgrad::data
