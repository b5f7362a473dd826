#include "nn/modules/crf.h"

#include <limits>

#include "autograd/base/check.h"
#include "autograd/graph/grad.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduce_losses.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "nn/init/init.h"

namespace xgrad::nn {

using utils::rnn::PackedSequence;

namespace {

/// The labels of the best sequence; none where none is allowed.
std::vector<std::int64_t> likeliest(std::vector<ScoredLabels>& best) {
  return best.empty() ? std::vector<std::int64_t>() : std::move(best.front().second);
}

constexpr const char* crf_name = "LinearChainCRF";

/// A tag as its letter and type: "B-PER" as B and PER; what is outside of spans as O.
std::pair<char, std::string_view> parts_of(std::string_view tag, std::string_view letters) {
  if (tag.size() >= 2 && tag[1] == '-' && letters.find(tag[0]) != std::string_view::npos) return {tag[0], tag.substr(2)};
  return {'O', {}};
}

/// Whether the steps of a sequence may be these two.
bool may_follow(std::pair<char, std::string_view> before, std::pair<char, std::string_view> after, bool closes) {
  const bool is_open = closes && (before.first == 'B' || before.first == 'I');
  const bool goes_on = after.first == 'I' || after.first == 'E';
  if (is_open) return goes_on && before.second == after.second;
  if (!goes_on) return true;
  return !closes && (before.first == 'B' || before.first == 'I') && before.second == after.second;
}

/// The packed rows as (time, batch, ...) with their lengths.
std::tuple<Tensor, Tensor> padded(const PackedSequence& sequence) { return pad_packed_sequence(sequence); }

Tensor forbid(const Tensor& scores, const Tensor& allowed) {
  if (!allowed.defined()) return scores;
  return masked_fill(scores, logical_not(allowed), -std::numeric_limits<double>::infinity());
}

void require_allowed(const char* which, const Tensor& allowed, IntArrayRef sizes) {
  if (!allowed.defined()) return;
  check<TypeError>(allowed.dtype() == kBool, "{}: the constraints' {} must be bool, got {}", crf_name, which,
                   allowed.dtype());
  check<ShapeError>(allowed.sizes() == sizes, "{}: the constraints' {} must have shape {}, got {}", crf_name, which, sizes,
                    allowed.sizes());
}

}  // namespace

TagConstraints tag_constraints(const std::vector<std::string>& tags, std::string_view scheme) {
  check<ValueError>(scheme == "IOB2" || scheme == "BIOES", "tag_constraints: expected IOB2 or BIOES, got {}", scheme);
  const bool closes = scheme == "BIOES";
  const std::string_view letters = closes ? "BIES" : "BI";
  const auto n = static_cast<std::int64_t>(tags.size());
  TagConstraints allowed{zeros({n, n}, kBool), zeros({n}, kBool), zeros({n}, kBool)};
  const std::pair<char, std::string_view> outside{'O', {}};
  for (std::int64_t i = 0; i < n; ++i) {
    const auto from = parts_of(tags[static_cast<std::size_t>(i)], letters);
    allowed.start.data_ptr<bool>()[i] = may_follow(outside, from, closes);
    allowed.end.data_ptr<bool>()[i] = may_follow(from, outside, closes);
    for (std::int64_t j = 0; j < n; ++j) {
      allowed.transitions.data_ptr<bool>()[i * n + j] =
          may_follow(from, parts_of(tags[static_cast<std::size_t>(j)], letters), closes);
    }
  }
  return allowed;
}

LinearChainCRFImpl::LinearChainCRFImpl(std::int64_t num_tags) : LinearChainCRFImpl(LinearChainCRFOptions(num_tags)) {}

LinearChainCRFImpl::LinearChainCRFImpl(const LinearChainCRFOptions& options_) : Layer(options_) {
  const std::int64_t n = options.num_tags();
  check<ValueError>(n > 0, "{}: expected tags, got {}", crf_name, n);
  require_allowed("transitions", options.allowed_transitions(), {n, n});
  require_allowed("start", options.allowed_start(), {n});
  require_allowed("end", options.allowed_end(), {n});
  reset();
}

void LinearChainCRFImpl::reset() {
  const std::int64_t n = options.num_tags();
  start_transitions = register_parameter("start_transitions", empty({n}));
  end_transitions = register_parameter("end_transitions", empty({n}));
  transitions = register_parameter("transitions", empty({n, n}));
  reset_parameters();
}

void LinearChainCRFImpl::reset_parameters() {
  init::uniform_(start_transitions, -0.1, 0.1);
  init::uniform_(end_transitions, -0.1, 0.1);
  init::uniform_(transitions, -0.1, 0.1);
}

LinearChainScores LinearChainCRFImpl::scores(const Tensor& emissions) const {
  check<ShapeError>(emissions.dim() == 3 && emissions.size(2) == options.num_tags(),
                    "{}: expected emissions ({}, {}), got {}", crf_name,
                    options.batch_first() ? "batch, time" : "time, batch", options.num_tags(), emissions.sizes());
  return {options.batch_first() ? emissions.transpose(0, 1) : emissions, forbid(transitions, options.allowed_transitions()),
          forbid(start_transitions, options.allowed_start()), forbid(end_transitions, options.allowed_end())};
}

Tensor LinearChainCRFImpl::lengths(const Tensor& emissions, const Tensor& mask) const {
  const std::int64_t steps = emissions.size(options.batch_first() ? 1 : 0);
  const std::int64_t batch = emissions.size(options.batch_first() ? 0 : 1);
  if (!mask.defined()) return full({batch}, steps, kInt64);
  check<TypeError>(mask.dtype() == kBool, "{}: the mask must be bool, got {}", crf_name, mask.dtype());
  check<ShapeError>(mask.dim() == 2 && mask.size(0) == emissions.size(0) && mask.size(1) == emissions.size(1),
                    "{}: the mask {} does not fit the emissions {}", crf_name, mask.sizes(), emissions.sizes());
  const Tensor by_time = options.batch_first() ? mask.t() : mask;
  Tensor counted = sum(by_time, {0});
  check<ValueError>(all(ge(counted, 1)).item<bool>(), "{}: a sequence of the mask has no steps", crf_name);
  const Tensor first_ones = lt(unsqueeze(arange(steps), 1), counted);
  check<ValueError>(equal(first_ones, by_time), "{}: the mask must be true for the first steps of each sequence", crf_name);
  return counted;
}

Tensor LinearChainCRFImpl::score(const LinearChainScores& given, const Tensor& tags, const Tensor& steps) const {
  check<TypeError>(tags.dtype() == kInt64, "{}: tags must be int64, got {}", crf_name, tags.dtype());
  const std::int64_t time = given.emissions.size(0);
  check<ShapeError>(tags.dim() == 2 && tags.size(0) == time && tags.size(1) == given.emissions.size(1),
                    "{}: tags {} do not fit the emissions {}", crf_name, tags.sizes(), given.emissions.sizes());
  const Tensor counts = lt(unsqueeze(arange(time), 1), steps);
  const Tensor outside = logical_and(counts, logical_or(lt(tags, 0), ge(tags, options.num_tags())));
  check<IndexError>(!any(outside).item<bool>(), "{}: a tag is not in [0, {})", crf_name, options.num_tags());
  const Tensor index = masked_fill(tags, logical_not(counts), 0);
  // Left out by a mask rather than by a factor of 0: forbidden tags behind the end are infinitely unlikely.
  const auto counted = [](const Tensor& x, const Tensor& which) { return sum(masked_fill(x, logical_not(which), 0), {0}); };
  const Tensor emitted = squeeze(gather(given.emissions, 2, unsqueeze(index, 2)), 2);
  const Tensor last = squeeze(gather(index, 0, unsqueeze(steps - 1, 0)), 0);
  Tensor total =
      counted(emitted, counts) + index_select(given.start, 0, select(index, 0, 0)) + index_select(given.end, 0, last);
  if (time > 1) {
    const Tensor pair = narrow(index, 0, 0, time - 1) * options.num_tags() + narrow(index, 0, 1, time - 1);
    const Tensor followed = index_select(given.transitions.reshape({-1}), 0, pair.reshape({-1})).view(pair.sizes());
    total = total + counted(followed, narrow(counts, 0, 1, time - 1));
  }
  return total;
}

Tensor LinearChainCRFImpl::log_likelihood(const LinearChainScores& given, const Tensor& tags, const Tensor& steps) const {
  // First, since it checks the lengths.
  const Tensor normalizer = linear_chain_log_partition(given, steps);
  return score(given, tags, steps) - normalizer;
}

Tensor LinearChainCRFImpl::forward(const Tensor& emissions, const Tensor& tags, const Tensor& mask) const {
  return reduce_losses(-log_likelihood(emissions, tags, mask), options.reduction());
}

Tensor LinearChainCRFImpl::forward(const PackedSequence& emissions, const PackedSequence& tags) const {
  return reduce_losses(-log_likelihood(emissions, tags), options.reduction());
}

Tensor LinearChainCRFImpl::log_likelihood(const Tensor& emissions, const Tensor& tags, const Tensor& mask) const {
  return log_likelihood(scores(emissions), options.batch_first() ? tags.t() : tags, lengths(emissions, mask));
}

Tensor LinearChainCRFImpl::log_likelihood(const PackedSequence& emissions, const PackedSequence& tags) const {
  check<ShapeError>(equal(emissions.batch_sizes(), tags.batch_sizes()), "{}: emissions and tags are packed differently",
                    crf_name);
  const auto [rows, steps] = padded(emissions);
  const Tensor by_time = options.batch_first() ? rows.transpose(0, 1) : rows;
  return log_likelihood(scores(by_time), std::get<0>(padded(tags)), steps);
}

Tensor LinearChainCRFImpl::score(const Tensor& emissions, const Tensor& tags, const Tensor& mask) const {
  return score(scores(emissions), options.batch_first() ? tags.t() : tags, lengths(emissions, mask));
}

Tensor LinearChainCRFImpl::log_partition(const Tensor& emissions, const Tensor& mask) const {
  return linear_chain_log_partition(scores(emissions), lengths(emissions, mask));
}

Tensor LinearChainCRFImpl::marginals(const LinearChainScores& given, const Tensor& steps) const {
  // They are the gradient of the log-partition, which is differentiable again where anybody asks for it.
  const bool differentiable =
      GradMode::is_enabled() && (given.emissions.requires_grad() || given.transitions.requires_grad() ||
                                 given.start.requires_grad() || given.end.requires_grad());
  const AutoGradMode enabled(true);
  LinearChainScores own = given;
  if (!differentiable) {
    own = {given.emissions.detach().requires_grad_(), given.transitions.detach(), given.start.detach(), given.end.detach()};
  } else if (!own.emissions.requires_grad()) {
    own.emissions = own.emissions.detach().requires_grad_();
  }
  const Tensor total = linear_chain_log_partition(own, steps).sum();
  return autograd::grad({total}, {own.emissions}, {}, differentiable, differentiable)[0];
}

Tensor LinearChainCRFImpl::marginals(const Tensor& emissions, const Tensor& mask) const {
  const Tensor found = marginals(scores(emissions), lengths(emissions, mask));
  return options.batch_first() ? found.transpose(0, 1) : found;
}

PackedSequence LinearChainCRFImpl::marginals(const PackedSequence& emissions) const {
  const auto [rows, steps] = padded(emissions);
  const Tensor found = marginals(scores(options.batch_first() ? rows.transpose(0, 1) : rows), steps);
  const Tensor& order = emissions.sorted_indices();
  const auto sorted = [&](const Tensor& x, std::int64_t dim) { return order.defined() ? index_select(x, dim, order) : x; };
  const PackedSequence packed = utils::rnn::pack_padded_sequence(sorted(found, 1), sorted(steps, 0));
  return {packed.data(), emissions.batch_sizes(), order, emissions.unsorted_indices()};
}

std::vector<std::vector<std::int64_t>> LinearChainCRFImpl::decode(const Tensor& emissions, const Tensor& mask) const {
  std::vector<std::vector<std::int64_t>> result;
  for (auto& best : decode_best(emissions, 1, mask)) result.push_back(likeliest(best));
  return result;
}

std::vector<std::vector<std::int64_t>> LinearChainCRFImpl::decode(const PackedSequence& emissions) const {
  const auto [rows, steps] = padded(emissions);
  std::vector<std::vector<std::int64_t>> result;
  const LinearChainScores given = scores(options.batch_first() ? rows.transpose(0, 1) : rows);
  for (auto& best : linear_chain_best(given, steps)) result.push_back(likeliest(best));
  return result;
}

std::vector<std::vector<ScoredLabels>> LinearChainCRFImpl::decode_best(const Tensor& emissions, std::int64_t count,
                                                                       const Tensor& mask) const {
  return linear_chain_best(scores(emissions), lengths(emissions, mask), count);
}

}  // namespace xgrad::nn
