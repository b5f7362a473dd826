#include "distributed/parallel/sharded_embedding.h"

#include <algorithm>
#include <cstring>
#include <ostream>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/grad.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/embedding.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "distributed/init.h"
#include "nn/init/init.h"

namespace xgrad::nn {

using distributed::Channel;
using distributed::Incoming;
using distributed::Outgoing;
using parallel::owner_of_row;
using parallel::rows_per_block;

namespace {

constexpr const char* module_name = "ShardedEmbedding";

std::size_t row_bytes(const Tensor& table) { return static_cast<std::size_t>(table.size(1)) * table.element_size(); }

/// How many of `rows` rows a rank has.
std::int64_t count_rows(std::int64_t rows, int rank, int ranks) {
  const std::int64_t blocks = (rows + rows_per_block - 1) / rows_per_block;
  const std::int64_t own = blocks / ranks + (rank < blocks % ranks ? 1 : 0);
  const bool has_last = own > 0 && (blocks - 1) % ranks == rank;
  return own * rows_per_block - (has_last ? blocks * rows_per_block - rows : 0);
}

/// Calls body(first, count, place) for each block that a rank has: its first row, how many they are, and where they lie
/// among the rank's.
template <class Body>
void for_each_block(std::int64_t rows, int rank, int ranks, const Body& body) {
  std::int64_t place = 0;
  for (std::int64_t first = rank * rows_per_block; first < rows; first += ranks * rows_per_block) {
    const std::int64_t count = std::min(rows_per_block, rows - first);
    body(first, count, place);
    place += count;
  }
}

}  // namespace

ShardedEmbeddingImpl::ShardedEmbeddingImpl(const ShardedEmbeddingOptions& options)
    : options_(options),
      group_(distributed::detail::group_or_single(options.process_group)),
      gradient_(parallel::RowShape{kFloat32, options.embedding_dim()}) {
  check<ValueError>(options_.num_embeddings() >= 0 && options_.embedding_dim() >= 0,
                    "{}: sizes must not be negative, got {} and {}", module_name, options_.num_embeddings(),
                    options_.embedding_dim());
  if (auto& padding = options_.padding_idx()) {
    check<ValueError>(*padding >= -options_.num_embeddings() && *padding < options_.num_embeddings(),
                      "{}: padding_idx {} is outside a table of {} rows", module_name, *padding, options_.num_embeddings());
    if (*padding < 0) *padding += options_.num_embeddings();
  }
  const NoGradGuard no_grad;
  const std::int64_t rows = options_.num_embeddings();
  weight = empty({count_rows(rows, group_->rank(), group_->size()), options_.embedding_dim()});
  // Every rank draws all rows, block by block, and keeps its own: the same table on any number of ranks.
  for (std::int64_t first = 0; first < rows; first += rows_per_block) {
    const Tensor block = init::normal_(empty({std::min(rows_per_block, rows - first), options_.embedding_dim()}));
    if (owner_of_row(first, group_->size()) != group_->rank()) continue;
    const std::int64_t place = place_of(first);
    weight.slice(0, place, place + block.size(0)).copy_(block);
  }
  const auto& padding = options_.padding_idx();
  if (padding && owner_of_row(*padding, group_->size()) == group_->rank()) weight.select(0, place_of(*padding)).zero_();
  weight.requires_grad_(true);
  forget_fetched();
}

/// Where a row lies among those of its owner.
std::int64_t ShardedEmbeddingImpl::place_of(std::int64_t row) const {
  return row / rows_per_block / group_->size() * rows_per_block + row % rows_per_block;
}

void ShardedEmbeddingImpl::forget_fetched() {
  fetched_.clear();
  take_rows(empty({0, options_.embedding_dim()}, weight.dtype()));
}

void ShardedEmbeddingImpl::take_rows(Tensor rows) {
  rows_ = std::move(rows);
  rows_.requires_grad_(true);
  if (gradient_hook_) rows_.register_post_accumulate_grad_hook([hook = gradient_hook_](const Tensor& /*leaf*/) { hook(); });
}

void ShardedEmbeddingImpl::set_gradient_hook(std::function<void()> hook) {
  gradient_hook_ = std::move(hook);
  forget_fetched();
}

void ShardedEmbeddingImpl::fetch(const std::vector<Tensor>& indices) {
  std::vector<std::int64_t> wanted;
  for (const Tensor& index : indices) {
    check<TypeError>(index.defined() && index.dtype() == kInt64, "{}: fetch expects int64 indices", module_name);
    const std::vector<std::int64_t> values = index.detach().contiguous().to_vector<std::int64_t>();
    wanted.insert(wanted.end(), values.begin(), values.end());
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  if (!wanted.empty()) {
    const std::int64_t bad = wanted.front() < 0 ? wanted.front() : wanted.back();
    check<IndexError>(bad >= 0 && bad < options_.num_embeddings(), "{}: index {} is out of range for a table of {} rows",
                      module_name, bad, options_.num_embeddings());
  }
  const NoGradGuard no_grad;
  const Tensor rows = empty({static_cast<std::int64_t>(wanted.size()), options_.embedding_dim()}, weight.dtype());
  const std::size_t bytes = row_bytes(weight);
  group_->run(module_name, [&](Channel& channel) {
    channel.agree(module_name);
    const auto ranks = static_cast<std::size_t>(channel.size());
    const auto own = static_cast<std::size_t>(channel.rank());
    // The numbers go to their owners, and values come back in the same order.
    std::vector<std::vector<std::byte>> requests(ranks);
    for (const std::int64_t row : wanted) {
      const auto* number = reinterpret_cast<const std::byte*>(&row);
      auto& request = requests[static_cast<std::size_t>(owner_of_row(row, channel.size()))];
      request.insert(request.end(), number, number + sizeof row);
    }
    const auto received = parallel::exchange_messages(channel, requests);
    std::vector<std::vector<std::byte>> answers(ranks);
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const std::size_t count = received[rank].size() / sizeof(std::int64_t);
      answers[rank].resize(count * bytes);
      for (std::size_t i = 0; i < count; ++i) {
        std::int64_t row = 0;
        std::memcpy(&row, received[rank].data() + i * sizeof row, sizeof row);
        const bool is_own =
            row >= 0 && row < options_.num_embeddings() && owner_of_row(row, channel.size()) == channel.rank();
        check<distributed::DistributedError>(is_own, "{}: {} asks for row {}, which is not here", module_name,
                                             group_->name_of(static_cast<int>(rank)), row);
        if (bytes == 0) continue;
        std::memcpy(answers[rank].data() + i * bytes, weight.impl()->data + static_cast<std::size_t>(place_of(row)) * bytes,
                    bytes);
      }
    }
    std::vector<std::vector<std::byte>> values(ranks);
    std::vector<Outgoing> outgoing;
    std::vector<Incoming> incoming;
    for (std::size_t i = 1; i < ranks; ++i) {
      const std::size_t to = (own + i) % ranks;
      const std::size_t from = (own + ranks - i) % ranks;
      values[from].resize(requests[from].size() / sizeof(std::int64_t) * bytes);
      if (!answers[to].empty()) outgoing.push_back({static_cast<int>(to), answers[to].data(), answers[to].size()});
      if (!values[from].empty()) incoming.push_back({static_cast<int>(from), values[from].data(), values[from].size()});
    }
    channel.exchange(outgoing, incoming);
    values[own] = std::move(answers[own]);
    std::vector<std::size_t> next(ranks);
    for (std::size_t i = 0; i < wanted.size() && bytes > 0; ++i) {
      const auto owner = static_cast<std::size_t>(owner_of_row(wanted[i], channel.size()));
      std::memcpy(rows.impl()->data + i * bytes, values[owner].data() + next[owner]++ * bytes, bytes);
    }
  });
  fetched_ = std::move(wanted);
  take_rows(rows);
}

Tensor ShardedEmbeddingImpl::forward(const Tensor& index) const {
  check<TypeError>(index.dtype() == kInt64, "{}: expected int64 indices, got {}", module_name, index.dtype());
  std::vector<std::int64_t> places = index.detach().contiguous().to_vector<std::int64_t>();
  for (std::int64_t& place : places) {
    const auto found = std::lower_bound(fetched_.begin(), fetched_.end(), place);
    check<IndexError>(found != fetched_.end() && *found == place,
                      "{}: row {} was not fetched: give fetch() the indices of all shards of this rank", module_name, place);
    place = found - fetched_.begin();
  }
  std::int64_t padding = -1;
  if (options_.padding_idx()) {
    const auto found = std::lower_bound(fetched_.begin(), fetched_.end(), *options_.padding_idx());
    if (found != fetched_.end() && *found == *options_.padding_idx()) padding = found - fetched_.begin();
  }
  const Tensor local = tensor(places).view(index.sizes());
  return embedding(rows_, local, padding, false, true);
}

Tensor ShardedEmbeddingImpl::gather_rows(const Tensor& own) const {
  check<ShapeError>(own.sizes() == weight.sizes(), "{}: {} rows of this rank do not have the shape {}", module_name,
                    own.sizes(), weight.sizes());
  const NoGradGuard no_grad;
  const Tensor values = own.detach().contiguous();
  Tensor whole = empty({options_.num_embeddings(), options_.embedding_dim()}, own.dtype());
  const std::size_t bytes = row_bytes(values);
  if (bytes == 0 || options_.num_embeddings() == 0) return whole;
  const auto place_part = [&](int rank, const std::byte* part) {
    for_each_block(options_.num_embeddings(), rank, group_->size(),
                   [&](std::int64_t first, std::int64_t count, std::int64_t place) {
                     std::memcpy(whole.impl()->data + static_cast<std::size_t>(first) * bytes,
                                 part + static_cast<std::size_t>(place) * bytes, static_cast<std::size_t>(count) * bytes);
                   });
  };
  place_part(group_->rank(), values.impl()->data);
  group_->run(module_name, [&](Channel& channel) {
    channel.agree(module_name);
    std::vector<std::vector<std::byte>> parts(static_cast<std::size_t>(channel.size()));
    std::vector<Outgoing> outgoing;
    std::vector<Incoming> incoming;
    const std::size_t own_bytes = static_cast<std::size_t>(values.numel()) * values.element_size();
    for (int i = 1; i < channel.size(); ++i) {
      const int to = (channel.rank() + i) % channel.size();
      const int from = (channel.rank() + channel.size() - i) % channel.size();
      auto& part = parts[static_cast<std::size_t>(from)];
      part.resize(static_cast<std::size_t>(count_rows(options_.num_embeddings(), from, channel.size())) * bytes);
      if (own_bytes > 0) outgoing.push_back({to, values.impl()->data, own_bytes});
      if (!part.empty()) incoming.push_back({from, part.data(), part.size()});
    }
    channel.exchange(outgoing, incoming);
    for (int rank = 0; rank < channel.size(); ++rank) {
      if (rank != channel.rank()) place_part(rank, parts[static_cast<std::size_t>(rank)].data());
    }
  });
  return whole;
}

Tensor ShardedEmbeddingImpl::own_rows(const Tensor& whole) const {
  const NoGradGuard no_grad;
  check<ShapeError>(whole.sizes() == IntArrayRef({options_.num_embeddings(), options_.embedding_dim()}),
                    "{}: a table of shape {} does not fit [{}, {}]", module_name, whole.sizes(), options_.num_embeddings(),
                    options_.embedding_dim());
  Tensor own = empty(weight.sizes(), whole.dtype());
  for_each_block(options_.num_embeddings(), group_->rank(), group_->size(),
                 [&](std::int64_t first, std::int64_t count, std::int64_t place) {
                   own.slice(0, place, place + count).copy_(whole.detach().slice(0, first, first + count));
                 });
  return own;
}

void ShardedEmbeddingImpl::save(serialize::OutputArchive& archive) const { archive.write("weight", gather_rows(weight)); }

void ShardedEmbeddingImpl::load(serialize::InputArchive& archive) {
  Tensor whole;
  archive.read("weight", whole);
  const NoGradGuard no_grad;
  weight.detach().copy_(own_rows(whole));
}

void ShardedEmbeddingImpl::to(Dtype dtype, bool /*non_blocking*/) {
  check<TypeError>(dtype == kFloat32 || dtype == kFloat64, "{}: expected float32 or float64, got {}", module_name, dtype);
  weight.set_data(weight.detach().to(dtype));
  gradient_ = parallel::TableGradient(parallel::RowShape{dtype, options_.embedding_dim()});
  forget_fetched();
}

void ShardedEmbeddingImpl::zero_grad(bool set_to_none) { clear_gradient(weight, set_to_none); }

void ShardedEmbeddingImpl::pretty_print(std::ostream& stream) const {
  stream << name() << '(' << options_.num_embeddings() << ", " << options_.embedding_dim();
  if (options_.padding_idx()) stream << ", padding_idx=" << *options_.padding_idx();
  stream << ')';
}

bool ShardedEmbeddingImpl::close_shard(std::int64_t shard, std::int64_t shards, bool kept) {
  bool used = false;
  if (rows_.grad().defined()) {
    check<GraphError>(!rows_.grad().requires_grad(), "{}: gradients with create_graph cannot be put together", module_name);
    gradient_.add_gradient(rows_.grad(), &fetched_);
    clear_gradient(rows_, true);
    used = true;
  }
  gradient_.close(shard, shards, kept);
  return used;
}

void ShardedEmbeddingImpl::give_gradient(const parallel::Rows& sum) {
  const NoGradGuard no_grad;
  Tensor table = take_table(*gradient_accumulator(weight), weight.sizes(), weight.dtype());
  const std::size_t bytes = row_bytes(weight);
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < sum.numbers.size(); ++i) {
    places.push_back(place_of(sum.numbers[i]));
    if (bytes == 0) continue;
    std::memcpy(table.impl()->data + static_cast<std::size_t>(places.back()) * bytes, sum.values.data() + i * bytes, bytes);
  }
  table.impl()->storage->bump_version();
  set_nonzero_rows(table, std::move(places));
  Tensor& target = weight.impl()->ensure_meta().grad;
  if (target.defined()) add_gradient(target, table);
  else target = std::move(table);
}

}  // namespace xgrad::nn

