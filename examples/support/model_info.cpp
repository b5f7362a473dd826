#include "model_info.h"

#include <fmt/core.h>
#include <xgrad/xgrad.h>

#include <algorithm>
#include <charconv>

namespace support {

using xgrad::FileError;

ModelInfo ModelInfo::load(const std::string& path) {
  ModelInfo info;
  info.path_ = path;
  info.entries_ = xgrad::load_safetensors_metadata(path);
  return info;
}

void ModelInfo::set(const std::string& name, double value) { entries_[name] = fmt::format("{}", value); }

void ModelInfo::set(const std::string& name, const std::vector<std::string>& values) {
  std::string lines;
  for (const std::string& value : values) {
    for (const char c : value) lines += c == '\\' ? "\\\\" : c == '\n' ? "\\n" : std::string(1, c);
    lines += '\n';
  }
  entries_[name] = lines;
}

const std::string& ModelInfo::text(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found != entries_.end()) return found->second;
  throw FileError(
      fmt::format("{}: expected a model that --save of this program wrote: there is no '{}' in it", path_, name));
}

std::int64_t ModelInfo::integer(const std::string& name) const {
  const std::string& digits = text(name);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc() && end == digits.data() + digits.size()) return value;
  throw FileError(fmt::format("{}: expected a whole number as '{}', got '{}'", path_, name, digits));
}

double ModelInfo::number(const std::string& name) const {
  const std::string& digits = text(name);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc() && end == digits.data() + digits.size()) return value;
  throw FileError(fmt::format("{}: expected a number as '{}', got '{}'", path_, name, digits));
}

std::vector<std::string> ModelInfo::list(const std::string& name) const {
  const std::string& lines = text(name);
  std::vector<std::string> values;
  std::string value;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] == '\n') {
      values.push_back(value);
      value.clear();
    } else if (lines[i] == '\\' && i + 1 < lines.size()) {
      ++i;
      value += lines[i] == 'n' ? '\n' : lines[i];
    } else {
      value += lines[i];
    }
  }
  if (!value.empty()) values.push_back(value);
  return values;
}

void ModelInfo::check_program(const std::vector<std::string>& programs) const {
  if (std::find(programs.begin(), programs.end(), text("program")) != programs.end()) return;
  throw FileError(fmt::format("{}: {} wrote this model, and reads it: ./examples/run.sh {} --load {}", path_,
                              text("program"), text("program"), path_));
}

}  // namespace support
