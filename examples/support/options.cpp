#include "options.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>
#include <sstream>
#include <system_error>
#include <type_traits>

namespace support {

namespace {

/// Help whose lines end within 80 columns, but for whole commands.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::istringstream lines(CLI::Formatter::make_help(app, std::move(name), mode));
    std::string help;
    for (std::string line; std::getline(lines, line);) {
      const bool option = line.starts_with("  ");
      while (line.size() > columns && !line.starts_with("  ./")) {
        std::size_t end = line.rfind(' ', columns);
        // Not within the column of names.
        if (end == std::string::npos || (option && end <= get_column_width())) end = line.find(' ', columns);
        if (end == std::string::npos) break;
        help += line.substr(0, end) + '\n';
        line = (option ? std::string(get_column_width(), ' ') : "") + line.substr(end + 1);
      }
      help += line + '\n';
    }
    return help;
  }

 private:
  static constexpr std::size_t columns = 80;
};

/// Whether a number lies in a range, which NaN and infinities do not.
template <class T>
bool lies_in(T value, Range range) {
  constexpr double highest_share = 0.95;
  if (!std::isfinite(static_cast<double>(value))) return false;
  switch (range) {
    case Range::positive: return value > 0;
    case Range::not_negative: return value >= 0;
    case Range::share: return value >= 0 && static_cast<double>(value) <= highest_share;
    default: return true;
  }
}

/// What is wrong with the text of a number, or nothing. CLI11 would cut what an integer does not hold, and takes NaN.
template <class T>
std::string mistake_in(const std::string& text, Range range) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, value);
  // Sizes and numbers of steps: what is computed from them stays within int64.
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  const bool too_large = std::is_same_v<T, std::int64_t> && static_cast<double>(value) > most;
  if (error == std::errc::result_out_of_range || too_large) return "the number " + text + " is out of range";
  if (error == std::errc() && read == end && lies_in(value, range)) return "";
  constexpr bool whole = std::is_integral_v<T>;
  std::string expected = whole ? "a whole number" : "a number";
  if (range == Range::positive) expected += " above 0";
  else if (range == Range::share) expected += " from 0 to 0.95";
  else if (range == Range::not_negative || std::is_unsigned_v<T>) expected += " from 0 on";
  return "expected " + expected + ", got '" + text + "'";
}

template <class T>
struct NumberOf {
  using type = T;
};
template <class T>
struct NumberOf<std::optional<T>> : NumberOf<T> {};
template <class T>
struct NumberOf<std::vector<T>> : NumberOf<T> {};

}  // namespace

OptionParser::OptionParser(const std::string& description, const std::vector<std::string>& examples)
    : app_(std::make_unique<CLI::App>(description)), group_("Options") {
  std::string footer;
  for (const std::string& example : examples) {
    footer += (footer.empty() ? "Examples:\n  ./examples/run.sh " : "\n  ./examples/run.sh ") + example;
  }
  app_->footer(footer);
  const auto formatter = std::make_shared<HelpFormatter>();
  formatter->column_width(28);
  app_->formatter(formatter);
  app_->set_help_flag("-h,--help", "Print this help, and stop");
}

OptionParser::~OptionParser() = default;

template <class T>
CLI::Option* OptionParser::declare(const std::string& name, T& value, const std::string& help, Range range) {
  CLI::Option* option = app_->add_option(name, value, help)->group(group_);
  using Number = typename NumberOf<T>::type;
  if constexpr (std::is_arithmetic_v<Number>) {
    option->check([range](const std::string& text) { return mistake_in<Number>(text, range); });
  }
  return option;
}

void OptionParser::add(const std::string& name, std::string& value, const std::string& help) {
  CLI::Option* option = declare(name, value, help, Range::any);
  if (!value.empty()) option->capture_default_str();
}

void OptionParser::add_output(const std::string& name, std::string& path, const std::string& help) {
  app_->add_option(name, path, help)->group(group_)->check([](const std::string& given) -> std::string {
    std::error_code error;
    if (std::filesystem::is_directory(given, error)) return given + " is a folder";
    const std::filesystem::path folder = std::filesystem::path(given).parent_path();
    if (folder.empty() || std::filesystem::is_directory(folder, error)) return "";
    return "there is no folder " + folder.string();
  });
}

void OptionParser::add(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  declare(name, values, help, Range::any);
}

void OptionParser::add(const std::string& name, std::vector<std::int64_t>& values, const std::string& help) {
  declare(name, values, help, Range::any);
}

void OptionParser::add(const std::string& name, std::int64_t& value, const std::string& help, Range range) {
  declare(name, value, help, range)->capture_default_str();
}

void OptionParser::add(const std::string& name, std::uint64_t& value, const std::string& help) {
  declare(name, value, help, Range::any)->capture_default_str();
}

void OptionParser::add(const std::string& name, int& value, const std::string& help, Range range) {
  declare(name, value, help, range)->capture_default_str();
}

void OptionParser::add(const std::string& name, double& value, const std::string& help, Range range) {
  declare(name, value, help, range)->capture_default_str();
}

void OptionParser::add(const std::string& name, std::optional<std::int64_t>& value, const std::string& help, Range range) {
  declare(name, value, help, range);
}

void OptionParser::add(const std::string& name, std::optional<double>& value, const std::string& help, Range range) {
  declare(name, value, help, range);
}

void OptionParser::add_flag(const std::string& name, bool& value, const std::string& help) {
  app_->add_flag(name, value, help)->group(group_);
}

void OptionParser::add_flag(const std::string& name, std::optional<bool>& value, const std::string& help) {
  app_->add_flag_function(
          name, [&value](std::int64_t count) { value = count > 0; }, help)
      ->group(group_);
}

void OptionParser::add_choice(const std::string& name, std::string& value, const std::vector<std::string>& choices,
                              const std::string& help) {
  CLI::Option* option = app_->add_option(name, value, help)->group(group_)->check(CLI::IsMember(choices));
  if (!value.empty()) option->capture_default_str();
}

std::optional<int> OptionParser::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    constexpr int mistake = 2;
    return app_->exit(error) == 0 ? 0 : mistake;
  }
  return std::nullopt;
}

bool OptionParser::given(const std::string& name) const { return app_->count(name) > 0; }

}  // namespace support
