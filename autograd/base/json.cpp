#include "autograd/base/json.h"

#include <nlohmann/json.hpp>

#include "autograd/base/error.h"

namespace xgrad::detail {

namespace {

using Json = nlohmann::json;

/// Behind the library's own prefix, "[json.exception.parse_error.101] ".
std::string_view without_prefix(std::string_view what) {
  const std::size_t prefix = what.find("] ");
  return prefix == std::string_view::npos ? what : what.substr(prefix + 2);
}

class Events final : public nlohmann::json_sax<Json> {
 public:
  explicit Events(JsonHandler& handler) : handler_(handler) {}

  bool null() override { return handler_.null(), true; }
  bool boolean(bool value) override { return handler_.boolean(value), true; }
  bool number_integer(number_integer_t number) override { return handler_.integer(number), true; }
  bool number_unsigned(number_unsigned_t number) override { return handler_.unsigned_integer(number), true; }
  bool number_float(number_float_t number, const string_t& /*text*/) override { return handler_.real(number), true; }
  bool string(string_t& text) override { return handler_.string(text), true; }
  bool binary(binary_t& /*bytes*/) override { return false; }  // not a part of JSON's text
  bool start_object(std::size_t /*elements*/) override { return handler_.begin_object(), true; }
  bool key(string_t& text) override { return handler_.key(text), true; }
  bool end_object() override { return handler_.end_object(), true; }
  bool start_array(std::size_t /*elements*/) override { return handler_.begin_array(), true; }
  bool end_array() override { return handler_.end_array(), true; }
  bool parse_error(std::size_t position, const std::string& /*token*/, const Json::exception& error) override {
    handler_.malformed(position, std::string(without_prefix(error.what())));
    return false;
  }

 private:
  JsonHandler& handler_;
};

}  // namespace

void read_json(std::string_view text, JsonHandler& handler) {
  Events events(handler);
  Json::sax_parse(text.begin(), text.end(), &events);
}

std::string quote_json(std::string_view text, NotUtf8 bytes, bool ascii) {
  const auto handling = bytes == NotUtf8::replace ? Json::error_handler_t::replace : Json::error_handler_t::strict;
  try {
    return Json(text).dump(-1, ' ', ascii, handling);
  } catch (const Json::type_error& error) {
    throw ValueError(std::string(without_prefix(error.what())));
  }
}

}  // namespace xgrad::detail
