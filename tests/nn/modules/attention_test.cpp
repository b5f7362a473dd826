#include "nn/modules/attention.h"

#include "autograd/autograd.h"
#include "nn/functional/attention.h"
#include "nn/modules/container/functional.h"
#include "nn/modules/multihead_attention.h"
#include "tests/support/modules.h"

namespace xgrad::test {

namespace {

std::int64_t size_at(const Json& arguments, std::size_t i) { return arguments.at("sizes").at(i).get<std::int64_t>(); }

template <class Attention>
TensorList attend(const Attention& attention, const TensorList& x) {
  const auto [context, weights] = attention(x[0], x[1], x[2], x[3]);
  return {context, weights};
}

std::optional<std::int64_t> optional_size(const Json& options, const char* name) {
  return options.contains(name) ? std::optional<std::int64_t>(options.at(name).get<std::int64_t>()) : std::nullopt;
}

nn::MultiheadAttention multihead(const Json& options) {
  return nn::MultiheadAttention(nn::MultiheadAttentionOptions(4, 2)
                                    .bias(options.value("bias", true))
                                    .batch_first(options.value("batch_first", false))
                                    .add_bias_kv(options.value("add_bias_kv", false))
                                    .add_zero_attn(options.value("add_zero_attn", false))
                                    .kdim(optional_size(options, "kdim"))
                                    .vdim(optional_size(options, "vdim")));
}

/// Parameters of attention over 4 features in 2 heads, and 3 batches of 2 queries and 4 keys.
struct FunctionArguments {
  Tensor query = seeded_uniform({2, 3, 4}, 1, -2, 2, kFloat64);
  Tensor key = seeded_uniform({4, 3, 4}, 2, -2, 2, kFloat64);
  Tensor value = seeded_uniform({4, 3, 4}, 3, -2, 2, kFloat64);
  nn::functional::MultiheadAttentionForwardFuncOptions options{
      4,     2, seeded_uniform({12, 4}, 4, -1, 1, kFloat64), seeded_uniform({12}, 5, -1, 1, kFloat64), {}, {},
      false, 0, seeded_uniform({4, 4}, 6, -1, 1, kFloat64),  seeded_uniform({4}, 7, -1, 1, kFloat64)};
};

TensorList defined(const std::tuple<Tensor, Tensor>& results) {
  if (!std::get<1>(results).defined()) return {std::get<0>(results)};
  return {std::get<0>(results), std::get<1>(results)};
}

}  // namespace

TEST(AttentionTest, results_and_gradients_are_those_of_the_formulas_in_pytorch) {
  compare_with_golden(
      "attention",
      {{"AdditiveAttention",
        [](const Json& a) {
          return subject(nn::AdditiveAttention(size_at(a, 0), size_at(a, 1), size_at(a, 2)), attend<nn::AdditiveAttention>);
        }},
       {"DotProductAttention",
        [](const Json& a) {
          nn::DotProductAttentionOptions options;
          if (!a.at("scale").is_null()) options.scale(a.at("scale").get<double>());
          return subject(nn::DotProductAttention(options), attend<nn::DotProductAttention>);
        }},
       {"GeneralAttention",
        [](const Json& a) {
          return subject(nn::GeneralAttention(size_at(a, 0), size_at(a, 1)), attend<nn::GeneralAttention>);
        }},
       {"MultiheadAttention",
        [](const Json& a) {
          const bool need_weights = a.at("need_weights");
          const bool average = a.at("average");
          return subject(multihead(a.at("options")), [=](const nn::MultiheadAttention& self, const TensorList& x) {
            return defined(self(x[0], x[1], x[2], x[3], need_weights, x[4], average));
          });
        }},
       {"MultiheadSelfAttention",
        [](const Json&) {
          return subject(nn::MultiheadAttention(4, 2), [](const nn::MultiheadAttention& self, const TensorList& x) {
            return defined(self(x[0], x[0], x[0]));
          });
        }},
       {"multi_head_attention_forward", [](const Json& a) {
          return subject(nn::Identity(), [a](const nn::Identity&, const TensorList& x) {
            const auto options = nn::functional::MultiheadAttentionForwardFuncOptions(
                                     4, 2, x[3], x[4], x[5], x[6], a.at("zero").get<bool>(), 0, x[7], x[8])
                                     .key_padding_mask(x[9])
                                     .attn_mask(x[10])
                                     .need_weights(a.at("need_weights").get<bool>())
                                     .average_attn_weights(a.at("average").get<bool>())
                                     .use_separate_proj_weight(x[11].defined())
                                     .q_proj_weight(x[11])
                                     .k_proj_weight(x[12])
                                     .v_proj_weight(x[13])
                                     .static_k(x[14])
                                     .static_v(x[15]);
            const Tensor& key = x[1].defined() ? x[1] : x[0];
            const Tensor& value = x[2].defined() ? x[2] : x[0];
            return defined(nn::functional::multi_head_attention_forward(x[0], key, value, options));
          });
        }}});
}

TEST(AttentionTest, a_query_without_keys_has_weights_a_context_and_gradients_of_zeros) {
  const nn::DotProductAttention attention;
  const Tensor query = rand({2, 3}, requires_grad());
  const Tensor keys = rand({2, 4, 3});
  Tensor mask = zeros({2, 4}, kBool);
  mask[0].fill_(true);
  const auto [context, weights] = attention(query, keys, Tensor(), mask);
  EXPECT_TRUE(equal(weights[0].detach(), zeros({4})));
  EXPECT_TRUE(equal(context[0].detach(), zeros({3})));
  EXPECT_TRUE(close(ones({}), weights[1].sum().detach(), 1e-6));
  context.sum().backward();
  EXPECT_TRUE(equal(query.grad()[0], zeros({3})));
  EXPECT_TRUE(query.grad().isfinite().all().item<bool>());
}

TEST(AttentionTest, keys_projected_once_give_the_same_result) {
  manual_seed(3);
  const nn::AdditiveAttention attention(5, 3, 4);
  const Tensor query = rand({2, 5});
  const Tensor keys = rand({2, 6, 3});
  const auto [context, weights] = attention(query, keys);
  const auto [other_context, other_weights] = attention->forward_projected(query, attention->project_keys(keys), keys);
  EXPECT_TRUE(equal(context, other_context));
  EXPECT_TRUE(equal(weights, other_weights));
}

TEST(AttentionTest, what_does_not_fit_is_refused) {
  const nn::AdditiveAttention additive(5, 3, 4);
  const nn::DotProductAttention dot;
  const Tensor keys = rand({2, 6, 3});
  EXPECT_THROW(additive(rand({2, 4}), keys), ShapeError);
  EXPECT_THROW(additive(rand({3, 5}), keys), ShapeError);
  EXPECT_THROW(additive(rand({2, 5}), rand({2, 6, 2})), ShapeError);
  EXPECT_THROW(dot(rand({2, 2}), keys), ShapeError);
  EXPECT_THROW(dot(rand({3}), keys), ShapeError);
  EXPECT_THROW(dot(rand({2, 3}), keys, rand({2, 5, 3})), ShapeError);
  EXPECT_THROW(dot(rand({2, 3}), keys, Tensor(), zeros({2, 5}, kBool)), ShapeError);
  EXPECT_THROW(dot(rand({2, 3}), keys, Tensor(), zeros({2, 6})), TypeError);
  EXPECT_THROW(nn::GeneralAttention(5, 3)(rand({2, 5}), rand({2, 6, 4})), ShapeError);
  EXPECT_THROW(nn::AdditiveAttention(0, 3, 4), ValueError);
  EXPECT_THROW(nn::DotProductAttention(nn::DotProductAttentionOptions().dropout(1.5)), ValueError);
}

TEST(MultiheadAttentionTest, starts_as_pytorchs_does_from_the_same_seed) {
  // torch.manual_seed(0); torch.nn.MultiheadAttention(2, 1, add_bias_kv=True), with PyTorch 1.13.
  manual_seed(0);
  const nn::MultiheadAttention attention(nn::MultiheadAttentionOptions(2, 1).add_bias_kv(true));
  EXPECT_EQ(attention->named_parameters().keys(), (std::vector<std::string>{"in_proj_weight", "in_proj_bias", "bias_k",
                                                                            "bias_v", "out_proj.weight", "out_proj.bias"}));
  EXPECT_TRUE(close(tensor({{-0.005293981172144413, 0.37932288646698}, {-0.5819807648658752, -0.5203874707221985}}),
                    attention->out_proj->weight.detach(), 1e-6));
  EXPECT_TRUE(close(tensor({{-0.017158716917037964, 0.6866624355316162},
                            {-0.07685459405183792, 0.22916118800640106},
                            {-0.26172420382499695, -0.17023061215877533},
                            {-0.8273560404777527, -0.5735531449317932},
                            {-0.35699567198753357, 0.032080672681331635},
                            {0.34237033128738403, 0.5196349620819092}}),
                    attention->in_proj_weight.detach(), 1e-6));
  EXPECT_TRUE(close(tensor({{{-0.18477705121040344, 0.754270613193512}}}), attention->bias_k.detach(), 1e-6));
  EXPECT_TRUE(equal(attention->in_proj_bias.detach(), zeros({6})));
  EXPECT_TRUE(equal(attention->out_proj->bias.detach(), zeros({2})));
}

TEST(MultiheadAttentionForwardTest, gradients_of_gradients_agree_with_finite_differences) {
  FunctionArguments arguments;
  const auto run = [&](const TensorList& in) {
    auto options = arguments.options;
    options.in_proj_weight(in[1]).bias_k(in[2]).bias_v(in[2]).out_proj_weight(in[3]).add_zero_attn(true);
    return std::get<0>(nn::functional::multi_head_attention_forward(in[0], arguments.key, arguments.value, options));
  };
  const TensorList inputs{arguments.query.requires_grad_(), arguments.options.in_proj_weight().requires_grad_(),
                          seeded_uniform({1, 1, 4}, 8, -1, 1, kFloat64).requires_grad_(),
                          arguments.options.out_proj_weight().requires_grad_()};
  EXPECT_TRUE(autograd::gradcheck(run, inputs));
  EXPECT_TRUE(autograd::gradgradcheck(run, inputs));
}

TEST(MultiheadAttentionForwardTest, drops_weights_only_while_training) {
  FunctionArguments arguments;
  const auto run = [&](bool training) {
    manual_seed(1);
    auto options = arguments.options;
    return nn::functional::multi_head_attention_forward(arguments.query, arguments.key, arguments.value,
                                                        options.dropout_p(0.5).training(training));
  };
  EXPECT_GT(std::get<1>(run(false)).min().item<double>(), 0);
  EXPECT_TRUE(close(ones({3, 2}, kFloat64), std::get<1>(run(false)).sum(2), 1e-12));
  EXPECT_EQ(std::get<1>(run(true)).min().item<double>(), 0);
}

TEST(MultiheadAttentionForwardTest, what_does_not_fit_is_refused) {
  const auto run = [&](auto change) {
    FunctionArguments arguments;
    change(arguments);
    nn::functional::multi_head_attention_forward(arguments.query, arguments.key, arguments.value, arguments.options);
  };
  using Arguments = FunctionArguments&;
  EXPECT_NO_THROW(run([](Arguments) {}));
  EXPECT_THROW(run([](Arguments a) { a.options.num_heads(3); }), ValueError);
  EXPECT_THROW(run([](Arguments a) { a.options.num_heads(0); }), ValueError);
  EXPECT_THROW(run([](Arguments a) { a.options.embed_dim_to_check(8); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.query = a.query[0]; }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.key = a.key.slice(0, 0, 3); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.value = a.value.slice(2, 0, 3); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.options.in_proj_weight(Tensor()); }), ValueError);
  EXPECT_THROW(run([](Arguments a) { a.options.in_proj_weight(a.options.out_proj_weight()); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.options.in_proj_bias(zeros({4}, kFloat64)); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.options.bias_k(zeros({1, 1, 4}, kFloat64)); }), ValueError);
  EXPECT_THROW(run([](Arguments a) {
                 const Tensor bias = zeros({1, 1, 4}, kFloat64);
                 a.options.bias_k(bias).bias_v(bias).static_k(zeros({6, 4, 2}, kFloat64));
               }),
               ValueError);
  EXPECT_THROW(run([](Arguments a) { a.options.static_k(zeros({6, 5, 2}, kFloat64)); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.options.static_v(zeros({3, 4, 4}, kFloat64)); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.options.use_separate_proj_weight(true); }), ValueError);
  EXPECT_THROW(run([](Arguments a) { a.options.out_proj_weight(Tensor()); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.options.out_proj_bias(zeros({3}, kFloat64)); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.options.dropout_p(1.5); }), ValueError);
  EXPECT_THROW(run([](Arguments a) { a.options.attn_mask(zeros({2, 3}, kBool)); }), ShapeError);
  EXPECT_THROW(run([](Arguments a) { a.options.key_padding_mask(zeros({3, 4}, kInt64)); }), TypeError);
}

TEST(MultiheadAttentionTest, what_does_not_fit_is_refused) {
  const nn::MultiheadAttention attention(4, 2);
  const Tensor x = rand({3, 2, 4});
  EXPECT_THROW(nn::MultiheadAttention(4, 3), ValueError);
  EXPECT_THROW(nn::MultiheadAttention(4, 0), ValueError);
  EXPECT_THROW(attention(x, x, rand({4, 2, 4})), ShapeError);
  EXPECT_THROW(attention(x, rand({3, 2, 5}), x), ShapeError);
  EXPECT_THROW(attention(x, rand({3, 4}), x), ShapeError);
  EXPECT_THROW(attention(x, x, x, zeros({3, 2}, kBool)), ShapeError);
  EXPECT_THROW(attention(x, x, x, zeros({2, 3}, kInt64)), TypeError);
  EXPECT_THROW(attention(x, x, x, Tensor(), true, zeros({2, 2}, kBool)), ShapeError);
}

}  // namespace xgrad::test
