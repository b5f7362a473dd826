#include "optim/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/indexing.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "optim/algorithm.h"

namespace xgrad::optim {

namespace {

constexpr auto lbfgs_fields = [](auto& options, auto&& field) {
  field("lr", options.lr());
  field("max_iter", options.max_iter());
  field("max_eval", options.max_eval());
  field("tolerance_grad", options.tolerance_grad());
  field("tolerance_change", options.tolerance_change());
  field("history_size", options.history_size());
  field("line_search_fn", options.line_search_fn());
};

double dot_product(const Tensor& a, const Tensor& b) { return a.dot(b).item<double>(); }
double largest_size(const Tensor& x) { return x.abs().max().item<double>(); }

LBFGSOptions with_evaluations(const LBFGSOptions& options) {
  LBFGSOptions complete = options;
  if (!complete.max_eval()) complete.max_eval(complete.max_iter() + complete.max_iter() / 4);
  return complete;
}

}  // namespace

XGRAD_OPTIMIZER_OPTIONS_STATE(LBFGSOptions, lbfgs_fields);

void LBFGSOptions::validate() const {
  check<ValueError>(lr_ >= 0, "LBFGS: the learning rate must not be negative, got {}", lr_);
  check<ValueError>(max_iter_ >= 1, "LBFGS: max_iter must be at least 1, got {}", max_iter_);
  check<ValueError>(max_eval_.value_or(1) >= 1, "LBFGS: max_eval must be at least 1, got {}", max_eval_.value_or(1));
  check<ValueError>(history_size_ >= 1, "LBFGS: history_size must be at least 1, got {}", history_size_);
  const std::string search = line_search_fn_.value_or("strong_wolfe");
  check<ValueError>(search == "strong_wolfe", "LBFGS: the only line search is strong_wolfe, got {}", search);
}

LBFGS::LBFGS(std::vector<OptimizerParamGroup> groups, const LBFGSOptions& defaults)
    : Optimizer(std::move(groups), with_evaluations(defaults).clone()) {
  check_groups();
}

LBFGS::LBFGS(std::vector<Tensor> params, const LBFGSOptions& defaults)
    : Optimizer(std::move(params), with_evaluations(defaults).clone()) {
  check_groups();
}

void LBFGS::check_groups() const {
  check<ValueError>(param_groups().size() == 1, "LBFGS: expected one group of parameters, got {}", param_groups().size());
  for (const Tensor& param : parameters()) {
    check<TypeError>(param.dtype() == parameters().front().dtype(), "LBFGS: expected parameters of one dtype, got {} and {}",
                     parameters().front().dtype(), param.dtype());
  }
}

Tensor LBFGS::gather_gradient() const {
  std::vector<Tensor> parts;
  for (const Tensor& param : parameters()) {
    const Tensor grad = param.grad();
    parts.push_back(grad.defined() ? grad.detach().reshape({-1}) : zeros({param.numel()}, param.dtype()));
  }
  return cat(parts, 0);
}

void LBFGS::move(double length, const Tensor& direction) {
  std::int64_t offset = 0;
  for (Tensor& param : parameters()) {
    param.add_(direction.narrow(0, offset, param.numel()).view(param.sizes()), length);
    offset += param.numel();
  }
}

/// The loss at some distance along the direction.
struct LBFGS::Point {
  double length = 0;
  double loss = 0;
  Tensor gradient;
  double slope = 0;  ///< of the loss along the direction
};

/// Looks along a direction for a point where the loss has gone down enough, and its slope as well (the strong Wolfe
/// conditions): first for an interval around one, then inside.
class LBFGS::LineSearch {
 public:
  LineSearch(LBFGS& optimizer, const LossClosure& closure, const Tensor& direction, Point start, double tolerance_change)
      : optimizer_(optimizer),
        closure_(closure),
        direction_(direction),
        start_(std::move(start)),
        tolerance_(tolerance_change / largest_size(direction)) {
    for (const Tensor& param : optimizer.parameters()) origin_.push_back(param.clone());
  }

  /// The best point, and with `evaluations()` what it took.
  Point find(double length) {
    Point before = start_;
    Point point = evaluate(length);
    std::int64_t iteration = 0;
    for (; iteration < most_iterations; ++iteration) {
      if (too_high(point) || (iteration > 1 && point.loss >= before.loss)) return zoom(before, point, iteration);
      if (flat_enough(point)) return point;
      if (point.slope >= 0) return zoom(before, point, iteration);
      const double next =
          interpolate(before, point, point.length + 0.01 * (point.length - before.length), point.length * 10);
      before = std::exchange(point, evaluate(next));
    }
    return start_.loss <= point.loss ? start_ : point;
  }
  std::int64_t evaluations() const { return evaluations_; }

 private:
  static constexpr std::int64_t most_iterations = 25;

