#include "distributed/parallel/gradient_bucket.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/ownership.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn::parallel {

namespace {

/// The identity of IEEE addition: x + -0.0 is x for every x, which +0.0 does not do for -0.0.
void fill_negative_zero(Dtype dtype, std::byte* memory, std::int64_t count) {
  if (dtype == kFloat32) std::fill_n(reinterpret_cast<float*>(memory), count, -0.0F);
  else std::fill_n(reinterpret_cast<double*>(memory), count, -0.0);
}

}  // namespace

std::size_t GradientBucket::add(IntArrayRef sizes) {
  offsets_.push_back(count_);
  sizes_.push_back(to_dims(sizes));
  elements_.push_back(number_of_elements(sizes));
  count_ += elements_.back();
  return offsets_.size() - 1;
}

std::int64_t GradientBucket::bytes() const { return count_ * static_cast<std::int64_t>(element_size(dtype_)); }

std::size_t GradientBucket::offset_bytes(std::size_t place) const {
  return static_cast<std::size_t>(offsets_[place]) * element_size(dtype_);
}

GradientBucket::Memory GradientBucket::take() {
  if (free_.empty()) return Memory(bytes());
  Memory memory = std::move(free_.back());
  free_.pop_back();
  return memory;
}

void GradientBucket::give_back(Memory memory) {
  if (!memory.tensor().defined() && memory.data() != nullptr) free_.push_back(std::move(memory));
}

void GradientBucket::open() {
  give_back(std::exchange(leaf_, Memory()));
  arrived_.assign(members(), false);
  missing_ = members();
  open_ = true;
}

bool GradientBucket::add_gradient(std::size_t place, Tensor gradient) {
  check<GraphError>(
      open_,
      "DistributedDataParallel: a gradient came after its bucket was sent: a parameter's gradient may not come "
      "again once all of a shard have come");
  const std::size_t size = static_cast<std::size_t>(elements_[place]) * element_size(dtype_);
  if (members() == 1 && !arrived_[place] && gradient.is_contiguous() && owned_alone(gradient)) {
    leaf_ = Memory(std::move(gradient));
  } else {
    const Tensor source = gradient.contiguous();
    if (leaf_.data() == nullptr) leaf_ = take();
    std::byte* target = leaf_.data() + offset_bytes(place);
    if (arrived_[place]) distributed::combine(ReduceOp::sum, dtype_, target, source.impl()->data, elements_[place]);
    else if (size > 0) std::memcpy(target, source.impl()->data, size);
  }
  if (arrived_[place]) return false;
  arrived_[place] = true;
  return --missing_ == 0;
}

void GradientBucket::close(std::int64_t shard, std::int64_t shards, bool kept) {
  open_ = false;
  if (leaf_.data() == nullptr) leaf_ = take();
  for (std::size_t place = 0; place < members(); ++place) {
    if (!arrived_[place]) fill_negative_zero(dtype_, leaf_.data() + offset_bytes(place), elements_[place]);
  }
  nodes_.close(shard, shards, std::exchange(leaf_, Memory()), kept, [this](Memory& left, Memory right) {
    distributed::combine(ReduceOp::sum, dtype_, left.data(), right.data(), count_);
    give_back(std::move(right));
  });
}

void GradientBucket::prepare_sum() {
  if (members() == 1) sum_ = Memory(empty(sizes_.front(), dtype_));
  else if (sum_.data() == nullptr) sum_ = Memory(bytes());
}

void GradientBucket::reduce(Channel& channel, ReduceOp op, std::int64_t shards) {
  std::vector<distributed::NodeValues> values;
  for (const auto& node : nodes_.nodes()) values.push_back({node.range, node.sum.data()});
  distributed::reduce_shards(channel, op, dtype_, shards, values, sum_.data(), count_);
}

void GradientBucket::reduce_by(const CommHook& hook, distributed::ProcessGroup& group) {
  const NoGradGuard no_grad;
  const Tensor sum = empty({count_}, dtype_);
  std::byte* values = sum.impl()->data;
  const auto size = static_cast<std::size_t>(bytes());
  const auto& nodes = nodes_.nodes();
  std::memcpy(values, nodes.front().sum.data(), size);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    distributed::combine(ReduceOp::sum, dtype_, values, nodes[i].sum.data(), count_);
  }
  hook(sum, group);
  std::memcpy(sum_.data(), values, size);
}

Tensor GradientBucket::take_sum(std::size_t place) {
  if (sum_.tensor().defined()) return std::exchange(sum_, Memory()).tensor();
  Tensor part = empty(sizes_[place], dtype_);
  const std::size_t size = static_cast<std::size_t>(elements_[place]) * element_size(dtype_);
  if (size > 0) std::memcpy(part.impl()->data, sum_.data() + offset_bytes(place), size);
  return part;
}

void GradientBucket::reset() {
  for (auto& node : nodes_.take()) give_back(std::move(node.sum));
}

}  // namespace xgrad::nn::parallel
