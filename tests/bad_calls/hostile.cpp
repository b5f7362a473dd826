#include "tests/bad_calls/hostile.h"

#include <unistd.h>

#include <csignal>
#include <cstring>
#include <sstream>

namespace xgrad::test {

namespace {

bool same(const Tensor& a, const Tensor& b) {
  if (!a.defined() || !b.defined()) return a.defined() == b.defined();
  if (a.dtype() != b.dtype() || a.sizes() != b.sizes() || a.strides() != b.strides()) return false;
  if (a.requires_grad() != b.requires_grad() || a.is_leaf() != b.is_leaf()) return false;
  const Tensor x = a.detach().contiguous();
  const Tensor y = b.detach().contiguous();
  return a.numel() == 0 ||
         std::memcmp(x.data_ptr(), y.data_ptr(), static_cast<std::size_t>(x.numel()) * x.element_size()) == 0;
}

}  // namespace

Tensor Hostile::make(int kind) {
  const double inf = std::numeric_limits<double>::infinity();
  switch (kind) {
    case 0: return {};
    case 1: return full({}, 1.5);
    case 2: return zeros({0});
    case 3: return arange(6.0).view({2, 3});
    case 4: return arange(6.0).view({2, 3}).to(kFloat64);
    case 5: return arange(3);
    case 6: return xgrad::tensor({true, false, true, true, false, false}).view({2, 3});
    case 7: return arange(6).view({2, 3}).to(kInt32);
    case 8: return arange(6.0).view({2, 3}).to(kHalf);
    case 9: return zeros({0, 3});
    case 10: return ones({2, 1, 3, 2});
    case 11: return arange(6.0).view({2, 3}).t();
    case 12: return full({}, 1.0).expand({2, 3});
    case 13: return arange(6.0).view({2, 3}).requires_grad_();
    case 14: return arange(6.0).view({2, 3}).requires_grad_() * 2;
    case 15: return xgrad::tensor({999, -999, 0});
    case 16: return xgrad::tensor({lowest_int, highest_int, std::int64_t{1}});
    case 17: return xgrad::tensor(std::vector<double>{std::nan(""), inf, -inf, -1, 0, 1}, kFloat32).view({2, 3});
    case 18: return arange(6).view({2, 3}).to(kUInt8);
    case 19: return arange(6).view({2, 3});
    case 20: return arange(3.0);
    case 21: return full({}, 2, kInt64);
    case 22: return arange(9.0).view({3, 3});
    case 23: return full({}, true, kBool);
    case 24: return arange(12.0).view({2, 2, 3});
    default: return arange(3.0).to(kBFloat16);
  }
}

Tensor& Hostile::tensor() {
  if (!given_.empty() && below(8) == 0) return given_[below(given_.size())].tensor;  // one that was given already
  const int kind = static_cast<int>(below(kinds));
  given_.push_back({make(kind), kind});
  return given_.back().tensor;
}

bool Hostile::unchanged() const {
  for (const Given& given : given_) {
    if (!same(given.tensor, make(given.kind))) return false;
  }
  return true;
}

std::string Hostile::description() const {
  std::ostringstream text;
  for (const Given& given : given_) {
    const Tensor tensor = make(given.kind);
    if (tensor.defined()) text << ' ' << tensor.dtype() << tensor.sizes();
    else text << " undefined";
  }
  return text.str();
}

namespace {

const char* current = "";

/// Names the call that ended the program, or did not end.
extern "C" void name_call(int signal) {
  const auto write_text = [](const char* text) { return write(STDERR_FILENO, text, std::strlen(text)); };
  if (write_text("\nin a bad call of ") < 0 || write_text(current) < 0 || write_text("\n") < 0) _exit(1);
  std::signal(signal, SIG_DFL);
  raise(signal);
}

bool changes_arguments(const std::string& name) {
  const std::string plain = name.substr(0, name.find('('));
  for (const char* setter :
       {"set_requires_grad", "set_data", "mutable_grad", "backward", "retain_grad", "::reset", "vector_to_parameters"}) {
    if (plain.ends_with(setter)) return true;
  }
  return plain.ends_with('_');
}

/// One call with arguments of its own; whether all was well.
bool passes(const BadCall& call, Hostile& hostile) {
  hostile.clear();
  bool returned = false;
  try {
    call.run(hostile);
    returned = true;
  } catch (const Error&) {
  } catch (const std::exception& error) {
    ADD_FAILURE() << call.name << " of" << hostile.description() << " threw no error of xgrad: " << error.what();
    return false;
  }
  if ((returned && changes_arguments(call.name)) || hostile.unchanged()) return true;
  ADD_FAILURE() << call.name << " of" << hostile.description() << (returned ? "" : " threw, but")
                << " changed its arguments";
  return false;
}

}  // namespace

void walk(std::span<const BadCall> calls) {
  for (const int signal : {SIGSEGV, SIGFPE, SIGABRT, SIGALRM, SIGILL}) std::signal(signal, name_call);
  constexpr int rounds = 60;
  constexpr unsigned patience = 60;  // seconds
  const Dtype dtype = default_dtype();
  unsigned seed = 0;
  for (const BadCall& call : calls) {
    current = call.name;
    alarm(patience);
    Hostile hostile(++seed);
    for (int round = 0; round < rounds && passes(call, hostile); ++round) continue;
    set_default_dtype(dtype);
  }
  alarm(0);
}

}  // namespace xgrad::test
