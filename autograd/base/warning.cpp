#include "autograd/base/warning.h"

#include <atomic>
#include <cstdio>

namespace xgrad {

namespace {
WarningHandler default_handler;
std::atomic<WarningHandler*> current_handler{&default_handler};
std::atomic<bool> warn_always{false};
}  // namespace

void WarningHandler::process(const SourceLocation& location, const std::string& message, bool verbatim) {
  if (verbatim) {
    std::fprintf(stderr, "Warning: %s\n", message.c_str());
  } else {
    std::fprintf(stderr, "Warning: %s (%s:%u)\n", message.c_str(), location.file, location.line);
  }
}

namespace Warning {

void warn(const SourceLocation& location, const std::string& message, OnlyBool verbatim) {
  current_handler.load()->process(location, message, verbatim);
}

void set_warning_handler(WarningHandler* handler) noexcept {
  current_handler = handler != nullptr ? handler : &default_handler;
}

WarningHandler* get_warning_handler() noexcept { return current_handler; }

void set_warnAlways(OnlyBool always) noexcept { warn_always = always; }

bool get_warnAlways() noexcept { return warn_always; }

}  // namespace Warning

void warn(const std::string& message, const SourceLocation& location) { Warning::warn(location, message, false); }

}  // namespace xgrad
