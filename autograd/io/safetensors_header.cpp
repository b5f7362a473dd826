#include "autograd/io/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/json.h"
#include "autograd/io/untrusted.h"

namespace xgrad::detail {
namespace {

constexpr const char* metadata_name = "__metadata__";
constexpr std::array<std::pair<const char*, Dtype>, 10> safetensors_dtypes{{{"F64", kFloat64},
                                                                            {"F32", kFloat32},
                                                                            {"F16", kFloat16},
                                                                            {"BF16", kBFloat16},
                                                                            {"I64", kInt64},
                                                                            {"I32", kInt32},
                                                                            {"I16", kInt16},
                                                                            {"I8", kInt8},
                                                                            {"U8", kUInt8},
                                                                            {"BOOL", kBool}}};

const char* dtype_name(Dtype dtype) {
  return std::find_if(safetensors_dtypes.begin(), safetensors_dtypes.end(),
                      [&](const auto& known) { return known.second == dtype; })
      ->first;
}

/// Takes the events of the JSON parser. The format allows three levels, so nothing nested deeper is ever kept, and the
/// first thing out of place ends the reading.
class SafetensorsHeaderReader final : public JsonHandler {
 public:
  SafetensorsHeaderReader(SafetensorsHeader& header, const std::string& path) : header_(header), path_(path) {}

  void begin_object() override {
    if (level_ == Level::outside) {
      level_ = Level::names;
    } else if (level_ == Level::names) {
      level_ = name_ == metadata_name ? Level::metadata : Level::entry;
      fields_.clear();
    } else {
      unexpected("an object");
    }
  }

  void end_object() override {
    if (level_ == Level::entry) finish_entry();
    level_ = level_ == Level::names ? Level::outside : Level::names;
  }

  void key(std::string& text) override {
    if (level_ == Level::names) {
      name_ = text;
      require(names_.insert(text).second, "the name occurs twice");
    } else {
      field_ = text;
      require(fields_.insert(text).second, "a field occurs twice");
    }
  }

  void string(std::string& text) override {
    if (level_ == Level::metadata) {
      header_.metadata.emplace(field_, text);
    } else if (level_ == Level::entry && field_ == "dtype") {
      const auto* const found = std::find_if(safetensors_dtypes.begin(), safetensors_dtypes.end(),
                                             [&](const auto& known) { return text == known.first; });
      require(
          found != safetensors_dtypes.end(),
          "dtype " + quote_name(text) + " is not supported: expected F64, F32, F16, BF16, I64, I32, I16, I8, U8 or BOOL");
      entry_.dtype = found->second;
    } else {
      unexpected("a text");
    }
  }

  void begin_array() override {
    if (level_ != Level::entry || (field_ != "shape" && field_ != "data_offsets")) unexpected("an array");
    level_ = Level::numbers;
    numbers_.clear();
  }

  void unsigned_integer(std::uint64_t number) override {
    if (level_ != Level::numbers) unexpected("a number");
    require(numbers_.size() < most_dimensions, "more than 64 numbers in " + field_);
    numbers_.push_back(number);
  }

  void end_array() override {
    level_ = Level::entry;
    if (field_ == "shape") {
      entry_.shape.clear();
      for (const std::uint64_t size : numbers_) {
        require(size <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}, "a size is out of range");
        entry_.shape.push_back(static_cast<std::int64_t>(size));
      }
    } else {
      require(numbers_.size() == 2, "expected two data_offsets");
      std::tie(entry_.begin, entry_.end) = std::pair(numbers_[0], numbers_[1]);
    }
  }

  void null() override { unexpected("null"); }
  void boolean(bool /*value*/) override { unexpected("true or false"); }
  void integer(std::int64_t /*number*/) override { unexpected("a negative number"); }
  void real(double /*number*/) override { unexpected("a fraction"); }
  [[noreturn]] void malformed(std::size_t position, const std::string& /*problem*/) override {
    throw FileError(fmt::format("{}: malformed JSON at byte {} of the header", path_, position));
  }

 private:
  enum class Level { outside, names, metadata, entry, numbers };

