#include "options.h"

#include <CLI/CLI.hpp>

#include <sstream>

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
  switch (range) {
    case Range::any: break;
    case Range::positive: option->check(CLI::PositiveNumber); break;
    case Range::not_negative: option->check(CLI::NonNegativeNumber); break;
    case Range::share: option->check(CLI::Range(0.0, 0.95)); break;
  }
  return option;
}

void OptionParser::add(const std::string& name, std::string& value, const std::string& help) {
  CLI::Option* option = declare(name, value, help, Range::any);
  if (!value.empty()) option->capture_default_str();
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
    return app_->exit(error);
  }
  return std::nullopt;
}

bool OptionParser::given(const std::string& name) const { return app_->count(name) > 0; }

}  // namespace support
