#include "autograd/backward/function.h"

#include "autograd/autograd.h"
#include "tests/support/graph.h"

namespace xgrad::test {

namespace {

using autograd::AutogradContext;

struct Cube : autograd::Function<Cube> {
  static Tensor forward(AutogradContext* context, const Tensor& x) {
    EXPECT_FALSE(GradMode::is_enabled());
    context->save_for_backward({x});
    return x * x * x;
  }
  static TensorList backward(AutogradContext* context, const TensorList& grads) {
    const Tensor x = context->get_saved_variables()[0];
    return {grads[0] * 3 * x * x};
  }
};

struct ScaledSum : autograd::Function<ScaledSum> {
  static TensorList forward(AutogradContext* context, const Tensor& a, double scale, const Tensor& b,
                            const std::string& label) {
    context->saved_data["scale"] = scale;
    context->saved_data["label"] = label;
    context->saved_data["shape"] = a.sizes().vec();
    context->saved_data["count"] = 2;
    context->saved_data["flag"] = true;
    context->save_for_backward({a, b});
    return {a * scale + b, a * b};
  }
  static TensorList backward(AutogradContext* context, const TensorList& grads) {
    EXPECT_EQ(context->saved_data["label"].toStringRef(), "a label");
    EXPECT_EQ(context->saved_data["shape"].to<std::vector<std::int64_t>>().size(), 1U);
    EXPECT_EQ(context->saved_data["count"].toInt(), 2);
    EXPECT_TRUE(context->saved_data["flag"].toBool());
    EXPECT_THROW(context->saved_data["count"].toDouble(), ValueError);
    const TensorList saved = context->get_saved_variables();
    const double scale = context->saved_data["scale"].toDouble();
    return {grads[0] * scale + grads[1] * saved[1], Tensor(), grads[0] + grads[1] * saved[0], Tensor()};
  }
};

struct DoubleInPlace : autograd::Function<DoubleInPlace> {
  static Tensor forward(AutogradContext* context, Tensor x) {
    x.mul_(2);
    context->mark_dirty({x});
    return x;
  }
  static TensorList backward(AutogradContext*, const TensorList& grads) { return {grads[0] * 2}; }
};

struct Largest : autograd::Function<Largest> {
  static TensorList forward(AutogradContext* context, const Tensor& x) {
    auto [values, indices] = max(x, 0);
    Tensor count = ones({}, kFloat64);
    context->mark_non_differentiable({count});
    context->save_for_backward({indices});
    context->saved_data["size"] = x.size(0);
    return {values, indices, count};
  }
  static TensorList backward(AutogradContext* context, const TensorList& grads) {
    const Tensor indices = context->get_saved_variables()[0];
    return {one_hot(indices, context->saved_data["size"].toInt()).to(kFloat64) * grads[0]};
  }
};

struct TooManyGradients : autograd::Function<TooManyGradients> {
  static Tensor forward(AutogradContext*, const Tensor& x) { return x * 1; }
  static TensorList backward(AutogradContext*, const TensorList& grads) { return {grads[0], grads[0]}; }
};

struct WrongShape : autograd::Function<WrongShape> {
  static Tensor forward(AutogradContext*, const Tensor& x) { return x * 1; }
  static TensorList backward(AutogradContext*, const TensorList&) { return {ones({7}, kFloat64)}; }
};

struct SumOfList : autograd::Function<SumOfList> {
  static Tensor forward(AutogradContext* context, const TensorList& parts) {
    context->saved_data["count"] = static_cast<std::int64_t>(parts.size());
    Tensor sum = parts[0] * 1;
    for (std::size_t i = 1; i < parts.size(); ++i) sum = sum + parts[i];
    return sum;
  }
  static TensorList backward(AutogradContext* context, const TensorList& grads) {
    return TensorList(static_cast<std::size_t>(context->saved_data["count"].toInt()), grads[0]);
  }
};

template <bool materialize>
struct TwoOutputs : autograd::Function<TwoOutputs<materialize>> {
  static TensorList forward(AutogradContext* context, const Tensor& x) {
    context->set_materialize_grads(materialize);
    return {x * 2, x * 3};
  }
  static TensorList backward(AutogradContext*, const TensorList& grads) {
    EXPECT_EQ(grads[1].defined(), materialize);
    return {grads[0] * 2};
  }
};

struct Needs : autograd::Function<Needs> {
  static Tensor forward(AutogradContext* context, const Tensor& a, const Tensor& b) {
    context->save_for_backward({a, b});
    return a * b;
  }
  static TensorList backward(AutogradContext* context, const TensorList& grads) {
    EXPECT_TRUE(context->needs_input_grad(0));
    EXPECT_FALSE(context->needs_input_grad(1));
    return {grads[0] * context->get_saved_variables()[1], Tensor()};
  }
};

}  // namespace

TEST(FunctionTest, forward_runs_unrecorded_and_backward_gives_the_gradient) {
  const Tensor x = tensor({2.0, 3.0}, leaf);
  const Tensor y = Cube::apply(x);
  EXPECT_EQ(y.to_vector<double>(), (std::vector<double>{8, 27}));
  y.sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{12, 27}));
}

TEST(FunctionTest, gradients_of_gradients_follow_from_a_backward_of_operations) {
  const Tensor x = tensor({2.0, 3.0}, leaf);
  const std::function<Tensor(const TensorList&)> function = [](const TensorList& in) { return Cube::apply(in[0]); };
  EXPECT_TRUE(autograd::gradcheck(function, {x}));
  EXPECT_TRUE(autograd::gradgradcheck(function, {x}));
}

