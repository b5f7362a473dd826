/// JSON text as a sequence of events, so that a reader keeps only what it wants of a file that nobody trusts. The library
/// that parses it is slow to compile, and so included once, in json.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xgrad::detail {

/// What read_json() found, in the order of the text. A handler ends the reading by throwing.
class JsonHandler {
 public:
  virtual ~JsonHandler() = default;
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void integer(std::int64_t number) = 0;
  /// One that an std::int64_t need not hold; smaller ones that are not negative come here as well.
  virtual void unsigned_integer(std::uint64_t number) = 0;
  virtual void real(double number) = 0;
  virtual void string(std::string& text) = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void begin_object() = 0;
  virtual void key(std::string& text) = 0;
  virtual void end_object() = 0;
  /// The text is not JSON. Must throw.
  [[noreturn]] virtual void malformed(std::size_t position, const std::string& problem) = 0;
};

/// Reports one JSON value, which the text holds and nothing else.
void read_json(std::string_view text, JsonHandler& handler);

/// What to do with bytes that are not UTF-8.
enum class NotUtf8 { replace, refuse };
/// `text` in quotes, escaped; as ASCII with \u escapes where asked for. Throws ValueError for what is refused.
std::string quote_json(std::string_view text, NotUtf8 bytes, bool ascii = false);

}  // namespace xgrad::detail
