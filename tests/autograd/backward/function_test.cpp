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

/// Three times x, as views of another shape: one result, or two of one memory.
struct TripleView : autograd::Function<TripleView> {
  static Tensor forward(AutogradContext* context, const Tensor& x) {
    context->saved_data["sizes"] = x.sizes().vec();
    return (x * 3).view({-1}).view({-1, 1}).squeeze(1);
  }
  static TensorList backward(AutogradContext* context, const TensorList& grads) {
    return {(grads[0] * 3).view(context->saved_data["sizes"].to<std::vector<std::int64_t>>())};
  }
};

struct TwoHalves : autograd::Function<TwoHalves> {
  static TensorList forward(AutogradContext*, const Tensor& x) {
    const Tensor both = stack({x * 2, x * 5});
    return {both[0], both[1]};
  }
  static TensorList backward(AutogradContext*, const TensorList& grads) { return {grads[0] * 2 + grads[1] * 5}; }
};

struct SavesView : autograd::Function<SavesView> {
  static Tensor forward(AutogradContext* context, const Tensor& x) {
    const Tensor y = exp(x).view({-1});
    context->save_for_backward({y});
    return y;
  }
  static TensorList backward(AutogradContext* context, const TensorList& grads) {
    return {grads[0] * context->get_saved_variables()[0]};
  }
};

/// The argument itself, or a view of it; the gradient is reversed.
template <bool view>
struct Reversed : autograd::Function<Reversed<view>> {
  static Tensor forward(AutogradContext*, const Tensor& x) { return view ? x.view({-1}) : x; }
  static TensorList backward(AutogradContext*, const TensorList& grads) { return {-grads[0]}; }
};

struct DirtyAndAnother : autograd::Function<DirtyAndAnother> {
  static TensorList forward(AutogradContext* context, const Tensor& x) {
    x.mul_(2);
    context->mark_dirty({x});
    context->save_for_backward({x});
    return {x, x * 10};
  }
  static TensorList backward(AutogradContext* context, const TensorList& grads) {
    EXPECT_EQ(context->get_saved_variables()[0].item<double>(), 2);
    return {grads[0] * 2 + grads[1] * 20};
  }
};

struct DirtyNotReturned : autograd::Function<DirtyNotReturned> {
  static Tensor forward(AutogradContext* context, const Tensor& x) {
    context->mark_dirty({x});
    return x.mul_(2) * 1;
  }
  static TensorList backward(AutogradContext*, const TensorList& grads) { return {grads[0] * 2}; }
};

}  // namespace

TEST(FunctionTest, a_view_of_what_forward_computed_may_change_in_place) {
  const Tensor x = ones({2, 2}, leaf);
  const Tensor y = TripleView::apply(x);
  y.mul_(2);
  EXPECT_TRUE(y.requires_grad());
  (y.sum() + x.sum()).backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{7, 7, 7, 7}));
}

TEST(FunctionTest, a_view_of_such_a_view_may_change_in_place) {
  const Tensor x = ones({2, 2}, leaf);
  const Tensor y = TripleView::apply(x);
  y.view({2, 2})[1].mul_(2);
  y[0] = 5;
  y.sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{0, 3, 6, 6}));
}

TEST(FunctionTest, a_result_that_is_a_view_can_be_saved) {
  const Tensor x = zeros({2, 1}, leaf);
  const auto function = [](const TensorList& in) { return SavesView::apply(in[0].view({2})); };
  EXPECT_TRUE(autograd::gradgradcheck(std::function<Tensor(const TensorList&)>(function), {x}));
  const Tensor y = SavesView::apply(x.view({2}));
  y.mul_(2);
  EXPECT_THROW(y.sum().backward(), GraphError);
}

TEST(FunctionTest, results_that_share_memory_refuse_changes_in_place) {
  const Tensor x = ones({2}, leaf);
  const TensorList y = TwoHalves::apply(x);
  const std::string message = message_of<GraphError>([&] { y[0].mul_(2); });
  EXPECT_NE(message.find("clone"), std::string::npos) << message;
  EXPECT_THROW(y[1].view({2, 1}).add_(1), GraphError);
  EXPECT_EQ(y[0].to_vector<double>(), (std::vector<double>{2, 2}));
  (y[0] + y[1]).sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{7, 7}));
}

TEST(FunctionTest, an_argument_that_comes_back_refuses_changes_in_place_and_sees_those_of_the_argument) {
  const Tensor x = ones({2}, leaf);
  const Tensor base = x * 1;
  const Tensor same = Reversed<false>::apply(base);
  const Tensor viewed = Reversed<true>::apply(base);
  EXPECT_THROW(same.mul_(2), GraphError);
  EXPECT_THROW(viewed.mul_(2), GraphError);
  EXPECT_THROW(viewed[0] = 1, GraphError);
  (same + viewed * 2).sum().backward({}, true);
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{-3, -3}));
  base.mul_(2);
  EXPECT_THROW(viewed.sum().backward(), GraphError);
  EXPECT_THROW(same.sum().backward(), GraphError);
}

TEST(FunctionTest, a_dirty_argument_that_is_a_view_gives_its_base_the_history) {
  const Tensor x = ones({3}, leaf);
  const Tensor base = x * 1;
  const Tensor part = base.slice(0, 1, 3);
  const Tensor result = DoubleInPlace::apply(part);
  EXPECT_TRUE(result.is_same(part));
  EXPECT_EQ(base.to_vector<double>(), (std::vector<double>{1, 2, 2}));
  (base.sum() + part.sum() * 10).backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{1, 22, 22}));
}

TEST(FunctionTest, a_dirty_argument_may_be_saved_and_have_others_beside_it) {
  const Tensor x = ones({1}, leaf);
  const Tensor base = x * 1;
  const TensorList results = DirtyAndAnother::apply(base.view({1}));
  (results[0] + results[1]).sum().backward({}, true);
  EXPECT_EQ(x.grad().item<double>(), 22);
  base.sum().backward();
  EXPECT_EQ(x.grad().item<double>(), 24);
}

TEST(FunctionTest, a_dirty_argument_that_forward_does_not_return_is_an_error) {
  const Tensor x = ones({1}, leaf);
  const std::string message = message_of<GraphError>([&] { DirtyNotReturned::apply(x * 1); });
  EXPECT_NE(message.find("DirtyNotReturned"), std::string::npos) << message;
}

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
