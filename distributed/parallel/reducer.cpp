#include "distributed/parallel/reducer.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "autograd/backward/clear_gradient.h"
#include "autograd/base/check.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/grad.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/ops/inplace.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "data/scramble.h"
#include "distributed/init.h"
#include "nn/modules/embedding.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn::parallel {

using distributed::Channel;
using distributed::DistributedError;

namespace {

constexpr const char* name = "DistributedDataParallel";

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

void Reducer::require_shards(std::int64_t shards) const {
  check<ValueError>(shards == shards_, "{}: the loader cuts batches into {} shards, this has {}", name, shards, shards_);
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

/// What ranks announce: those that do something else are named.
std::string Reducer::operation() const {
  std::string text = name;
  if (number_ > 1) text += fmt::format(" {}", number_);
  if (!synchronizes_) text += " with no_sync";
  else if (comm_hook_) text += " with a hook";
  return text;
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

void Reducer::begin_step() {
  check<GraphError>(!active_, "{}: a step begins within a step", name);
  check<GraphError>(!failed_, "{}: a step has thrown, and the other ranks have gone on: end the process", name);
  require_unchanged();
  group_->set_step(step_);
  losses_.clear();
  present_.clear();
  active_ = true;
  if (shards_ == 1) return;
  next_launch_ = 0;
  if (!plain_) {
    for (Parameter& parameter : parameters_)
      parameter.before = std::exchange(parameter.tensor.impl()->ensure_meta().grad, Tensor());
  }
  const NoGradGuard no_grad;
  buffers_before_.clear();
  buffers_kept_.clear();
  for (const Tensor& buffer : buffers_) buffers_before_.push_back(buffer.detach().clone());
}

void Reducer::begin_shard(std::int64_t shard) {
  shard_ = shard;
  if (shards_ == 1) return;
  for (const auto& bucket : buckets_) bucket->open();
  if (shard == own_.begin) return;
  const NoGradGuard no_grad;
  for (std::size_t i = 0; i < buffers_.size(); ++i) buffers_[i].detach().copy_(buffers_before_[i]);
}

Generator Reducer::shard_generator(std::int64_t shard) const {
  using data::detail::scramble;
  return Generator(
      scramble(scramble(scramble(seed_) ^ static_cast<std::uint64_t>(step_)) ^ static_cast<std::uint64_t>(shard)));
}

/// A backward outside of step(), from the first parameter that it reaches on.
class Reducer::Pass {
 public:
  explicit Pass(Reducer& reducer) : reducer_(reducer) {}
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;
  void end() {
    has_ended_ = true;
    reducer_.end_pass();
  }
  /// Without end(), backward has thrown.
  ~Pass() {
    if (has_ended_) return;
    reducer_.in_pass_ = false;
    if (reducer_.plain_) reducer_.abandon();
    else reducer_.restore_gradients();
  }

 private:
  Reducer& reducer_;
  bool has_ended_ = false;
};

void Reducer::enter_pass() {
  if (in_pass_) return;
  autograd::queue_callback([pass = std::make_shared<Pass>(*this)] { pass->end(); });
  in_pass_ = true;
}

void Reducer::end_pass() {
  in_pass_ = false;
  if (!plain_) {  // it computed gradients that it adds to nothing, as autograd::grad() does
    restore_gradients();
    return;
  }
  try {
    end_plain_backward();
  } catch (...) {
    abandon();
    throw;
  }
}

void Reducer::begin_plain_backward() {
  check<GraphError>(shards_ == group_->size(), "{}: backward of {} shards on {} ranks goes through step()", name, shards_,
                    group_->size());
  enter_pass();
  plain_ = true;
  begin_step();
  begin_shard(own_.begin);
}

/// Outside of step(): what earlier backwards have put together is put aside, so that it is not summed once more.
void Reducer::before_gradient(Parameter& parameter) {
  if (active_ && !plain_) return;
  Tensor& gradient = parameter.tensor.impl()->ensure_meta().grad;
  if (!gradient.defined() || gradient.impl() != parameter.given || parameter.has_local) return;
  if (synchronizes_) {
    enter_pass();
    parameter.before = std::exchange(gradient, Tensor());
  } else {
    check<GraphError>(options_.reduction == ReduceOp::avg,
                      "{}: backward under no_sync() would add to gradients of all ranks, which would be summed again: "
                      "call zero_grad() first",
                      name);
  }
}

void Reducer::on_gradient(std::size_t number) {
  Parameter& parameter = parameters_[number];
  if (!active_) {
    if (!synchronizes_) {
      parameter.has_local = true;
      return;
    }
    begin_plain_backward();
  }
  if (!parameter.tensor.grad().defined()) return;
  check<GraphError>(!parameter.tensor.grad().requires_grad(), "{}: gradients with create_graph cannot be put together",
                    name);
  parameter.used = true;
  if (parameter.is_table) {
    tables_[parameter.bucket]->add_gradient(parameter.tensor.grad());
    clear_gradient(parameter.tensor, true);
  } else {
    GradientBucket& bucket = *buckets_[parameter.bucket];
    const bool complete =
        bucket.add_gradient(parameter.place, std::exchange(parameter.tensor.impl()->ensure_meta().grad, Tensor()));
    if (complete && options_.overlap && synchronizes_ && !comm_hook_ && shard_ == own_.end - 1) launch_closed();
  }
}

/// The rows of a sharded table have a gradient.
void Reducer::on_table_gradient() {
  if (active_) return;
  check<GraphError>(synchronizes_, "{}: with a ShardedEmbedding, backward under no_sync() goes through step()", name);
  begin_plain_backward();
}

void Reducer::close(std::size_t bucket) {
  if (buckets_[bucket]->is_open()) buckets_[bucket]->close(shard_, shards_, !synchronizes_);
}

/// Launches the buckets whose last gradient has come, up to the first one that is not complete: all ranks in the same order.
void Reducer::launch_closed() {
  while (next_launch_ < buckets_.size() && (!buckets_[next_launch_]->is_open() || buckets_[next_launch_]->is_complete())) {
    close(next_launch_);
    const std::shared_ptr<GradientBucket> bucket = buckets_[next_launch_];
    bucket->prepare_sum();
    works_.push_back(group_->submit(operation(), [bucket, announced = next_launch_ == 0 ? operation() : "",
                                                  op = options_.reduction, shards = shards_](Channel& channel) {
      if (!announced.empty()) channel.agree(announced);
      bucket->reduce(channel, op, shards);
    }));
    ++next_launch_;
  }
}

void Reducer::end_shard(double loss, bool present) {
  losses_.push_back(present ? loss : -0.0);
  present_.push_back(present);
  for (std::size_t i = 0; i < sharded_.size(); ++i) {
    if (sharded_[i]->close_shard(shard_, shards_, !synchronizes_)) looked_up_[i] = true;
  }
  if (shards_ == 1) return;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) close(bucket);
  for (const auto& table : tables_) table->close(shard_, shards_, !synchronizes_);
  if (shard_ == 0 && present) {
    for (const Tensor& buffer : buffers_) buffers_kept_.push_back(buffer.detach().clone());
  }
}

double Reducer::finish_step() {
  if (shards_ == 1) {
    if (synchronizes_) reduce_sharded(std::exchange(looked_up_, std::vector<bool>(sharded_.size())));
    active_ = false;
    ++step_;
    return losses_.front();
  }
  if (synchronizes_ && !comm_hook_) launch_closed();
  const Header header = exchange_header();
  if (synchronizes_) {
    for (const auto& work : works_) work->wait();
    if (comm_hook_) {
      for (const auto& bucket : buckets_) {
        bucket->prepare_sum();
        bucket->reduce_by(comm_hook_, *group_);
      }
    }
    std::vector<Rows> rows;
    if (!tables_.empty()) {
      std::vector<const TableGradient*> tables;
      for (const auto& table : tables_) tables.push_back(table.get());
      group_->run(operation(), [&](Channel& channel) { rows = reduce_rows(channel, options_.reduction, shards_, tables); });
    }
    give_gradients(header.used, header.dense, rows);
    reduce_sharded(header.looked_up);
    for (const auto& bucket : buckets_) bucket->reset();
    for (const auto& table : tables_) table->reset();
  } else {
    for (Parameter& parameter : parameters_)
      parameter.tensor.impl()->ensure_meta().grad = std::exchange(parameter.before, Tensor());
  }
  works_.clear();
  keep_buffers();
  active_ = false;
  ++step_;
  return header.loss;
}

/// Gradients of sharded tables go to the owners of their rows.
void Reducer::reduce_sharded(const std::vector<bool>& looked_up) {
  if (sharded_.empty()) return;
  std::vector<const TableGradient*> tables;
  for (const ShardedEmbeddingImpl* table : sharded_) tables.push_back(&table->gradient());
  std::vector<Rows> sums;
  group_->run(operation(), [&](Channel& channel) { sums = reduce_own_rows(channel, options_.reduction, shards_, tables); });
  for (std::size_t i = 0; i < sharded_.size(); ++i) {
    // A rank without rows of a table that was looked up has a gradient as well: optimizers count its steps.
    if (looked_up[i]) sharded_[i]->give_gradient(sums[i]);
    sharded_[i]->reset_gradient();
  }
}

void Reducer::abandon() noexcept {
  active_ = false;
  plain_ = false;
  works_.clear();
  // What travels still uses the memory of the buckets; with one rank nothing travels.
  failed_ = group_->size() > 1;
  for (const auto& bucket : buckets_) {
    if (!failed_) bucket->reset();
  }
  for (const auto& table : tables_) table->reset();
  for (ShardedEmbeddingImpl* table : sharded_) table->reset_gradient();
  looked_up_.assign(sharded_.size(), false);
  restore_gradients();
  for (Parameter& parameter : parameters_) parameter.used = false;
}

/// What was put aside comes back.
void Reducer::restore_gradients() noexcept {
  for (Parameter& parameter : parameters_) {
    if (parameter.before.defined()) parameter.tensor.impl()->ensure_meta().grad = std::exchange(parameter.before, Tensor());
  }
}

/// What each rank has to say of its shards, in one round: their losses, which parameters were used, which gradients of
/// tables were dense, and a hash of the parameters.
Reducer::Header Reducer::exchange_header() {
  const auto most = static_cast<std::size_t>((shards_ + group_->size() - 1) / group_->size());
  const std::size_t losses_bytes = most * sizeof(double);
  const std::size_t flags = parameters_.size() + tables_.size() + sharded_.size();
  std::vector<std::byte> own(sizeof(std::uint64_t) + losses_bytes + flags);
  const bool checks = options_.check_every > 0 && step_ % options_.check_every == 0 && group_->size() > 1;
  const std::uint64_t hash = checks ? parameters_hash() : 0;
  std::memcpy(own.data(), &hash, sizeof hash);
  std::memcpy(own.data() + sizeof hash, losses_.data(), losses_.size() * sizeof(double));
  std::byte* flag = own.data() + sizeof hash + losses_bytes;
  for (Parameter& parameter : parameters_) {
    *flag++ = std::byte{parameter.used};
    if (synchronizes_) parameter.used = false;
  }
  for (const auto& table : tables_) *flag++ = std::byte{synchronizes_ && table->take_dense()};
  for (std::size_t i = 0; i < sharded_.size(); ++i) {
    *flag++ = looked_up_[i] ? std::byte{1} : std::byte{0};
    if (synchronizes_) looked_up_[i] = false;
  }

  std::vector<std::byte> all = own;
  group_->run(operation(), [&](Channel& channel) {
    if (!synchronizes_ || buckets_.empty() || comm_hook_) channel.agree(operation());
    all = channel.all_gather(own.data(), own.size());
  });
  Header header;
  header.used.assign(parameters_.size(), false);
  header.dense.assign(tables_.size(), false);
  header.looked_up.assign(sharded_.size(), false);
  std::vector<double> losses;
  std::string different;
  for (int rank = 0; rank < group_->size(); ++rank) {
    const std::byte* theirs = all.data() + static_cast<std::size_t>(rank) * own.size();
    if (std::memcmp(theirs, all.data(), sizeof hash) != 0)
      different += (different.empty() ? "" : ", ") + group_->name_of(rank);
    const auto range = distributed::shards_of_rank(rank, group_->size(), shards_);
    for (std::int64_t i = 0; i < range.size(); ++i) {
      double loss = 0;
      std::memcpy(&loss, theirs + sizeof hash + static_cast<std::size_t>(i) * sizeof loss, sizeof loss);
      losses.push_back(loss);
    }
    const std::byte* bits = theirs + sizeof hash + losses_bytes;
    for (auto* flags_of_kind : {&header.used, &header.dense, &header.looked_up}) {
      for (auto flag_of_one : *flags_of_kind) flag_of_one = *bits++ != std::byte{0} || flag_of_one;
    }
  }
  check<DistributedError>(different.empty(), "{} of step {}: the parameters of {} are not those of {}", name, step_,
                          different, group_->name_of(0));
  std::vector<distributed::NodeValues> leaves;
  for (std::int64_t shard = 0; shard < shards_; ++shard) {
    leaves.push_back({{shard, shard + 1}, reinterpret_cast<const std::byte*>(&losses[static_cast<std::size_t>(shard)])});
  }
  distributed::reduce_values(options_.reduction, kFloat64, shards_, leaves, reinterpret_cast<std::byte*>(&header.loss), 1);
  return header;
}

void Reducer::give_gradients(const std::vector<bool>& used, const std::vector<bool>& dense, std::vector<Rows>& rows) {
  const NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Parameter& parameter = parameters_[i];
    const Tensor& leaf = parameter.tensor;
    if (!used[i]) {
      give(parameter, {});
      continue;
    }
    if (!parameter.is_table) {
      give(parameter, buckets_[parameter.bucket]->take_sum(parameter.place));
      continue;
    }
    Rows& sum = rows[parameter.bucket];
    const Tensor table = take_table(*gradient_accumulator(leaf), leaf.sizes(), leaf.dtype());
    const std::size_t bytes = tables_[parameter.bucket]->shape().row_bytes();
    for (std::size_t r = 0; r < sum.numbers.size(); ++r) {
      std::memcpy(table.impl()->data + static_cast<std::size_t>(sum.numbers[r]) * bytes, sum.values.data() + r * bytes,
                  bytes);
    }
    table.impl()->storage->bump_version();
    if (!dense[parameter.bucket]) set_nonzero_rows(table, std::move(sum.numbers));
    give(parameter, table);
  }
}

/// Adds to what grad() held before the step, as backward does.
void Reducer::give(Parameter& parameter, Tensor gradient) {
  Tensor& target = parameter.tensor.impl()->ensure_meta().grad;
  target = std::exchange(parameter.before, Tensor());
  if (gradient.defined()) {
    if (target.defined()) add_gradient(target, gradient);
    else target = std::move(gradient);
  }
  parameter.given = target.defined() ? target.impl() : nullptr;
  parameter.has_local = false;
}

/// Each shard has begun with the step's buffers; those that shard 0 has made of them stay.
void Reducer::keep_buffers() {
  if (buffers_.empty()) return;
  const NoGradGuard no_grad;
  const bool has_first = own_.begin == 0 && !buffers_kept_.empty();
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    buffers_[i].detach().copy_(has_first ? buffers_kept_[i] : buffers_before_[i]);
  }
  if (group_->size() == 1) return;
  group_->run(operation(), [&](Channel& channel) {
    for (const Tensor& buffer : buffers_) {
      const Tensor values = buffer.detach().contiguous();
      channel.broadcast(values.impl()->data, static_cast<std::size_t>(values.numel()) * values.element_size(), 0);
      if (!buffer.is_contiguous()) buffer.detach().copy_(values);
      buffer.impl()->storage->bump_version();
    }
  });
}

