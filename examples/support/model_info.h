#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace support {

/// What a model's file says of the model beside its weights, so that the file alone is enough to use it: the program that
/// wrote it, its options, vocabulary and classes. It is kept in the metadata of safetensors.
///
///   ModelInfo info("classify");
///   info.set("cell", "lstm");
///   info.set("vocabulary", vocabulary.tokens());
///   save(model, "model.safetensors", info.entries());
///
///   const auto info = ModelInfo::load("model.safetensors");
///   Model model(info.text("cell"), info.list("vocabulary").size());
class ModelInfo {
 public:
  explicit ModelInfo(const std::string& program) { set("program", program); }
  /// Throws FileError where the file cannot be read, or is no safetensors file.
  static ModelInfo load(const std::string& path);

  void set(const std::string& name, const std::string& value) { entries_[name] = value; }
  void set(const std::string& name, const char* value) { entries_[name] = value; }
  void set(const std::string& name, bool value) { entries_[name] = value ? "1" : "0"; }
  void set(const std::string& name, std::int64_t value) { entries_[name] = std::to_string(value); }
  void set(const std::string& name, double value);
  /// A text for each line; line ends and backslashes in them are escaped.
  void set(const std::string& name, const std::vector<std::string>& values);

  bool contains(const std::string& name) const { return entries_.contains(name); }
  // All of these throw FileError that names the file where it has no such entry, or one of another kind.
  const std::string& text(const std::string& name) const;
  bool flag(const std::string& name) const { return text(name) == "1"; }
  std::int64_t integer(const std::string& name) const;
  double number(const std::string& name) const;
  std::vector<std::string> list(const std::string& name) const;

  /// Throws FileError, which names the program to use, where another one than these wrote the file.
  void check_program(const std::vector<std::string>& programs) const;
  const std::map<std::string, std::string>& entries() const { return entries_; }

 private:
  ModelInfo() = default;

  std::string path_ = "model";
  std::map<std::string, std::string> entries_;
};

}  // namespace support
