#include "autograd/ops/products.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/reduce.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// A dimension's name: a letter, or -n for the n-th dimension from the right that an ellipsis stands for.
using Label = int;
using Labels = std::vector<Label>;

bool contains(const Labels& labels, Label label) { return std::find(labels.begin(), labels.end(), label) != labels.end(); }

/// The labels of one term; `covered` dimensions belong to its ellipsis.
Labels parse_term(const std::string& equation, const std::string& term, std::int64_t covered) {
  Labels labels;
  bool ellipsis = false;
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (term.compare(i, 3, "...") == 0 && !ellipsis) {
      for (std::int64_t n = covered; n > 0; --n) labels.push_back(static_cast<Label>(-n));
      ellipsis = true;
      i += 2;
    } else {
      check<ValueError>(std::isalpha(static_cast<unsigned char>(term[i])) != 0, "einsum: unexpected '{}' in \"{}\"", term[i],
                        equation);
      labels.push_back(term[i]);
    }
  }
  return labels;
}

/// An operand and the names of its dimensions, each name once.
struct Operand {
  Tensor tensor;
  Labels labels;

  /// With dimensions in this order, new ones of size 1 where it has none.
  Tensor arranged(const Labels& order) const {
    Tensor y = tensor;
    DimVector dims;
    for (const Label label : order) {
      const auto at = std::find(labels.begin(), labels.end(), label) - labels.begin();
      if (static_cast<std::size_t>(at) == labels.size()) y = unsqueeze(y, -1);
      dims.push_back(static_cast<std::size_t>(at) == labels.size() ? y.dim() - 1 : at);
    }
    return permute(y, dims);
  }

  /// Sums over the names that are not among those kept.
  void sum_others(const Labels& kept) {
    DimVector dims;
    Labels left;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (contains(kept, labels[i])) left.push_back(labels[i]);
      else dims.push_back(static_cast<std::int64_t>(i));
    }
    if (!dims.empty()) tensor = sum(tensor, dims);
    labels = std::move(left);
  }
};

Operand make_operand(const std::string& equation, const Tensor& tensor, const Labels& labels) {
  check<ShapeError>(static_cast<std::int64_t>(labels.size()) == tensor.dim(),
                    "einsum: \"{}\" names {} dimensions of a tensor of shape {}", equation, labels.size(), tensor.sizes());
  Operand operand{tensor, labels};
  for (std::size_t i = 0; i < operand.labels.size(); ++i) {
    for (std::size_t j = operand.labels.size() - 1; j > i; --j) {
      if (operand.labels[i] != operand.labels[j]) continue;
      const auto first = static_cast<std::int64_t>(i);
      const auto second = static_cast<std::int64_t>(j);
      check<ShapeError>(operand.tensor.size(first) == operand.tensor.size(second),
                        "einsum: \"{}\" takes a diagonal of dimensions {} and {} of shape {}", equation, i, j,
                        operand.tensor.sizes());
      const Tensor diagonals = diagonal(operand.tensor, 0, first, second);  // the diagonal is last: back to where it was
      DimVector moved;
      for (std::int64_t dim = 0; dim < diagonals.dim(); ++dim) {
        moved.push_back(dim < first ? dim : dim == first ? diagonals.dim() - 1 : dim - 1);
      }
      operand.tensor = permute(diagonals, moved);
      operand.labels.erase(operand.labels.begin() + static_cast<std::ptrdiff_t>(j));
    }
  }
  return operand;
}

