#include "tests/support/golden.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <stdexcept>

#include "autograd/base/check.h"

namespace xgrad::test {

Dtype dtype_by_name(const std::string& name) {
  for (const Dtype dtype : all_dtypes) {
    if (to_string(dtype) == name) return dtype;
  }
  throw std::runtime_error("no dtype " + name);
}

namespace {

std::string from_base64(const std::string& text) {
  static const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char letter : text) {
    if (letter == '=') break;
    bits = bits << 6 | static_cast<std::uint32_t>(alphabet.find(letter));
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<char>(bits >> count & 0xff));
    }
  }
  return bytes;
}

std::vector<std::int64_t> shape_of(const Json& shape) { return shape.get<std::vector<std::int64_t>>(); }

}  // namespace

Json load_golden(const std::string& name) {
  const std::string path = fmt::format("{}/{}.json", XGRAD_GOLDEN_DIR, name);
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path);
  return Json::parse(file);
}

Tensor stored_tensor(const Json& stored) {
  const std::string bytes = from_base64(stored.at(2).get<std::string>());
  Tensor tensor = empty(shape_of(stored.at(1)), dtype_by_name(stored.at(0)));
  if (bytes.size() != tensor.nbytes()) throw std::runtime_error("a stored tensor has a wrong number of bytes");
  std::copy(bytes.begin(), bytes.end(), static_cast<char*>(tensor.data_ptr()));
  return tensor;
}

Tensor seeded_uniform(IntArrayRef shape, std::uint64_t seed, double low, double high, Dtype dtype) {
  Generator generator(seed);
  if (dtype == kInt64) return randint(static_cast<std::int64_t>(low), static_cast<std::int64_t>(high), shape, generator);
  if (dtype == kBool) return randint(0, 2, shape, generator).to(kBool);
  return (rand(shape, generator, kFloat64) * (high - low) + low).to(dtype);
}

Tensor golden_input(const Json& description) {
  if (description.size() == 3) return stored_tensor(description);
  const Dtype dtype = dtype_by_name(description.at(0));
  std::vector<std::int64_t> shape = shape_of(description.at(1));
  const std::string layout = description.at(2);
  const auto make = [&](IntArrayRef sizes) {
    return seeded_uniform(sizes, description.at(3), description.at(4), description.at(5), dtype);
  };
  if (layout == "transposed") {
    std::vector<std::int64_t> order;
    for (std::size_t i = shape.size(); i-- > 0;) order.push_back(static_cast<std::int64_t>(i));
    return make(std::vector<std::int64_t>(shape.rbegin(), shape.rend())).permute(order);
  }
  if (layout == "strided") {
    shape.back() = 2 * shape.back() + 1;
    return make(shape).slice(-1, 1, std::nullopt, 2);
  }
  if (layout == "expanded") {
    std::vector<std::int64_t> one = shape;
    one[0] = 1;
    return make(one).expand(shape);
  }
  if (layout != "contiguous") throw std::runtime_error("unknown layout " + layout);
  return make(shape);
}

std::string describe(const Json& input) {
  const std::string shape = to_string(IntArrayRef(shape_of(input.at(1))));
  return fmt::format("{} {} {}", input.at(0).get<std::string>(), shape,
                     input.size() == 3 ? "given values" : input.at(2).get<std::string>());
}

::testing::AssertionResult close(const Tensor& expected, const Tensor& actual, double tolerance) {
  if (!actual.defined()) return ::testing::AssertionFailure() << "the tensor is undefined";
  if (expected.dtype() != actual.dtype() || expected.sizes() != actual.sizes()) {
    return ::testing::AssertionFailure() << fmt::format("expected {} {}, got {} {}", expected.dtype(), expected.sizes(),
                                                        actual.dtype(), actual.sizes());
  }
  const std::vector<double> wanted = expected.to_vector<double>();
  const std::vector<double> found = actual.to_vector<double>();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool same = wanted[i] == found[i] || (std::isnan(wanted[i]) && std::isnan(found[i])) ||
                      std::abs(wanted[i] - found[i]) <= tolerance * (1 + std::abs(wanted[i]));
    if (!same) {
      return ::testing::AssertionFailure()
             << fmt::format("element {} is {}, expected {} (off by {})", i, found[i], wanted[i], found[i] - wanted[i]);
    }
  }
  return ::testing::AssertionSuccess();
}

::testing::AssertionResult close(const Tensor& expected, const Tensor& actual) {
  const Dtype dtype = expected.dtype();
  return close(expected, actual, dtype == kFloat64 ? 1e-10 : dtype == kFloat32 ? 1e-5 : 0);
}

}  // namespace xgrad::test
