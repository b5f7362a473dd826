#include "support/rows.h"

#include <algorithm>
#include <numeric>

namespace benchmarks {

std::vector<std::int64_t> Row::lengths() const {
  std::vector<std::int64_t> lengths(static_cast<std::size_t>(batch), steps);
  if (kind != Kind::packed) return lengths;
  for (std::int64_t i = 0; i < batch; ++i) {
    lengths[static_cast<std::size_t>(i)] = steps - i * (steps - 1) / std::max<std::int64_t>(1, batch - 1);
  }
  return lengths;
}

std::vector<std::int64_t> Row::batch_sizes() const {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(steps), 0);
  for (const std::int64_t length : lengths()) {
    for (std::int64_t step = 0; step < length; ++step) ++sizes[static_cast<std::size_t>(step)];
  }
  return sizes;
}

std::int64_t Row::tokens() const {
  const std::vector<std::int64_t> all = lengths();
  return std::accumulate(all.begin(), all.end(), std::int64_t{0});
}

double Row::flops() const {
  if (kind == Kind::chain) return 0;
  const std::int64_t gates = cell == Cell::lstm ? 4 : cell == Cell::gru ? 3 : 1;
  return 3.0 * 2.0 * static_cast<double>(tokens()) * static_cast<double>(gates * hidden) *
         static_cast<double>(input + hidden);
}

const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {"A", Kind::padded, Cell::lstm, 250, 16, 100, 128},
      {"B", Kind::padded, Cell::gru, 250, 16, 100, 128},
      {"C", Kind::padded, Cell::rnn, 250, 16, 100, 128},
      {"D", Kind::padded, Cell::lstm, 32, 247, 32, 50},
      {"E", Kind::packed, Cell::lstm, 32, 247, 32, 50},
      {"F", Kind::padded, Cell::lstm, 64, 40, 256, 512},
      {"G", Kind::padded, Cell::lstm, 128, 5, 37, 16},
      {"H", Kind::padded, Cell::rnn, 1, 5, 4, 8},
      {"I", Kind::step_by_step, Cell::lstm, 64, 40, 256, 512},
      {"J", Kind::chain, Cell::rnn, 1, chain_operations, chain_elements, chain_elements},
  };
  return all;
}

const std::vector<Row>& throughput_rows() {
  static const std::vector<Row> all = [] {
    std::vector<Row> made;
    const Row base{"", Kind::padded, Cell::lstm, 32, 64, 64, 128};
    const auto add = [&](const std::string& what, std::int64_t Row::*member, std::initializer_list<std::int64_t> values) {
      for (const std::int64_t value : values) {
        Row row = base;
        row.*member = value;
        row.name = what + "/" + std::to_string(value);
        made.push_back(row);
      }
    };
    add("steps", &Row::steps, {4, 16, 64, 256, 1024});
    add("batch", &Row::batch, {1, 4, 16, 64, 256});
    add("hidden", &Row::hidden, {16, 64, 256, 512, 1024});
    return made;
  }();
  return all;
}

}  // namespace benchmarks