  bool too_high(const Point& point) const { return point.loss > start_.loss + 1e-4 * point.length * start_.slope; }
  bool flat_enough(const Point& point) const { return std::abs(point.slope) <= -0.9 * start_.slope; }

  Point evaluate(double length) {
    const auto restore = [this] {
      for (std::size_t i = 0; i < origin_.size(); ++i) optimizer_.parameters()[i].copy_(origin_[i]);
    };
    Point point{length, 0, {}, 0};
    optimizer_.move(length, direction_);
    try {
      const EnableGradGuard enable;
      point.loss = closure_().item<double>();
    } catch (...) {
      restore();
      throw;
    }
    point.gradient = optimizer_.gather_gradient();
    point.slope = dot_product(point.gradient, direction_);
    restore();
    ++evaluations_;
    return point;
  }

  /// The minimum of the cubic through losses and slopes of two points, kept within bounds.
  static double interpolate(const Point& a, const Point& b, double low, double high) {
    const double d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.length - b.length);
    const double square = d1 * d1 - a.slope * b.slope;
    if (!(square >= 0)) return (low + high) / 2;
    const double d2 = std::sqrt(square);
    const Point& left = a.length <= b.length ? a : b;
    const Point& right = a.length <= b.length ? b : a;
    const double minimum =
        right.length - (right.length - left.length) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
    return std::min(std::max(minimum, low), high);
  }

  Point zoom(const Point& a, const Point& b, std::int64_t iteration) {
    Point low = a.loss <= b.loss ? a : b;
    Point high = a.loss <= b.loss ? b : a;
    bool slow = false;  // the last point came close to an end of the interval
    for (; iteration < most_iterations && std::abs(high.length - low.length) >= tolerance_; ++iteration) {
      const auto [least, most] = std::minmax({low.length, high.length});
      double length = interpolate(low, high, least, most);
      const double margin = 0.1 * (most - least);
      if (std::min(most - length, length - least) < margin) {
        const bool away = slow || length >= most || length <= least;
        if (away) length = std::abs(length - most) < std::abs(length - least) ? most - margin : least + margin;
        slow = !away;
      } else {
        slow = false;
      }
      Point point = evaluate(length);
      if (too_high(point) || point.loss >= low.loss) {
        high = std::move(point);
        if (high.loss < low.loss) std::swap(low, high);
      } else {
        const bool done = flat_enough(point);
        if (!done && point.slope * (high.length - low.length) >= 0) high = low;
        low = std::move(point);
        if (done) break;
      }
    }
    return low;
  }

  LBFGS& optimizer_;
  const LossClosure& closure_;
  const Tensor& direction_;
  Point start_;
  double tolerance_;
  std::vector<Tensor> origin_;
  std::int64_t evaluations_ = 0;
};

/// The two-loop recursion: the inverse curvature, as the last steps show it, times minus the gradient.
void LBFGS::new_direction(const Tensor& gradient, std::int64_t history_size) {
  if (search_.n_iter == 1) {
    search_.direction = -gradient;
    search_.old_dirs.clear();
    search_.old_stps.clear();
    search_.ro.clear();
    search_.h_diag = 1;
    return;
  }
  const Tensor change = gradient - search_.prev_flat_grad;
  const Tensor step = search_.direction * search_.step_length;
  const double product = dot_product(change, step);
  if (product > 1e-10) {
    if (static_cast<std::int64_t>(search_.old_dirs.size()) == history_size) {
      search_.old_dirs.erase(search_.old_dirs.begin());
      search_.old_stps.erase(search_.old_stps.begin());
      search_.ro.erase(search_.ro.begin());
    }
    search_.old_dirs.push_back(change);
    search_.old_stps.push_back(step);
    search_.ro.push_back(1 / product);
    search_.h_diag = product / dot_product(change, change);
  }
  const std::size_t count = search_.old_dirs.size();
  std::vector<double> al(count);
  Tensor q = -gradient;
  for (std::size_t i = count; i-- > 0;) {
    al[i] = dot_product(search_.old_stps[i], q) * search_.ro[i];
    q.add_(search_.old_dirs[i], -al[i]);
  }
  q.mul_(search_.h_diag);
  for (std::size_t i = 0; i < count; ++i) {
    const double be = dot_product(search_.old_dirs[i], q) * search_.ro[i];
    q.add_(search_.old_stps[i], al[i] - be);
  }
  search_.direction = q;
}