  void require(bool condition, const std::string& message) const {
    if (!condition) throw FileError(fmt::format("{}: {}: {}", path_, quote_name(name_), message));
  }
  [[noreturn]] void unexpected(const char* what) const {
    if (level_ == Level::outside || level_ == Level::names) {
      throw FileError(fmt::format("{}: {} in the header where an object was expected", path_, what));
    }
    throw FileError(fmt::format("{}: {}: {} does not belong in {}", path_, quote_name(name_), what, quote_name(field_)));
  }

  void finish_entry() {
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      require(fields_.count(field) == 1, fmt::format("{} is missing", field));
    }
    std::uint64_t bytes = element_size(entry_.dtype);
    bool overflow = false;
    for (const std::int64_t size : entry_.shape) {
      // Sizes beside a 0 count as well: strides are computed from them.
      overflow |= __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(std::max<std::int64_t>(size, 1)), &bytes);
    }
    require(!overflow && bytes <= std::uint64_t{std::numeric_limits<std::int64_t>::max()},
            fmt::format("shape {} holds more elements than memory can", entry_.shape));
    if (std::find(entry_.shape.begin(), entry_.shape.end(), 0) != entry_.shape.end()) bytes = 0;
    require(entry_.begin <= entry_.end, fmt::format("data ends at byte {}, before its begin {}", entry_.end, entry_.begin));
    require(entry_.end - entry_.begin == bytes,
            fmt::format("{} of shape {} takes {} bytes, but data_offsets [{}, {}] hold {}", dtype_name(entry_.dtype),
                        entry_.shape, bytes, entry_.begin, entry_.end, entry_.end - entry_.begin));
    entry_.name = name_;
    header_.entries.push_back(std::move(entry_));
    entry_ = {};
  }

  SafetensorsHeader& header_;
  const std::string& path_;
  Level level_ = Level::outside;
  std::string name_;
  std::string field_;
  std::set<std::string> names_;
  std::set<std::string> fields_;
  std::vector<std::uint64_t> numbers_;
  SafetensorsEntry entry_;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view text, std::uint64_t data_bytes, const std::string& path) {
  check<FileError>(!text.empty() && text.front() == '{', "{}: the header does not begin with '{{'", path);
  SafetensorsHeader header;
  SafetensorsHeaderReader reader(header, path);
  read_json(text, reader);
  std::sort(header.entries.begin(), header.entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t covered = 0;
  for (const SafetensorsEntry& entry : header.entries) {
    check<FileError>(entry.begin == covered, "{}: {}: data begins at byte {}, {} of the tensor before ends at {}", path,
                     quote_name(entry.name), entry.begin, entry.begin < covered ? "but that" : "leaving a hole where that",
                     covered);
    check<FileError>(entry.end <= data_bytes, "{}: {}: data ends at byte {}, but the file has {} after the header", path,
                     quote_name(entry.name), entry.end, data_bytes);
    covered = entry.end;
  }
  check<FileError>(covered == data_bytes, "{}: {} bytes of data belong to no tensor", path, data_bytes - covered);
  return header;
}

std::string format_safetensors_header(const SafetensorsHeader& header) {
  std::string text;
  const auto quoted = [](const std::string& name) {
    try {
      return quote_json(name, NotUtf8::refuse);
    } catch (const ValueError& error) {
      throw ValueError(std::string("save_safetensors: names and metadata must be UTF-8: ") + error.what());
    }
  };
  const auto separator = [&text] { return text.empty() ? '{' : ','; };
  if (!header.metadata.empty()) {
    text = fmt::format("{{\"{}\":", metadata_name);
    char before = '{';
    for (const auto& [key, value] : header.metadata) {
      text += before + quoted(key) + ':' + quoted(value);
      before = ',';
    }
    text += '}';
  }
  for (const SafetensorsEntry& entry : header.entries) {
    text += separator();
    text += fmt::format("{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}", quoted(entry.name),
                        dtype_name(entry.dtype), fmt::join(entry.shape, ","), entry.begin, entry.end);
  }
  text += text.empty() ? "{}" : "}";
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace xgrad::detail
