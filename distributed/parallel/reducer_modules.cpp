/// What a Reducer keeps of its module, and what all ranks have to have alike.
#include "distributed/parallel/reducer.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "distributed/init.h"
#include "nn/modules/embedding.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn::parallel {

using distributed::Channel;

namespace {

/// FNV-1a, over 8 bytes at a time.
std::uint64_t hash_of(std::uint64_t hash, const Tensor& tensor) {
  const Tensor values = tensor.detach().contiguous();
  const std::byte* data = values.impl()->data;
  const std::size_t bytes = static_cast<std::size_t>(values.numel()) * values.element_size();
  constexpr std::uint64_t prime = 0x100000001b3ULL;
  for (std::size_t at = 0; at < bytes; at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, data + at, std::min(sizeof word, bytes - at));
    hash = (hash ^ word) * prime;
    hash ^= hash >> 29;
  }
  return hash;
}

/// Whether a module's weight is a table whose gradient names its rows.
Tensor sparse_table(Module& module) {
  if (const auto* embedding = module.as<Embedding>()) return embedding->options.sparse() ? embedding->weight : Tensor();
  if (const auto* bag = module.as<EmbeddingBag>()) return bag->options.sparse() ? bag->weight : Tensor();
  return {};
}

}  // namespace

Reducer::Reducer(Module& module, const DistributedDataParallelOptions& options)
    : group_(distributed::detail::group_or_single(options.process_group)), number_(group_->next_id()), options_(options) {
  shards_ = options.shards == 0 ? group_->size() : options.shards;
  check<ValueError>(shards_ >= group_->size(), "{}: {} shards are too few for {} ranks", name, options.shards,
                    group_->size());
  check<ValueError>(options.reduction == ReduceOp::avg || options.reduction == ReduceOp::sum,
                    "{}: expected the reduction avg or sum, got {}", name, to_string(options.reduction));
  check<ValueError>(options.bucket_bytes >= 1 && options.check_every >= 0,
                    "{}: bucket_bytes {} and check_every {} make no sense", name, options.bucket_bytes, options.check_every);
  own_ = distributed::shards_of_rank(group_->rank(), group_->size(), shards_);
  seed_ = options.seed.value_or(default_generator().current_seed());
  add_parameters(module, options);
  if (options.broadcast_buffers) buffers_ = module.buffers();
  require_same_modules(module);
  broadcast_state(module);
  for (ShardedEmbeddingImpl* table : sharded_) table->set_gradient_hook([this] { on_table_gradient(); });
  if (shards_ == 1) return;  // backward leaves the gradients where they belong
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Parameter& parameter = parameters_[i];
    parameter.arrival_hook =
        parameter.tensor.register_hook([this, i, alive = std::weak_ptr(alive_)](const Tensor& /*gradient*/) {
          if (!alive.expired()) before_gradient(parameters_[i]);
        });
    parameter.hook =
        parameter.tensor.register_post_accumulate_grad_hook([this, i](const Tensor& /*leaf*/) { on_gradient(i); });
  }
}

Reducer::~Reducer() {
  for (ShardedEmbeddingImpl* table : sharded_) table->set_gradient_hook(nullptr);
  if (shards_ == 1) return;
  for (const Parameter& parameter : parameters_) {
    if (parameter.tensor.requires_grad()) parameter.tensor.remove_hook(parameter.arrival_hook);
    parameter.tensor.remove_post_accumulate_grad_hook(parameter.hook);
  }
}

