#include "distributed/parallel/partition.h"

#include <cstddef>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "distributed/init.h"
#include "distributed/tree.h"

namespace xgrad::optim {

using distributed::Incoming;
using distributed::Outgoing;

namespace {

constexpr const char* name = "ZeroRedundancyOptimizer";

/// The memory of a tensor as rows: one without dimensions is a single row.
Tensor with_rows(const Tensor& tensor) { return tensor.dim() == 0 ? tensor.detach().view({1}) : tensor.detach(); }

}  // namespace

ParameterPartition::ParameterPartition(std::vector<Tensor> parameters, distributed::ProcessGroup* group)
    : parameters_(std::move(parameters)), group_(distributed::detail::group_or_single(group)) {
  const NoGradGuard no_grad;
  for (const Tensor& parameter : parameters_) {
    check<ValueError>(parameter.defined() && parameter.is_contiguous(), "{}: a parameter is not contiguous", name);
    const Range own = rows_of(parameter, group_->rank());
    slices_.push_back(with_rows(parameter).slice(0, own.begin, own.end).detach());
  }
}

ParameterPartition::Range ParameterPartition::rows_of(const Tensor& parameter, int rank) const {
  const int ranks = group_->size();
  const distributed::ShardRange rows =
      distributed::shards_of_rank(rank, ranks, parameter.dim() == 0 ? 1 : parameter.size(0));
  return {rows.begin, rows.end};
}

void ParameterPartition::take_gradients() const {
  const NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& gradient = parameters_[i].grad();
    if (!gradient.defined()) {
      slices_[i].mutable_grad() = Tensor();
      continue;
    }
    const Range own = rows_of(parameters_[i], group_->rank());
    const Tensor part = with_rows(gradient.contiguous()).slice(0, own.begin, own.end).detach();
    slices_[i].mutable_grad() = part;
    const std::vector<std::int64_t>* rows = nonzero_rows(gradient);
    if (rows == nullptr) continue;
    std::vector<std::int64_t> known;
    for (const std::int64_t row : *rows) {
      if (row >= own.begin && row < own.end) known.push_back(row - own.begin);
    }
    set_nonzero_rows(part, std::move(known));
  }
}

/// Each rank has its rows of the tensors, which have the parameters' shapes, and gets all others.
void ParameterPartition::exchange_rows(const std::vector<Tensor>& tensors) const {
  if (group_->size() == 1) return;
  group_->run(name, [&](distributed::Channel& channel) {
    channel.agree(name);
    std::vector<Outgoing> outgoing;
    std::vector<Incoming> incoming;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const Tensor& tensor = tensors[i];
      const std::int64_t rows = tensor.dim() == 0 ? 1 : tensor.size(0);
      if (tensor.numel() == 0) continue;
      const std::size_t row_bytes = static_cast<std::size_t>(tensor.numel() / rows) * tensor.element_size();
      const auto place = [&](int rank) {
        const Range range = rows_of(tensor, rank);
        return std::pair(tensor.impl()->data + static_cast<std::size_t>(range.begin) * row_bytes,
                         static_cast<std::size_t>(range.end - range.begin) * row_bytes);
      };
      for (int i_peer = 1; i_peer < channel.size(); ++i_peer) {
        const int to = (channel.rank() + i_peer) % channel.size();
        const int from = (channel.rank() + channel.size() - i_peer) % channel.size();
        const auto [own, own_bytes] = place(channel.rank());
        const auto [theirs, their_bytes] = place(from);
        if (own_bytes > 0) outgoing.push_back({to, own, own_bytes});
        if (their_bytes > 0) incoming.push_back({from, theirs, their_bytes});
      }
    }
    channel.exchange(outgoing, incoming);
  });
}

void ParameterPartition::gather_parameters() const {
  exchange_rows(parameters_);
  for (const Tensor& parameter : parameters_) parameter.impl()->storage->bump_version();
}

Value ParameterPartition::whole_state(const Value& state) const {
  const NoGradGuard no_grad;
  Value whole = state;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto key = static_cast<std::int64_t>(i);
    if (!state.at("state").contains(key)) continue;
    Value::Dict of_parameter;
    for (const auto& [field, value] : state.at("state").at(key).dict()) {
      of_parameter[field] = value;
      // What has a number for each element; the others, such as the number of steps, are the same everywhere.
      if (!value.is_tensor() || value.to_tensor().dim() == 0 || value.to_tensor().sizes() != slices_[i].sizes()) continue;
      const Tensor& part = value.to_tensor();
      const Tensor gathered = empty(parameters_[i].sizes(), part.dtype());
      const Range own = rows_of(parameters_[i], group_->rank());
      with_rows(gathered).slice(0, own.begin, own.end).copy_(part);
      exchange_rows({gathered});
      of_parameter[field] = gathered;
    }
    whole.dict()["state"].dict()[key] = of_parameter;
  }
  return whole;
}

Value ParameterPartition::state_of_slices(const Value& state) const {
  const NoGradGuard no_grad;
  Value parts = state;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto key = static_cast<std::int64_t>(i);
    if (!state.at("state").contains(key)) continue;
    const Range own = rows_of(parameters_[i], group_->rank());
    Value::Dict of_slice;
    for (const auto& [field, value] : state.at("state").at(key).dict()) {
      of_slice[field] = value;
      const bool is_step = field.is_string() && field.string() == "step";
      if (is_step || !value.is_tensor()) continue;
      const Tensor& saved = value.to_tensor();
      check<ShapeError>(saved.sizes() == parameters_[i].sizes(), "{}: {} of shape {} does not fit a parameter of shape {}",
                        name, field.repr(), saved.sizes(), parameters_[i].sizes());
      of_slice[field] = with_rows(saved).slice(0, own.begin, own.end).clone();
    }
    parts.dict()["state"].dict()[key] = of_slice;
  }
  return parts;
}

}  // namespace xgrad::optim
