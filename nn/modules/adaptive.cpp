#include "nn/modules/adaptive.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "autograd/base/check.h"
#include "autograd/base/compatibility.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "nn/modules/container/sequential.h"

namespace xgrad::nn {

namespace {

constexpr const char* module_name = "AdaptiveLogSoftmaxWithLoss";

void check_input(const Tensor& input, std::int64_t features) {
  check<ShapeError>(input.dim() == 2 && input.size(1) == features, "{}: expected an input [batch, {}], got {}", module_name,
                    features, input.sizes());
}

}  // namespace

AdaptiveLogSoftmaxWithLossImpl::AdaptiveLogSoftmaxWithLossImpl(std::int64_t in_features, std::int64_t n_classes,
                                                               std::vector<std::int64_t> cutoffs_)
    : AdaptiveLogSoftmaxWithLossImpl(AdaptiveLogSoftmaxWithLossOptions(in_features, n_classes, std::move(cutoffs_))) {}

AdaptiveLogSoftmaxWithLossImpl::AdaptiveLogSoftmaxWithLossImpl(const AdaptiveLogSoftmaxWithLossOptions& options_)
    : Layer(options_) {
  const std::vector<std::int64_t>& given = options.cutoffs();
  check<ValueError>(options.in_features() > 0, "{}: in_features must be positive, got {}", module_name,
                    options.in_features());
  check<ValueError>(!given.empty() && given.front() > 0 && given.back() < options.n_classes() &&
                        std::adjacent_find(given.begin(), given.end(), std::greater_equal<>()) == given.end(),
                    "{}: cutoffs must grow, from 1 to n_classes - 1 at most: got {} with {} classes", module_name,
                    IntArrayRef(given), options.n_classes());
  check<ValueError>(options.div_value() > 0, "{}: div_value must be positive, got {}", module_name, options.div_value());
  reset();
}

void AdaptiveLogSoftmaxWithLossImpl::reset() {
  cutoffs = options.cutoffs();
  cutoffs.push_back(options.n_classes());
  shortlist_size = cutoffs.front();
  n_clusters = static_cast<std::int64_t>(cutoffs.size()) - 1;
  head_size = shortlist_size + n_clusters;
  const std::int64_t features = options.in_features();
  head = register_module("head", Linear(LinearOptions(features, head_size).bias(options.head_bias())));
  tail = register_module("tail", ModuleList());
  for (std::size_t i = 0; i + 1 < cutoffs.size(); ++i) {
    const auto hidden = static_cast<std::int64_t>(
        std::floor(static_cast<double>(features) / std::pow(options.div_value(), static_cast<double>(i + 1))));
    // libtorch makes both as arguments of one call, of which its compiler draws the last first.
    std::array<Linear, 2> layers{Linear(nullptr), Linear(nullptr)};
    for (const std::size_t layer :
         imitates_libtorch() ? std::array<std::size_t, 2>{1, 0} : std::array<std::size_t, 2>{0, 1}) {
      const std::int64_t in = layer == 0 ? features : hidden;
      const std::int64_t out = layer == 0 ? hidden : cutoffs[i + 1] - cutoffs[i];
      layers[layer] = Linear(LinearOptions(in, out).bias(false));
    }
    tail->push_back(Sequential(layers[0], layers[1]));
  }
}

void AdaptiveLogSoftmaxWithLossImpl::reset_parameters() {
  head->reset_parameters();
  for (const auto& cluster : *tail) {
    for (const auto& layer : cluster->children()) layer->as<Linear>()->reset_parameters();
  }
}

Tensor AdaptiveLogSoftmaxWithLossImpl::cluster_log_softmax(std::int64_t cluster, const Tensor& input) {
  return log_softmax(tail->at<SequentialImpl>(static_cast<std::size_t>(cluster)).forward(input), 1);
}

ASMoutput AdaptiveLogSoftmaxWithLossImpl::forward(const Tensor& input, const Tensor& target) {
  const bool batched = target.dim() == 1;
  check<ShapeError>(batched ? input.dim() == 2 && input.size(0) == target.size(0) : target.dim() == 0 && input.dim() == 1,
                    "{}: input {} and target {} must be [batch, {}] and [batch], or [{}] and []", module_name, input.sizes(),
                    target.sizes(), options.in_features(), options.in_features());
  const Tensor rows = batched ? input : unsqueeze(input, 0);
  check_input(rows, options.in_features());
  const Tensor classes =
      xgrad::detail::checked_index(module_name, batched ? target : unsqueeze(target, 0), options.n_classes());
  const std::int64_t batch = rows.size(0);

  // Which entry of the head each row asks for, and the rows and classes of each cluster.
  std::vector<std::int64_t> entries(static_cast<std::size_t>(batch));
  std::vector<std::vector<std::int64_t>> rows_of(static_cast<std::size_t>(n_clusters));
  std::vector<std::vector<std::int64_t>> classes_of(static_cast<std::size_t>(n_clusters));
  for (std::int64_t row = 0; row < batch; ++row) {
    const std::int64_t one = classes.data_ptr<std::int64_t>()[row];
    const auto part = static_cast<std::size_t>(std::upper_bound(cutoffs.begin(), cutoffs.end(), one) - cutoffs.begin());
    entries[static_cast<std::size_t>(row)] = part == 0 ? one : shortlist_size + static_cast<std::int64_t>(part) - 1;
    if (part == 0) continue;
    rows_of[part - 1].push_back(row);
    classes_of[part - 1].push_back(one - cutoffs[part - 1]);
  }
  const auto pick = [](const Tensor& log_probabilities, const std::vector<std::int64_t>& columns) {
    return squeeze(gather(log_probabilities, 1, unsqueeze(tensor(columns), 1)), 1);
  };
  Tensor output = zeros({batch}, rows.dtype());
  for (std::int64_t i = 0; i < n_clusters; ++i) {
    const auto cluster = static_cast<std::size_t>(i);
    if (rows_of[cluster].empty()) continue;
    const Tensor members = tensor(rows_of[cluster]);
    const Tensor found = pick(cluster_log_softmax(i, index_select(rows, 0, members)), classes_of[cluster]);
    output = index_add(output, 0, members, found);
  }
  output = output + pick(log_softmax(head(rows), 1), entries);
  const auto loss = mean(-output.detach()).item<double>();
  return {batched ? output : squeeze(output, 0), loss};
}

Tensor AdaptiveLogSoftmaxWithLossImpl::all_log_probabilities(const Tensor& input, const Tensor& head_output) {
  const Tensor of_head = log_softmax(head_output, 1);
  TensorList parts{narrow(of_head, 1, 0, shortlist_size)};
  for (std::int64_t i = 0; i < n_clusters; ++i) {
    parts.push_back(cluster_log_softmax(i, input) + narrow(of_head, 1, shortlist_size + i, 1));
  }
  return cat(parts, 1);
}

Tensor AdaptiveLogSoftmaxWithLossImpl::log_prob(const Tensor& input) {
  check_input(input, options.in_features());
  return all_log_probabilities(input, head(input));
}

Tensor AdaptiveLogSoftmaxWithLossImpl::predict(const Tensor& input) {
  check_input(input, options.in_features());
  const Tensor head_output = head(input);
  Tensor best = argmax(head_output.detach(), 1);
  const Tensor undecided = squeeze(nonzero(ge(best, shortlist_size)), 1);
  if (undecided.size(0) == 0) return best;
  const Tensor all =
      all_log_probabilities(index_select(input, 0, undecided), index_select(head_output, 0, undecided)).detach();
  return best.index_copy_(0, undecided, argmax(all, 1));
}

}  // namespace xgrad::nn