/// The product of two operands, summed over the names that are not kept.
Operand contract(Operand a, Operand b, const Labels& kept) {
  Labels batch;
  Labels summed;
  Labels only_a;
  Labels only_b;
  const auto needed_beside = [&](const Operand& other) {
    Labels needed = kept;
    needed.insert(needed.end(), other.labels.begin(), other.labels.end());
    return needed;
  };
  a.sum_others(needed_beside(b));
  b.sum_others(needed_beside(a));
  for (const Label label : a.labels)
    (!contains(b.labels, label) ? only_a : contains(kept, label) ? batch : summed).push_back(label);
  for (const Label label : b.labels) {
    if (!contains(a.labels, label)) only_b.push_back(label);
  }
  const auto joined = [](std::initializer_list<const Labels*> parts) {
    Labels all;
    for (const Labels* part : parts) all.insert(all.end(), part->begin(), part->end());
    return all;
  };
  Tensor left = a.arranged(joined({&batch, &only_a, &summed}));
  Tensor right = b.arranged(joined({&batch, &summed, &only_b}));
  // Sizes of the names, 1 broadcast against the other operand's size.
  DimVector left_sizes = to_dims(left.sizes());
  DimVector right_sizes = to_dims(right.sizes());
  std::array<std::int64_t, 4> total{1, 1, 1, 1};  // batch, only a, summed, only b
  DimVector result_sizes;
  const auto unify = [&](std::size_t i, std::size_t j, std::int64_t& product) {
    if (left_sizes[i] == 1) left_sizes[i] = right_sizes[j];
    if (right_sizes[j] == 1) right_sizes[j] = left_sizes[i];
    product *= left_sizes[i];
  };
  for (std::size_t i = 0; i < batch.size(); ++i) {
    unify(i, i, total[0]);
    result_sizes.push_back(left_sizes[i]);
  }
  for (std::size_t i = 0; i < summed.size(); ++i) unify(batch.size() + only_a.size() + i, batch.size() + i, total[2]);
  for (std::size_t i = 0; i < only_a.size(); ++i) {
    total[1] *= left_sizes[batch.size() + i];
    result_sizes.push_back(left_sizes[batch.size() + i]);
  }
  for (std::size_t i = 0; i < only_b.size(); ++i) {
    total[3] *= right_sizes[batch.size() + summed.size() + i];
    result_sizes.push_back(right_sizes[batch.size() + summed.size() + i]);
  }
  left = reshape(detail::expanded(left, left_sizes), {total[0], total[1], total[2]});
  right = reshape(detail::expanded(right, right_sizes), {total[0], total[2], total[3]});
  return {reshape(bmm(left, right), result_sizes), joined({&batch, &only_a, &only_b})};
}

}  // namespace

Tensor einsum(const std::string& text, const TensorList& operands) {
  const autograd::profiler::RecordFunction profiled("einsum");
  std::string equation = text;
  std::erase(equation, ' ');
  const std::size_t arrow = equation.find("->");
  std::vector<std::string> terms(1);
  for (const char letter : equation.substr(0, arrow)) {
    if (letter == ',') terms.emplace_back();
    else terms.back() += letter;
  }
  check<ValueError>(!operands.empty() && terms.size() == operands.size(), "einsum: \"{}\" has {} operands, {} were given",
                    text, terms.size(), operands.size());
  std::vector<Operand> parsed;
  std::int64_t widest = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    check<TypeError>(operands[i].dtype() == operands[0].dtype(), "einsum: dtypes {} and {} differ", operands[0].dtype(),
                     operands[i].dtype());
    const bool ellipsis = terms[i].find("...") != std::string::npos;
    const std::int64_t covered = ellipsis ? operands[i].dim() - static_cast<std::int64_t>(terms[i].size() - 3) : 0;
    check<ShapeError>(covered >= 0, "einsum: \"{}\" names more dimensions than shape {} has", text, operands[i].sizes());
    widest = std::max(widest, covered);
    parsed.push_back(make_operand(text, operands[i], parse_term(text, terms[i], covered)));
  }
  std::map<Label, std::int64_t> sizes;
  std::map<Label, int> uses;
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    for (std::size_t j = 0; j < parsed[i].labels.size(); ++j) {
      const std::int64_t size = parsed[i].tensor.size(static_cast<std::int64_t>(j));
      std::int64_t& known = sizes.try_emplace(parsed[i].labels[j], size).first->second;
      check<ShapeError>(known == size || known == 1 || size == 1, "einsum: \"{}\" gives one dimension sizes {} and {}", text,
                        known, size);
      if (known == 1) known = size;
    }
    for (const char letter : terms[i]) uses[letter] += letter == '.' ? 0 : 1;
  }
  Labels result;
  if (arrow != std::string::npos) {
    result = parse_term(text, equation.substr(arrow + 2), widest);
  } else {  // the ellipsis first (its labels are negative, the leftmost least), then letters in order
    for (const auto& [label, size] : sizes) {
      if (label < 0 || uses[label] == 1) result.push_back(label);
    }
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    check<ValueError>(sizes.contains(result[i]) && std::find(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(i),
                                                             result[i]) == result.begin() + static_cast<std::ptrdiff_t>(i),
                      "einsum: a name in the result of \"{}\" comes twice, or in no operand", text);
  }
  Operand product = parsed[0];
  for (std::size_t i = 1; i < parsed.size(); ++i) {
    Labels kept = result;
    for (std::size_t j = i + 1; j < parsed.size(); ++j)
      kept.insert(kept.end(), parsed[j].labels.begin(), parsed[j].labels.end());
    product = contract(std::move(product), parsed[i], kept);
  }
  product.sum_others(result);
  return product.arranged(result);
}

Tensor baddbmm(const Tensor& bias, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha) {
  const autograd::profiler::RecordFunction profiled("baddbmm");
  const Tensor product = bmm(a, b);
  check<TypeError>(bias.dtype() == product.dtype(), "baddbmm: dtypes {} and {} differ", bias.dtype(), product.dtype());
  return detail::scaled_sum("baddbmm", bias, product, beta, alpha);
}

}  // namespace xgrad
