/// The options of a program on the command line, in groups. CLI11 reads them; it stays in options.cpp, since its headers
/// take seconds to compile.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace support {

/// Which numbers an option takes.
enum class Range {
  any,
  positive,
  not_negative,
  share,  ///< 0 to 0.95
};

/// Declares options, then reads them:
///
///   OptionParser parser("Tells spam.", {"tell --data spam.tsv --epochs 3"});
///   parser.group("Model");
///   parser.add("--hidden", hidden, "Size of the state", Range::positive);
///   if (const auto code = parser.parse(argc, argv)) return *code;
///
/// A std::optional has no value unless it is given; its help says what is taken otherwise.
class OptionParser {
 public:
  /// `examples` are whole commands, which --help shows at its end.
  explicit OptionParser(const std::string& description, const std::vector<std::string>& examples = {});
  ~OptionParser();
  OptionParser(const OptionParser&) = delete;
  OptionParser& operator=(const OptionParser&) = delete;

  /// Options that are added from here on stand under this heading.
  void group(const std::string& name) { group_ = name; }

  void add(const std::string& name, std::string& value, const std::string& help);
  /// A file to be written, at the end of a long run: its folder has to be there from the beginning.
  void add_output(const std::string& name, std::string& path, const std::string& help);
  void add(const std::string& name, std::vector<std::string>& values, const std::string& help);
  void add(const std::string& name, std::vector<std::int64_t>& values, const std::string& help);
  void add(const std::string& name, std::int64_t& value, const std::string& help, Range range = Range::any);
  void add(const std::string& name, std::uint64_t& value, const std::string& help);
  void add(const std::string& name, int& value, const std::string& help, Range range = Range::any);
  void add(const std::string& name, double& value, const std::string& help, Range range = Range::any);
  void add(const std::string& name, std::optional<std::int64_t>& value, const std::string& help, Range range = Range::any);
  void add(const std::string& name, std::optional<double>& value, const std::string& help, Range range = Range::any);
  void add_flag(const std::string& name, bool& value, const std::string& help);
  /// "--on,!--off": has no value unless one of them is given.
  void add_flag(const std::string& name, std::optional<bool>& value, const std::string& help);
  /// One of several words; an empty value stands for none of them, and has no default to show.
  void add_choice(const std::string& name, std::string& value, const std::vector<std::string>& choices,
                  const std::string& help);

  /// Reads the command line. Returns the exit code where the program ends with that: after --help, and after a mistake,
  /// which is said.
  std::optional<int> parse(int argc, char** argv);
  /// Whether the option was on the command line.
  bool given(const std::string& name) const;

 private:
  template <class T>
  CLI::Option* declare(const std::string& name, T& value, const std::string& help, Range range);

  std::unique_ptr<CLI::App> app_;
  std::string group_;
};

}  // namespace support