void Reducer::add_parameters(Module& module, const DistributedDataParallelOptions& options) {
  TensorList sparse;
  module.apply(std::function<void(Module&)>([&](Module& part) {
    if (auto* table = part.as<ShardedEmbedding>()) {
      check<ValueError>(table->group().size() == group_->size(), "{}: a ShardedEmbedding has {} ranks, and the others {}",
                        name, table->group().size(), group_->size());
      sharded_.push_back(table);
    }
    if (const Tensor table = sparse_table(part); table.defined()) sparse.push_back(table);
  }));
  looked_up_.assign(sharded_.size(), false);
  for (const auto& item : module.named_parameters()) {
    if (!item.value().requires_grad()) {
      frozen_.push_back(item.value());
      continue;
    }
    check<TypeError>(item.value().dtype() == kFloat32 || item.value().dtype() == kFloat64,
                     "{}: gradients are put together in float32 or float64, and the parameter {} is {}", name, item.key(),
                     item.value().dtype());
    Parameter parameter;
    parameter.name = item.key();
    parameter.tensor = item.value();
    parameter.elements = item.value().numel();
    parameter.dtype = item.value().dtype();
    parameter.is_table =
        std::any_of(sparse.begin(), sparse.end(), [&](const Tensor& table) { return table.is_same(item.value()); });
    parameters_.push_back(std::move(parameter));
  }
  // The last ones first: their gradients come first. The first bucket is small, so that something travels soon. A large
  // parameter has one for itself: its gradient travels without being copied.
  constexpr std::int64_t first_bytes = std::int64_t{1} << 20;
  constexpr std::int64_t large_bytes = std::int64_t{1} << 20;
  bool was_large = false;
  for (std::size_t i = parameters_.size(); i-- > 0;) {
    Parameter& parameter = parameters_[i];
    if (parameter.is_table) {
      parameter.bucket = tables_.size();
      tables_.push_back(std::make_unique<TableGradient>(parameter.tensor));
      continue;
    }
    const std::int64_t most = buckets_.size() == 1 ? std::min(first_bytes, options.bucket_bytes) : options.bucket_bytes;
    const std::int64_t bytes = parameter.tensor.numel() * static_cast<std::int64_t>(parameter.tensor.element_size());
    if (buckets_.empty() || buckets_.back()->dtype() != parameter.tensor.dtype() || was_large || bytes >= large_bytes ||
        buckets_.back()->bytes() + bytes > most) {
      buckets_.push_back(std::make_shared<GradientBucket>(parameter.tensor.dtype()));
    }
    was_large = bytes >= large_bytes;
    parameter.bucket = buckets_.size() - 1;
    parameter.place = buckets_.back()->add(parameter.tensor.sizes());
  }
}

void Reducer::require_same_modules(Module& module) const {
  std::string text = fmt::format(
      "{} shards\nthe seed {}\nthe reduction {}\nthe number {}\nbucket_bytes {}\nbroadcast_buffers {}\ncheck_every {}",
      shards_, seed_, to_string(options_.reduction), number_, options_.bucket_bytes, options_.broadcast_buffers,
      options_.check_every);
  const auto describe = [&](const char* kind, const auto& items) {
    for (const auto& item : items) {
      text += fmt::format("\n{} {} {}{}{}", kind, item.key(), item.value().dtype(), item.value().sizes(),
                          item.value().requires_grad() ? " with a gradient" : "");
    }
  };
  for (const Parameter& parameter : parameters_) {
    if (parameter.is_table) text += fmt::format("\nthe sparse table {}", parameter.name);
  }
  describe("the parameter", module.named_parameters());
  describe("the buffer", module.named_buffers());
  for (const ShardedEmbeddingImpl* table : sharded_) {
    text += fmt::format("\na sharded table of {} x {}", table->options().num_embeddings(), table->options().embedding_dim());
  }
  distributed::detail::require_same(*group_, name, text);
}

void Reducer::broadcast_state(Module& module) {
  if (group_->size() == 1) return;
  TensorList tensors = module.parameters();
  for (const Tensor& buffer : module.buffers()) tensors.push_back(buffer);
  const NoGradGuard no_grad;
  group_->run(name, [&](Channel& channel) {
    for (Tensor& tensor : tensors) {
      const Tensor values = tensor.detach().contiguous();
      channel.broadcast(values.impl()->data, static_cast<std::size_t>(values.numel()) * values.element_size(), 0);
      if (!tensor.is_contiguous()) tensor.detach().copy_(values);
      tensor.impl()->storage->bump_version();
    }
  });
}

void Reducer::require_shards(std::int64_t shards) const {
  check<ValueError>(shards == shards_, "{}: the loader cuts batches into {} shards, this has {}", name, shards, shards_);
}

/// Buckets are made for what the parameters were.
void Reducer::require_unchanged() const {
  for (const Parameter& parameter : parameters_) {
    check<GraphError>(parameter.tensor.dtype() == parameter.dtype && parameter.tensor.numel() == parameter.elements &&
                          parameter.tensor.requires_grad(),
                      "{}: the parameter {} has another dtype, size or requires_grad than it had: make a new one", name,
                      parameter.name);
  }
  for (const Tensor& parameter : frozen_) {
    check<GraphError>(!parameter.requires_grad(),
                      "{}: a parameter has got requires_grad since this was made: make a new one", name);
  }
}

std::uint64_t Reducer::parameters_hash() const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const Parameter& parameter : parameters_) hash = hash_of(hash, parameter.tensor);
  for (const Tensor& parameter : frozen_) hash = hash_of(hash, parameter);
  return hash;
}

}  // namespace xgrad::nn::parallel