namespace xgrad::optim::detail {

namespace {

/// Calls change(table, values) for what a state has for each element of a table, and keeps what it returns.
template <class Change>
Value change_tables(const std::vector<nn::ShardedEmbedding>& tables, const Value& state, const Change& change) {
  Value result = state;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const auto key = static_cast<std::int64_t>(i);
    if (!state.at("state").contains(key)) continue;
    Value::Dict of_table;
    for (const auto& [field, value] : state.at("state").at(key).dict()) {
      // The number of steps is the same everywhere.
      const bool has_rows = value.is_tensor() && value.to_tensor().dim() == 2;
      of_table[field] = has_rows ? Value(change(*tables[i], value.to_tensor())) : value;
    }
    result.dict()["state"].dict()[key] = of_table;
  }
  return result;
}

}  // namespace

Value whole_table_state(const std::vector<nn::ShardedEmbedding>& tables, const Value& state) {
  return change_tables(tables, state, [](auto& table, const Tensor& rows) { return table.gather_rows(rows); });
}

Value own_table_state(const std::vector<nn::ShardedEmbedding>& tables, const Value& state) {
  return change_tables(tables, state, [](auto& table, const Tensor& rows) { return table.own_rows(rows); });
}

std::vector<Tensor> own_leaves(const std::vector<nn::ShardedEmbedding>& tables) {
  std::vector<Tensor> leaves;
  leaves.reserve(tables.size());
  for (const auto& table : tables) leaves.push_back(table->weight);
  return leaves;
}

}  // namespace xgrad::optim::detail
