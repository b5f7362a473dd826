#include "autograd/ops/loss.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

Reduction reduction_at(const Json& arguments, std::size_t i) {
  static const std::map<std::string, Reduction> reductions = {{"none", kNone}, {"mean", kMean}, {"sum", kSum}};
  return reductions.at(arguments.at(i));
}

/// An input that may be left out, outside the graph.
Tensor optional_input(const TensorList& x, std::size_t i) { return x.size() > i ? x[i].detach() : Tensor(); }

}  // namespace

XGRAD_TEST_OPERATIONS(
    Loss, "loss",
    {"mse_loss", [](const TensorList& x, const Json& a) { return TensorList{mse_loss(x[0], x[1], reduction_at(a, 0))}; }},
    {"l1_loss", [](const TensorList& x, const Json& a) { return TensorList{l1_loss(x[0], x[1], reduction_at(a, 0))}; }},
    {"nll_loss",
     [](const TensorList& x, const Json& a) {
       return TensorList{nll_loss(x[0], x[1], optional_input(x, 2), a[0], reduction_at(a, 1))};
     }},
    {"cross_entropy",
     [](const TensorList& x, const Json& a) {
       return TensorList{cross_entropy(x[0], x[1].detach(), optional_input(x, 2), a[0], reduction_at(a, 1), a[2])};
     }},
    {"binary_cross_entropy",
     [](const TensorList& x, const Json& a) {
       return TensorList{binary_cross_entropy(x[0], x[1].detach(), optional_input(x, 2), reduction_at(a, 0))};
     }},
    {"binary_cross_entropy_at_bounds",
     [](const TensorList& x, const Json&) { return TensorList{binary_cross_entropy(x[0].detach(), x[1].detach())}; },
     Gradients::kNone},
    {"binary_cross_entropy_with_logits", [](const TensorList& x, const Json& a) {
       return TensorList{binary_cross_entropy_with_logits(x[0], x[1].detach(), optional_input(x, 2), optional_input(x, 3),
                                                          reduction_at(a, 0))};
     }});

}  // namespace xgrad::test