TEST(FunctionTest, nothing_is_recorded_for_inputs_that_need_no_gradient) {
  EXPECT_FALSE(Cube::apply(ones({2})).requires_grad());
  const Tensor x = tensor({2.0}, leaf);
  const NoGradGuard no_grad;
  EXPECT_FALSE(Cube::apply(x).requires_grad());
}

TEST(FunctionTest, the_graph_is_freed_after_backward) {
  const Tensor x = tensor({2.0}, leaf);
  const Tensor y = Cube::apply(x);
  y.backward({}, true);
  y.backward();
  const std::string message = message_of<GraphError>([&] { y.backward(); });
  EXPECT_NE(message.find("Cube"), std::string::npos) << message;
}

TEST(FunctionTest, a_saved_input_that_changed_is_an_error_that_names_the_function) {
  const Tensor x = tensor({2.0}, leaf);
  Tensor y = x * 1;
  const Tensor z = Cube::apply(y);
  y.add_(1);
  const std::string message = message_of<GraphError>([&] { z.backward(); });
  EXPECT_NE(message.find("Cube"), std::string::npos) << message;
}

TEST(FunctionTest, tensors_and_other_arguments_mix_with_several_outputs) {
  const Tensor a = tensor({1.0, 2.0}, leaf);
  const Tensor b = tensor({3.0, 4.0}, leaf);
  const TensorList outputs = ScaledSum::apply(a, 10.0, b, std::string("a label"));
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].to_vector<double>(), (std::vector<double>{13, 24}));
  (outputs[0] + outputs[1] * 2).sum().backward();
  EXPECT_EQ(a.grad().to_vector<double>(), (std::vector<double>{16, 18}));
  EXPECT_EQ(b.grad().to_vector<double>(), (std::vector<double>{3, 5}));
}

TEST(FunctionTest, one_output_alone_may_be_used) {
  const Tensor a = tensor({1.0, 2.0}, leaf);
  const Tensor b = tensor({3.0, 4.0}, leaf);
  ScaledSum::apply(a, 10.0, b, std::string("a label"))[1].sum().backward();
  EXPECT_EQ(a.grad().to_vector<double>(), (std::vector<double>{3, 4}));
  EXPECT_EQ(b.grad().to_vector<double>(), (std::vector<double>{1, 2}));
}

TEST(FunctionTest, a_list_of_tensors_is_one_argument_with_a_gradient_each) {
  const Tensor a = tensor({1.0}, leaf);
  const Tensor b = tensor({2.0}, leaf);
  (SumOfList::apply(TensorList{a, b, a}) * 5).sum().backward();
  EXPECT_EQ(a.grad().item<double>(), 10);
  EXPECT_EQ(b.grad().item<double>(), 5);
}

TEST(FunctionTest, a_dirty_input_comes_back_as_the_output) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  const Tensor y = x * 3;
  const Tensor z = DoubleInPlace::apply(y);
  EXPECT_TRUE(z.is_same(y));
  EXPECT_EQ(y.to_vector<double>(), (std::vector<double>{6, 12}));
  (y * 1).sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{6, 6}));
}

TEST(FunctionTest, a_leaf_that_requires_a_gradient_cannot_be_dirty) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  EXPECT_THROW(DoubleInPlace::apply(x), GraphError);
}

TEST(FunctionTest, outputs_marked_so_have_no_gradient) {
  const Tensor x = tensor({1.0, 5.0, 2.0}, leaf);
  const TensorList outputs = Largest::apply(x);
  EXPECT_TRUE(outputs[0].requires_grad());
  EXPECT_FALSE(outputs[1].requires_grad());
  EXPECT_FALSE(outputs[2].requires_grad());
  (outputs[0] * outputs[2]).backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{0, 1, 0}));
}

TEST(FunctionTest, a_wrong_number_of_gradients_is_an_error_that_names_the_function) {
  const Tensor x = tensor({1.0}, leaf);
  const std::string message = message_of<GraphError>([&] { TooManyGradients::apply(x).backward(); });
  EXPECT_NE(message.find("TooManyGradients"), std::string::npos) << message;
}

TEST(FunctionTest, a_gradient_of_the_wrong_shape_is_an_error_that_names_the_function) {
  const Tensor x = tensor({1.0}, leaf);
  const std::string message = message_of<ShapeError>([&] { WrongShape::apply(x).backward(); });
  EXPECT_NE(message.find("WrongShape"), std::string::npos) << message;
  EXPECT_NE(message.find("[7]"), std::string::npos) << message;
}

TEST(FunctionTest, gradients_that_do_not_arrive_are_zeros_unless_turned_off) {
  const Tensor x = tensor({1.0}, leaf);
  TwoOutputs<true>::apply(x)[0].backward();
  TwoOutputs<false>::apply(x)[0].backward();
  EXPECT_EQ(x.grad().item<double>(), 4);
}

TEST(FunctionTest, backward_can_ask_which_inputs_need_gradients) {
  const Tensor a = tensor({2.0}, leaf);
  Needs::apply(a, tensor({3.0}, kFloat64)).backward();
  EXPECT_EQ(a.grad().item<double>(), 3);
}

}  // namespace xgrad::test