void Reducer::end_plain_backward() {
  // What was gathered under no_sync() and has no part in this backward.
  for (std::size_t i = 0; i < parameters_.size() && shards_ > 1; ++i) {
    Parameter& parameter = parameters_[i];
    if (parameter.used || !parameter.tensor.grad().defined()) continue;
    before_gradient(parameter);
    if (parameter.tensor.grad().defined()) on_gradient(i);
  }
  end_shard(0, true);
  finish_step();
  plain_ = false;
}

std::uint64_t Reducer::parameters_hash() const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const Parameter& parameter : parameters_) hash = hash_of(hash, parameter.tensor);
  for (const Tensor& parameter : frozen_) hash = hash_of(hash, parameter);
  return hash;
}

Value Reducer::state_dict() const {
  return Value::Dict{{"shards", shards_}, {"step", step_}, {"seed", static_cast<std::int64_t>(seed_)}};
}

void Reducer::load_state_dict(const Value& state) {
  const std::int64_t shards = state.at("shards").to_int();
  check<ValueError>(shards == shards_, "{}: the state is of a run with {} shards, this one has {}", name, shards, shards_);
  const std::int64_t step = state.at("step").to_int();
  check<ValueError>(step >= 0, "{}: step {} makes no sense", name, step);
  seed_ = static_cast<std::uint64_t>(state.at("seed").to_int());
  step_ = step;
}

}  // namespace xgrad::nn::parallel
