#include "autograd/io/npy_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <system_error>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/io/untrusted.h"

namespace xgrad::detail {
namespace {

constexpr std::array<std::pair<std::string_view, Dtype>, 9> npy_dtypes{{{"b1", kBool},
                                                                        {"u1", kUInt8},
                                                                        {"i1", kInt8},
                                                                        {"i2", kInt16},
                                                                        {"i4", kInt32},
                                                                        {"i8", kInt64},
                                                                        {"f2", kFloat16},
                                                                        {"f4", kFloat32},
                                                                        {"f8", kFloat64}}};

/// Reads {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }, its items in any order.
class NpyHeaderReader {
 public:
  NpyHeaderReader(std::string_view text, const std::string& description) : text_(text), description_(description) {}

  NpyHeader run() {
    expect("{");
    while (!accept("}")) {
      const std::string key = quoted();
      require(keys_.insert(key).second, "an item occurs twice");
      expect(":");
      if (key == "descr") {
        read_dtype();
      } else if (key == "fortran_order") {
        header_.fortran_order = accept("True");
        if (!header_.fortran_order) expect("False");
      } else if (key == "shape") {
        read_shape();
      } else {
        fail(fmt::format("unknown item {}", quote_name(key)));
      }
      if (accept(",")) continue;
      expect("}");
      break;
    }
    skip_space();
    require(text_.empty(), "there is text after the dictionary");
    require(keys_.size() == 3, "expected 'descr', 'fortran_order' and 'shape'");
    check_size();
    return header_;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw FileError(fmt::format("{}: in the npy header: {}", description_, message));
  }
  void require(bool condition, const char* message) const {
    if (!condition) fail(message);
  }

  void skip_space() { text_.remove_prefix(std::min(text_.find_first_not_of(" \n"), text_.size())); }
  bool accept(std::string_view word) {
    skip_space();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  void expect(std::string_view word) {
    if (!accept(word)) fail(fmt::format("expected {} before {}", word, quote_name(std::string(text_.substr(0, 20)))));
  }

  std::string quoted() {
    const bool is_single = accept("'");
    if (!is_single) expect("\"");
    const std::size_t end = text_.find(is_single ? '\'' : '"');
    require(end != std::string_view::npos, "a text does not end");
    std::string result(text_.substr(0, end));
    text_.remove_prefix(end + 1);
    return result;
  }

  void read_dtype() {
    skip_space();
    require(!text_.starts_with("["), "records are not supported, only arrays of numbers");
    const std::string code = quoted();
    const auto* const found = std::find_if(npy_dtypes.begin(), npy_dtypes.end(), [&](const auto& known) {
      return code.size() == 3 && std::string_view("<>|=").find(code[0]) != std::string_view::npos &&
             std::string_view(code).substr(1) == known.first;
    });
    if (found == npy_dtypes.end()) {
      fail(fmt::format("dtype {} is not supported: expected bool, uint8, int8 to int64 or float16 to float64",
                       quote_name(code)));
    }
    header_.dtype = found->second;
    header_.swapped = code[0] == '>' && element_size(header_.dtype) > 1;
  }

  void read_shape() {
    expect("(");
    while (!accept(")")) {
      std::int64_t size = 0;
      skip_space();
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      require(error == std::errc() && size >= 0, "a size is no number from 0 on");
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      accept("L");  // Python 2
      require(header_.shape.size() < most_dimensions, "more than 64 dimensions");
      header_.shape.push_back(size);
      if (accept(",")) continue;
      expect(")");
      break;
    }
  }

  void check_size() {
    std::int64_t bytes = static_cast<std::int64_t>(element_size(header_.dtype));
    bool overflow = false;
    for (const std::int64_t size : header_.shape) {
      // Sizes beside a 0 count as well: strides are computed from them.
      overflow |= __builtin_mul_overflow(bytes, std::max<std::int64_t>(size, 1), &bytes);
    }
    if (overflow) fail(fmt::format("shape {} holds more elements than memory can", header_.shape));
    const bool is_empty = std::find(header_.shape.begin(), header_.shape.end(), 0) != header_.shape.end();
    header_.bytes = is_empty ? 0 : static_cast<std::uint64_t>(bytes);
  }

  std::string_view text_;
  const std::string& description_;
  std::set<std::string> keys_;
  NpyHeader header_;
};

}  // namespace

NpyHeader parse_npy_header(std::string_view text, const std::string& description) {
  return NpyHeaderReader(text, description).run();
}

std::string format_npy_header(const char* operation, Dtype dtype, IntArrayRef shape) {
  const auto* const found =
      std::find_if(npy_dtypes.begin(), npy_dtypes.end(), [&](const auto& known) { return known.second == dtype; });
  check<ValueError>(found != npy_dtypes.end(), "{}: NumPy has no {}; convert the tensor with to(kFloat32)", operation,
                    dtype);
  std::string sizes;
  for (const std::int64_t size : shape) sizes += fmt::format("{}, ", size);
  if (shape.size() > 1) sizes.resize(sizes.size() - 2);
  if (shape.size() == 1) sizes.pop_back();
  std::string text = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                 element_size(dtype) > 1 ? '<' : '|', found->first, sizes);
  constexpr std::size_t alignment = 64;
  const std::size_t used = npy_prefix_bytes + text.size() + 1;
  text.append((used + alignment - 1) / alignment * alignment - used, ' ');
  text += '\n';
  const auto length = static_cast<std::uint16_t>(text.size());
  const char prefix[] = {'\x01', '\x00', static_cast<char>(length & 0xff), static_cast<char>(length >> 8)};
  return std::string(npy_magic) + std::string(prefix, sizeof(prefix)) + text;
}

}  // namespace xgrad::detail
