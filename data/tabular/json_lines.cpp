#include "data/tabular/json_lines.h"

#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/base/json.h"
#include "autograd/io/input_file.h"
#include "data/text/byte_reader.h"

namespace xgrad::data {

namespace {

using detail::ByteReader;

constexpr std::size_t deepest = 100;  // a Value of many levels would exhaust the stack when it goes

/// Builds the Value of one line.
class RecordBuilder final : public xgrad::detail::JsonHandler {
 public:
  RecordBuilder(const std::string& path, std::uint64_t line) : path_(path), line_(line) {}

  void null() override { add({}); }
  void boolean(bool value) override { add(value); }
  void integer(std::int64_t number) override { add(number); }
  void unsigned_integer(std::uint64_t number) override {
    if (number > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return add(static_cast<double>(number));
    add(static_cast<std::int64_t>(number));
  }
  void real(double number) override { add(number); }
  void string(std::string& text) override { add(std::move(text)); }
  void begin_array() override { open(Value::List()); }
  void end_array() override { close(); }
  void begin_object() override { open(Value::Dict()); }
  void key(std::string& text) override { levels_.back().key = std::move(text); }
  void end_object() override { close(); }
  [[noreturn]] void malformed(std::size_t /*position*/, const std::string& problem) override { fail(problem); }

  Value take() { return std::move(record_); }

 private:
  struct Level {
    Value container;
    std::string key;  ///< of what comes next in an object
  };

  [[noreturn]] void fail(const std::string& problem) const {
    throw FileError(fmt::format("{}, line {}: {}", path_, line_, problem));
  }
  void open(Value container) {
    if (levels_.size() == deepest) fail(fmt::format("nested deeper than {} levels", deepest));
    levels_.push_back({std::move(container), {}});
  }
  void close() {
    Value finished = std::move(levels_.back().container);
    levels_.pop_back();
    add(std::move(finished));
  }
  void add(Value value) {
    if (levels_.empty()) {
      record_ = std::move(value);
    } else if (Level& level = levels_.back(); level.container.kind() == Value::Kind::dict) {
      level.container.dict()[level.key] = std::move(value);
    } else {
      level.container.list().push_back(std::move(value));
    }
  }

  const std::string& path_;
  std::uint64_t line_;
  std::vector<Level> levels_;
  Value record_;
};

Value parse_record(const std::string& text, const std::string& path, std::uint64_t line) {
  RecordBuilder builder(path, line);
  const std::string_view record = detail::trim(text);
  check<FileError>(line != 1 || (record != "[" && record != "[{"),
                   "{}: a JSON array; expected JSON lines: a record in each line, without [ ] and commas around", path);
  xgrad::detail::read_json(text, builder);
  return builder.take();
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
