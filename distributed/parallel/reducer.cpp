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

namespace xgrad::nn::parallel {

using distributed::Channel;
using distributed::DistributedError;

/// What ranks announce: those that do something else are named.
std::string Reducer::operation() const {
  std::string text = name;
  if (number_ > 1) text += fmt::format(" {}", number_);
  if (!synchronizes_) text += " with no_sync";
  else if (comm_hook_) text += " with a hook";
  return text;
}

void Reducer::begin_step() {
  check<GraphError>(!active_, "{}: a step begins within a step", name);
  check<GraphError>(!failed_,
                    "{}: a step has thrown, of which other ranks and what was gathered within no_sync know nothing: end the "
                    "process",
                    name);
  require_unchanged();
  if (!plain_ && shards_ > 1) {
    const bool local = std::any_of(parameters_.begin(), parameters_.end(), [](const Parameter& parameter) {
      return parameter.has_local && parameter.tensor.grad().defined();
    });
    check<GraphError>(!local,
                      "{}: gradients of a backward() within no_sync are of this rank alone, and no step can sum them: go on "
                      "with backward(), or call step within no_sync as well",
                      name);
  }
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
  return Generator(data::detail::scramble(seed_, static_cast<std::uint64_t>(step_), static_cast<std::uint64_t>(shard)));
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
    gathers_ = false;
    give_gradients(header.used, header.dense, rows);
    reduce_sharded(header.looked_up);
    for (const auto& bucket : buckets_) bucket->reset();
    for (const auto& table : tables_) table->reset();
  } else {
    gathers_ = true;
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
  failed_ = group_->size() > 1 || gathers_;
  for (const auto& bucket : buckets_) {
    if (!failed_) bucket->reset();
  }
  for (const auto& table : tables_) table->reset();
  for (ShardedEmbeddingImpl* table : sharded_) table->reset_gradient();
  looked_up_.assign(sharded_.size(), false);
  restore_gradients();
  for (Parameter& parameter : parameters_) parameter.used = false;
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
