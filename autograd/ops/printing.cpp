#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <ostream>
#include <string>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/base/compatibility.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

namespace {

const char* type_name(Dtype dtype) {
  switch (dtype) {
    case ScalarType::Bool: return "CPUBoolType";
    case ScalarType::Byte: return "CPUByteType";
    case ScalarType::Char: return "CPUCharType";
    case ScalarType::Short: return "CPUShortType";
    case ScalarType::Int: return "CPUIntType";
    case ScalarType::Long: return "CPULongType";
    case ScalarType::Half: return "CPUHalfType";
    case ScalarType::BFloat16: return "CPUBFloat16Type";
    case ScalarType::Float: return "CPUFloatType";
    default: return "CPUDoubleType";
  }
}

/// How the numbers of one tensor are written: a common scale, width and number of digits, as PyTorch chooses them. (Except
/// that columns are wide enough for the largest negative number too, which libtorch counts only where it comes first.)
struct Format {
  enum class Style { integer, fixed, scientific };

  explicit Format(const std::vector<double>& values) {
    bool whole = true;
    double smallest = INFINITY;
    double largest = 0;
    bool any_finite = false;
    for (const double value : values) {
      if (!std::isfinite(value)) continue;
      const bool counts = !any_finite || value > 0 || !imitates_libtorch();
      any_finite = true;
      whole &= value == std::ceil(value);
      smallest = std::min(smallest, std::abs(value));
      if (counts) largest = std::max(largest, std::abs(value));
    }
    if (!any_finite) smallest = largest = 1;
    const auto exponent = [](double value) { return value == 0 ? 1 : static_cast<int>(std::floor(std::log10(value))) + 1; };
    const int low = exponent(smallest);
    const int high = exponent(largest);
    if (whole) {
      if (high > 9) {
        style = Style::scientific;
        width = 11;
      } else {
        style = Style::integer;
        width = high + 1;
      }
    } else if (high - low > 4) {
      style = Style::scientific;
      width = std::abs(high) > 99 || std::abs(low) > 99 ? 12 : 11;
    } else if (high > 5 || high < 0) {
      style = Style::fixed;
      scale = std::pow(10.0, high - 1);
      width = 7;
    } else {
      style = Style::fixed;
      width = std::max(high, 1) + 6;
    }
  }

  std::string number(double value) const {
    const double scaled = value / scale;
    if (std::isnan(value)) return fmt::format("{:>{}}", "nan", width);
    if (std::isinf(value)) return fmt::format("{:>{}}", value > 0 ? "inf" : "-inf", width);
    switch (style) {
      case Style::integer: return fmt::format("{:>{}.0f}", scaled, width);
      case Style::scientific: return fmt::format("{:>{}.4e}", scaled, width);
      default: return fmt::format("{:>{}.4f}", scaled, width);
    }
  }

  Style style = Style::fixed;
  int width = 0;
  double scale = 1;
};

constexpr int line_width = 80;

void write_scale(std::string& text, const Format& format) {
  if (format.scale != 1) text += fmt::format("{:.4g} *\n", format.scale);
}

void write_matrix(std::string& text, const double* values, std::int64_t rows, std::int64_t columns, int indent) {
  const Format format({values, values + rows * columns});
  const std::int64_t per_line = std::max(1, (line_width - indent) / (format.width + 1));
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  text += margin;
  for (std::int64_t first = 0; first < columns; first += per_line) {
    const std::int64_t last = std::min(columns, first + per_line);
    if (per_line < columns) text += fmt::format("{}Columns {} to {}{}", first > 0 ? "\n" : "", first + 1, last, margin);
    if (format.scale != 1) {
      write_scale(text, format);
      text += margin;
    }
    for (std::int64_t row = 0; row < rows; ++row) {
      if (row > 0) text += margin + (format.scale != 1 ? " " : "");
      for (std::int64_t column = first; column < last; ++column) {
        if (column > first) text += ' ';
        text += format.number(values[row * columns + column]);
      }
      text += '\n';
    }
  }
}

}  // namespace

std::string to_string(const Tensor& tensor) {
  if (!tensor.defined()) return "[ Tensor (undefined) ]";
  const std::vector<double> values = tensor.to_vector<double>();
  const IntArrayRef sizes = tensor.sizes();
  std::string text;
  if (tensor.dim() == 0) {
    text = fmt::format("{:g}\n", values[0]);
  } else if (tensor.dim() == 1) {
    const Format format(values);
    write_scale(text, format);
    for (const double value : values) text += format.number(value) + '\n';
  } else if (tensor.numel() > 0) {
    const std::int64_t rows = tensor.size(-2);
    const std::int64_t columns = tensor.size(-1);
    const std::int64_t matrices = tensor.numel() / (rows * columns);
    for (std::int64_t matrix = 0; matrix < matrices; ++matrix) {
      const double* start = values.data();
      if (tensor.dim() > 2) {
        std::int64_t rest = matrix;  // the first dimension runs fastest
        std::int64_t position = 0;
        std::int64_t stride = matrices;
        if (matrix > 0) text += '\n';
        text += '(';
        for (std::int64_t dim = 0; dim < tensor.dim() - 2; ++dim) {
          const std::int64_t size = sizes[static_cast<std::size_t>(dim)];
          stride /= size;
          position += rest % size * stride;
          text += fmt::format("{},", rest % size + 1);
          rest /= size;
        }
        text += ".,.) = \n";
        start = values.data() + position * rows * columns;
      }
      write_matrix(text, start, rows, columns, tensor.dim() > 2 ? 1 : 0);
    }
  }
  text += fmt::format("[ {}{{{}}} ]", type_name(tensor.dtype()), fmt::join(sizes.begin(), sizes.end(), ","));
  return text;
}

std::ostream& operator<<(std::ostream& stream, const Tensor& tensor) {
  if (!tensor.defined() || tensor.dim() > 0) return stream << to_string(tensor);
  // A single number has the digits that the stream gives to numbers.
  return stream << fmt::format("{:.{}g}\n[ {}{{}} ]", tensor.item<double>(), stream.precision(), tensor.toString());
}

std::string TensorBase::toString() const { return type_name(dtype()); }

void Tensor::print() const { std::cout << '[' << toString() << ' ' << sizes() << "]\n"; }

}  // namespace xgrad
