#include "autograd/graph/graphviz.h"

#include <gtest/gtest.h>

#include "autograd/autograd.h"

namespace xgrad::test {

TEST(ToDot, writes_operations_leaves_and_arrows) {
  const Tensor w = ones({2, 3}).requires_grad_();
  const Tensor y = (w * w).sum();
  EXPECT_EQ(autograd::to_dot(y, {{"the \"w\"", w}, {"loss", y}}),
            "digraph {\n"
            "  node [shape=box];\n"
            "  n0 [label=\"Sum\\nloss\\nfloat32 []\", style=bold];\n"
            "  n1 -> n0;\n"
            "  n1 [label=\"Mul\"];\n"
            "  n2 -> n1;\n"
            "  n2 -> n1;\n"
            "  n2 [label=\"the \\\"w\\\"\\nfloat32 [2, 3]\", shape=ellipse];\n"
            "}\n");
}

TEST(ToDot, takes_deep_graphs_and_refuses_tensors_without_one) {
  Tensor y = ones({1}).requires_grad_();
  for (int i = 0; i < 100000; ++i) y = y + 1;
  EXPECT_GT(autograd::to_dot(y).size(), 100000u);
  EXPECT_THROW(autograd::to_dot(ones({1})), GraphError);
}

}  // namespace xgrad::test