Tensor LBFGS::step(LossClosure closure) {
  check<ValueError>(static_cast<bool>(closure), "LBFGS: step needs a closure that computes the loss and its gradients");
  check_groups();
  const NoGradGuard no_grad;
  const auto evaluate = [&] {
    const EnableGradGuard enable;
    return closure();
  };
  require_own_options(param_groups().front());
  const auto& options = static_cast<const LBFGSOptions&>(param_groups().front().options());
  const Tensor first_loss = evaluate();
  double loss = first_loss.item<double>();
  std::int64_t evaluations = 1;
  ++search_.func_evals;
  Tensor gradient = gather_gradient();
  if (largest_size(gradient) <= options.tolerance_grad()) return first_loss;

  for (std::int64_t iteration = 1; iteration <= options.max_iter(); ++iteration) {
    ++search_.n_iter;
    new_direction(gradient, options.history_size());
    search_.prev_flat_grad = gradient.clone();
    search_.prev_loss = loss;

    double length = options.lr();
    if (search_.n_iter == 1) length *= std::min(1.0, 1 / gradient.abs().sum().item<double>());
    search_.step_length = length;
    const double slope = dot_product(gradient, search_.direction);
    if (slope > -options.tolerance_change()) break;

    if (options.line_search_fn()) {
      LineSearch search(*this, closure, search_.direction, {0, loss, gradient, slope}, options.tolerance_change());
      const Point best = search.find(length);
      loss = best.loss;
      gradient = best.gradient;
      search_.step_length = best.length;
      move(best.length, search_.direction);
      evaluations += search.evaluations();
      search_.func_evals += search.evaluations();
    } else {
      move(length, search_.direction);
      if (iteration == options.max_iter()) break;  // the loss after the last step is nobody's business
      loss = evaluate().item<double>();
      gradient = gather_gradient();
      ++evaluations;
      ++search_.func_evals;
    }
    const double moved = largest_size(search_.direction) * std::abs(search_.step_length);
    if (evaluations >= options.max_eval().value_or(evaluations + 1) || largest_size(gradient) <= options.tolerance_grad() ||
        moved <= options.tolerance_change() || std::abs(loss - search_.prev_loss) < options.tolerance_change()) {
      break;
    }
  }
  return first_loss;
}

Value::Dict LBFGS::save_state(const Tensor& parameter, const OptimizerOptions& /*options*/) const {
  if (!parameter.is_same(parameters().front()) || search_.func_evals == 0) return {};
  Value::Dict saved{{"func_evals", search_.func_evals}, {"n_iter", search_.n_iter}};
  if (!search_.direction.defined()) return saved;
  const auto list = [](const std::vector<Tensor>& tensors) { return Value::List(tensors.begin(), tensors.end()); };
  Value::List ro;
  for (const double one : search_.ro) ro.emplace_back(scalar_tensor(one, kFloat64));
  saved["d"] = search_.direction;
  saved["t"] = search_.step_length;
  saved["old_dirs"] = list(search_.old_dirs);
  saved["old_stps"] = list(search_.old_stps);
  saved["ro"] = std::move(ro);
  saved["H_diag"] = scalar_tensor(search_.h_diag, kFloat64);
  saved["prev_flat_grad"] = search_.prev_flat_grad;
  saved["prev_loss"] = search_.prev_loss;
  return saved;
}

std::function<void()> LBFGS::read_states(const std::vector<SavedState>& saved) {
  State fresh;
  check<ValueError>(saved.size() <= 1, "LBFGS: expected one state, got {}", saved.size());
  if (!saved.empty()) {
    const Value::Dict& state = *saved.front().state;
    fresh.func_evals = state.at("func_evals").to_int();
    fresh.n_iter = state.at("n_iter").to_int();
    check<ValueError>(fresh.func_evals >= 0 && fresh.n_iter >= 0, "LBFGS: numbers of evaluations must not be negative");
    check<ValueError>(fresh.n_iter == 0 || state.contains("d"), "LBFGS: the state has no direction d");
    if (state.contains("d")) {
      const Tensor flat = cat([this] {
        std::vector<Tensor> parts;
        for (const Tensor& param : parameters()) parts.push_back(param.detach().reshape({-1}));
        return parts;
      }());
      const auto read_vectors = [&](const char* name) {
        std::vector<Tensor> vectors;
        for (const Value& one : state.at(name).list()) {
          vectors.push_back(require_tensor("LBFGS", Value::Dict{{name, one}}, name, flat));
        }
        return vectors;
      };
      fresh.direction = require_tensor("LBFGS", state, "d", flat);
      fresh.step_length = state.at("t").to_double();
      fresh.old_dirs = read_vectors("old_dirs");
      fresh.old_stps = read_vectors("old_stps");
      for (const Value& one : state.at("ro").list()) fresh.ro.push_back(one.to_double());
      fresh.h_diag = state.at("H_diag").to_double();
      fresh.prev_flat_grad = require_tensor("LBFGS", state, "prev_flat_grad", flat);
      fresh.prev_loss = state.at("prev_loss").to_double();
      check<ValueError>(fresh.old_dirs.size() == fresh.old_stps.size() && fresh.old_dirs.size() == fresh.ro.size(),
                        "LBFGS: old_dirs, old_stps and ro have {}, {} and {} elements", fresh.old_dirs.size(),
                        fresh.old_stps.size(), fresh.ro.size());
    }
  }
  return [this, fresh = std::move(fresh)] { search_ = fresh; };
}

}  // namespace xgrad::optim
