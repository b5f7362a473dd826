/// Warnings, and who takes them: by default they are written to the standard error stream.
#pragma once

#include <cstdint>
#include <string>

#include "autograd/base/only.h"

namespace xgrad {

/// A place in a program's source.
struct SourceLocation {
  const char* function;  ///< its name
  const char* file;      ///< its path
  std::uint32_t line;    ///< counted from 1

  /// The place of the call in whose default argument this stands. Clang 14 has no std::source_location.
  static constexpr SourceLocation current(const char* function = __builtin_FUNCTION(), const char* file = __builtin_FILE(),
                                          std::uint32_t line = __builtin_LINE()) {
    return {function, file, line};
  }
};

/// Takes warnings. https://pytorch.org/cppdocs/api/classc10_1_1_warning_handler.html
class WarningHandler {
 public:
  virtual ~WarningHandler() = default;
  /// Writes "Warning: message" with its place to the standard error stream, unless a class of one's own does otherwise.
  /// `verbatim` asks to add nothing to the message.
  virtual void process(const SourceLocation& location, const std::string& message, bool verbatim);
};

namespace Warning {

/// Hands a warning to the handler.
void warn(const SourceLocation& location, const std::string& message, OnlyBool verbatim);
/// The handler of all warnings of the process from here on, which must live as long; nullptr for the default one.
void set_warning_handler(WarningHandler* handler) noexcept;
WarningHandler* get_warning_handler() noexcept;

/// Sets a handler for as long as it lives.
class WarningHandlerGuard {
 public:
  explicit WarningHandlerGuard(WarningHandler* handler) : previous_(get_warning_handler()) { set_warning_handler(handler); }
  ~WarningHandlerGuard() { set_warning_handler(previous_); }
  WarningHandlerGuard(const WarningHandlerGuard&) = delete;
  WarningHandlerGuard& operator=(const WarningHandlerGuard&) = delete;

 private:
  WarningHandler* previous_;
};

/// Whether warnings that are given once are given every time.
void set_warnAlways(OnlyBool always) noexcept;
/// Whether they are.
bool get_warnAlways() noexcept;

/// Sets that for as long as it lives.
class WarnAlways {
 public:
  explicit WarnAlways(OnlyBool always = true) : previous_(get_warnAlways()) { set_warnAlways(always); }
  ~WarnAlways() { set_warnAlways(previous_); }
  WarnAlways(const WarnAlways&) = delete;
  WarnAlways& operator=(const WarnAlways&) = delete;

 private:
  bool previous_;
};

}  // namespace Warning

/// A warning of xgrad's own.
void warn(const std::string& message, const SourceLocation& location = SourceLocation::current());

}  // namespace xgrad
