// What the library's compile time is measured by: it has the standard library in it and nothing of xgrad's, and must stay as
// it is, or tests/compile_time/ratio.txt has to be measured again.
#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <regex>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

template <int N>
struct Record {
  std::vector<std::array<double, N>> rows;
  std::map<std::string, std::tuple<int, double, std::array<char, N>>> names;
  std::variant<int, double, std::array<float, N>, std::string> value;
};

template <int N>
double use(const std::string& text) {
  Record<N> record;
  const std::regex words("([a-z]+)|([0-9]{" + std::to_string(N) + "})");
  for (std::sregex_iterator match(text.begin(), text.end(), words), end; match != end; ++match) {
    record.names[match->str()] = {N, 0.5 * N, {}};
    record.rows.push_back({});
    record.rows.back()[0] = static_cast<double>(match->length());
  }
  std::sort(record.rows.begin(), record.rows.end());
  std::stable_sort(record.rows.begin(), record.rows.end(), [](const auto& a, const auto& b) { return a[0] > b[0]; });
  std::unordered_map<std::string, std::function<double(double)>> functions;
  for (const auto& [name, entry] : record.names) {
    functions.emplace(name, [factor = std::get<1>(entry)](double x) { return factor * x; });
  }
  record.value = text;
  double sum = std::visit([](const auto& value) { return static_cast<double>(sizeof(value)); }, record.value);
  for (const auto& [name, function] : functions) sum += function(static_cast<double>(name.size()));
  return std::accumulate(record.rows.begin(), record.rows.end(), sum, [](double x, const auto& row) { return x + row[0]; });
}

}  // namespace

double reference(const std::string& text) { return use<4>(text); }
