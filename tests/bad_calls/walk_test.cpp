// A walk through bad calls of all public functions and of the methods of Tensor: only errors of xgrad leave them, none ends the
// program, and what fails has changed nothing. The table is made from the headers by calls.sh.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "tests/bad_calls/hostile.h"

namespace xgrad {
namespace {

using test::Hostile;
using namespace nn;  // the types of parameters are named as in their headers
using namespace nn::functional;
using namespace nn::init;
using namespace nn::utils::rnn;
using namespace metrics;

struct Call {
  const char* name;
  void (*run)(Hostile&);
};

const Call calls[] = {
#include "calls.inc"
};

const char* current = "";

/// Names the call that ended the program, or did not end.
extern "C" void name_call(int signal) {
  const auto write_text = [](const char* text) { return write(STDERR_FILENO, text, std::strlen(text)); };
  if (write_text("\nin a bad call of ") < 0 || write_text(current) < 0 || write_text("\n") < 0) _exit(1);
  std::signal(signal, SIG_DFL);
  raise(signal);
}

/// Whether a function is there to change its arguments.
bool changes_arguments(const std::string& name) {
  const std::string plain = name.substr(0, name.find('('));
  for (const char* setter : {"set_requires_grad", "set_data", "mutable_grad", "backward", "retain_grad", "::reset", "vector_to_parameters"}) {
    if (plain.ends_with(setter)) return true;
  }
  return plain.ends_with('_');
}

TEST(BadCalls, of_functions_and_methods_throw_errors_and_change_nothing) {
  for (const int signal : {SIGSEGV, SIGFPE, SIGABRT, SIGALRM, SIGILL}) std::signal(signal, name_call);
  constexpr int rounds = 60;
  const Dtype dtype = default_dtype();
  unsigned seed = 0;
  for (const Call& call : calls) {
    current = call.name;
    Hostile hostile(++seed);
    alarm(20);
    bool failed = false;
    for (int round = 0; round < rounds && !failed; ++round) {
      hostile.clear();
      bool returned = false;
      try {
        call.run(hostile);
        returned = true;
      } catch (const Error&) {
      } catch (const std::exception& error) {
        failed = true;
        ADD_FAILURE() << call.name << " of" << hostile.description() << " threw no error of xgrad: " << error.what();
      }
      if ((!returned || !changes_arguments(call.name)) && !hostile.unchanged()) {
        failed = true;
        ADD_FAILURE() << call.name << " of" << hostile.description() << (returned ? "" : " threw, but")
                      << " changed its arguments";
      }
    }
    if (default_dtype() != dtype) set_default_dtype(dtype);
  }
  alarm(0);
}

}  // namespace
}  // namespace xgrad
