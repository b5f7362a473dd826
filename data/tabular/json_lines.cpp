#include "data/tabular/json_lines.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "data/text/byte_reader.h"

namespace xgrad::data {

namespace {

using detail::ByteReader;
using Json = nlohmann::ordered_json;

constexpr int deepest = 100;  // a Value of many levels would exhaust the stack when it goes

Value to_value(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean: return json.get<bool>();
    case Json::value_t::number_integer: return json.get<std::int64_t>();
    case Json::value_t::number_unsigned:
      if (json.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) return json.get<double>();
      return json.get<std::int64_t>();
    case Json::value_t::number_float: return json.get<double>();
    case Json::value_t::string: return json.get<std::string>();
    case Json::value_t::array: {
      Value::List list;
      list.reserve(json.size());
      for (const Json& item : json) list.push_back(to_value(item));
      return list;
    }
    case Json::value_t::object: {
      Value::Dict dict;
      for (const auto& [key, item] : json.items()) dict[key] = to_value(item);
      return dict;
    }
    default: return {};
  }
}

Value parse_record(const std::string& text, const std::string& path, std::uint64_t line) {
  const auto fail = [&](const std::string& problem) {
    return FileError(fmt::format("{}, line {}: {}", path, line, problem));
  };
  try {
    return to_value(Json::parse(text, [&](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
      if (depth > deepest) throw fail(fmt::format("nested deeper than {} levels", deepest));
      return true;
    }));
  } catch (const Json::exception& error) {
    // Behind the library's own prefix, "[json.exception.parse_error.101] ".
    const std::string_view what = error.what();
    const std::size_t prefix = what.find("] ");
    throw fail(std::string(prefix == std::string_view::npos ? what : what.substr(prefix + 2)));
  }
}

/// Reads the next line that is not empty, and where it begins; false at the end of the file.
bool next_record(ByteReader& reader, std::string& text, std::uint64_t& line, std::uint64_t& position) {
  do {
    position = reader.position();
    if (!reader.read_line(text)) return false;
    ++line;
  } while (text.find_first_not_of(" \t\r") == std::string::npos);
  return true;
}

}  // namespace

struct JsonLinesReader::State {
  State(const std::string& path, Encoding encoding) : reader(path, encoding) {}
  LineReader reader;
  std::string text;
};

JsonLinesReader::JsonLinesReader(const std::string& path, Encoding encoding)
    : state_(std::make_unique<State>(path, encoding)) {}

JsonLinesReader::~JsonLinesReader() = default;

bool JsonLinesReader::next(Value& record) {
  if (!state_->reader.next_filled(state_->text)) return false;
  record = parse_record(state_->text, state_->reader.path(), state_->reader.line());
  return true;
}

std::uint64_t JsonLinesReader::line() const { return state_->reader.line(); }

std::uint64_t JsonLinesReader::empty_lines() const { return state_->reader.empty_lines(); }

struct JsonLinesDataset::State {
  struct Place {
    std::uint64_t position;
    std::uint64_t line;
  };
  explicit State(const std::string& path) : file(path) {}
  InputFile file;
  std::vector<Place> records;
};

JsonLinesDataset::JsonLinesDataset(const std::string& path) {
  auto state = std::make_shared<State>(path);
  ByteReader reader(state->file);
  reader.skip_byte_order_mark();
  std::string text;
  std::uint64_t line = 0;
  std::uint64_t position = 0;
  while (next_record(reader, text, line, position)) state->records.push_back({position, line});
  state_ = std::move(state);
}

Value JsonLinesDataset::get(std::size_t index) const {
  detail::check_index("JsonLinesDataset", index, size());
  const State::Place& place = state_->records[index];
  const std::uint64_t end = index + 1 < size() ? state_->records[index + 1].position : state_->file.size();
  ByteReader reader(state_->file, place.position, end);
  std::string text;
  reader.read_line(text);
  return parse_record(text, state_->file.path(), place.line);
}

std::size_t JsonLinesDataset::size() const { return state_->records.size(); }

}  // namespace xgrad::data
