#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

namespace xgrad {
namespace {

using namespace nn::utils::rnn;

Tensor counted(IntArrayRef sizes) { return arange(number_of_elements(sizes), kFloat64).view(sizes); }

TEST(PackTest, rows_lie_step_after_step_longest_first) {
  const Tensor padded = counted({3, 2, 1});  // time, batch, features
  const PackedSequence packed = pack_padded_sequence(padded, tensor({3, 1}));
  EXPECT_TRUE(packed.data().equal(tensor({{0.0}, {1.0}, {2.0}, {4.0}}, kFloat64)));
  EXPECT_TRUE(packed.batch_sizes().equal(tensor({2, 1, 1})));
  EXPECT_FALSE(packed.sorted_indices().defined());
}

TEST(PackTest, any_order_is_sorted_and_restored) {
  const Tensor padded = counted({2, 3, 2});  // batch first
  const PackedSequence packed = pack_padded_sequence(padded, tensor({1, 3}), true, false);
  EXPECT_TRUE(packed.sorted_indices().equal(tensor({1, 0})));
  const auto [restored, lengths] = pad_packed_sequence(packed, true, -1, 4);
  EXPECT_TRUE(lengths.equal(tensor({1, 3})));
  EXPECT_EQ(restored.sizes(), IntArrayRef({2, 4, 2}));
  EXPECT_TRUE(restored[0][0].equal(padded[0][0]));
  EXPECT_TRUE(restored[0][1].equal(full({2}, -1, kFloat64)));
  EXPECT_TRUE(restored[1].slice(0, 0, 3).equal(padded[1]));
}

TEST(PackTest, gradients_reach_the_real_steps_only) {
  const Tensor padded = counted({3, 2, 1}).requires_grad_();
  const PackedSequence packed = pack_padded_sequence(padded, tensor({3, 1}));
  std::get<0>(pad_packed_sequence(packed)).sum().backward();
  EXPECT_TRUE(padded.grad().equal(tensor({{{1.0}, {1.0}}, {{1.0}, {0.0}}, {{1.0}, {0.0}}}, kFloat64)));
  EXPECT_TRUE(autograd::gradcheck(
      [](const TensorList& in) {
        return std::get<0>(pad_packed_sequence(pack_padded_sequence(in[0], tensor({2, 3}), false, false)));
      },
      {counted({3, 2, 2}).requires_grad_()}));
}

TEST(PackTest, pack_sequence_and_pad_sequence_agree) {
  const TensorList sequences{counted({2, 2}), counted({3, 2}), counted({1, 2})};
  const Tensor padded = pad_sequence(sequences, true, 9);
  EXPECT_EQ(padded.sizes(), IntArrayRef({3, 3, 2}));
  EXPECT_TRUE(padded[2][1].equal(full({2}, 9, kFloat64)));
  const auto [restored, lengths] = pad_packed_sequence(pack_sequence(sequences, false), true, 9);
  EXPECT_TRUE(restored.equal(padded));
  EXPECT_TRUE(lengths.equal(tensor({2, 3, 1})));
}

TEST(PackTest, lengths_that_do_not_fit_are_refused) {
  const Tensor padded = zeros({3, 2, 1});
  EXPECT_THROW(pack_padded_sequence(padded, tensor({1, 3})), ValueError);     // not sorted
  EXPECT_THROW(pack_padded_sequence(padded, tensor({4, 1})), ValueError);     // longer than the padded batch
  EXPECT_THROW(pack_padded_sequence(padded, tensor({3, 0})), ValueError);     // empty sequence
  EXPECT_THROW(pack_padded_sequence(padded, tensor({3})), ShapeError);        // another batch
  EXPECT_THROW(pack_padded_sequence(padded, tensor({3.0, 1.0})), TypeError);  // not integers
  EXPECT_THROW(pack_padded_sequence(zeros({3}), tensor({3})), ShapeError);
  EXPECT_THROW(pad_packed_sequence(pack_padded_sequence(padded, tensor({3, 1})), false, 0, 2), ValueError);
  EXPECT_THROW(pad_sequence({zeros({2, 3}), zeros({2, 4})}), ShapeError);
  EXPECT_THROW(pad_sequence({}), ValueError);
  EXPECT_THROW(PackedSequence(zeros({3, 1}), tensor({2, 2})), ShapeError);
}

TEST(RecurrentInputTest, shapes_and_dtypes_that_do_not_fit_are_refused_by_name) {
  const nn::LSTM lstm(3, 4);
  const auto message = [](const auto& call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(message([&] { lstm->forward(zeros({5, 2, 7})); }), "LSTM: input has 7 features, expected 3");
  EXPECT_EQ(message([&] {
              lstm->forward(zeros({5, 2, 3}), std::make_tuple(zeros({1, 3, 4}), zeros({1, 2, 4})));
            }),
            "LSTM: initial state h0 has shape [1, 3, 4], expected [1, 2, 4]");
  EXPECT_THROW(lstm->forward(zeros({5, 2, 3}, kFloat64)), TypeError);
  EXPECT_THROW(lstm->forward(zeros({0, 2, 3})), ShapeError);
  EXPECT_THROW(lstm->forward(zeros({3})), ShapeError);
  EXPECT_THROW(nn::LSTM(nn::LSTMOptions(3, 0)), ValueError);
  EXPECT_THROW(nn::GRU(nn::GRUOptions(3, 4).dropout(1.5)), ValueError);
}

TEST(UnpackTest, sequences_come_back_in_their_order) {
  const TensorList sequences = {counted({2, 3}), counted({4, 3}), counted({1, 3})};
  const TensorList back = unpack_sequence(pack_sequence(sequences, false));
  ASSERT_EQ(back.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(equal(back[i], sequences[i]));
  for (const bool batch_first : {false, true}) {
    const TensorList unpadded = unpad_sequence(pad_sequence(sequences, batch_first), tensor({2, 4, 1}), batch_first);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(equal(unpadded[i], sequences[i]));
  }
  EXPECT_THROW(unpad_sequence(counted({4, 3}), tensor({1, 2})), ShapeError);
  EXPECT_THROW(unpad_sequence(counted({4, 2}), tensor({1, 5})), ValueError);
  EXPECT_THROW(unpad_sequence(counted({4}), tensor({1})), ShapeError);
}

TEST(InvertPermutationTest, undoes_a_permutation_and_refuses_others) {
  EXPECT_TRUE(equal(invert_permutation(tensor({2, 0, 1})), tensor({1, 2, 0})));
  EXPECT_FALSE(invert_permutation(Tensor()).defined());
  EXPECT_THROW(invert_permutation(tensor({0, 0})), ValueError);
  EXPECT_THROW(invert_permutation(tensor({0, 2})), ValueError);
  EXPECT_THROW(invert_permutation(tensor({-1, 0})), ValueError);
  EXPECT_THROW(invert_permutation(ones({2})), ValueError);
}

TEST(PackTest, packed_sequences_convert) {
  const PackedSequence packed = pack_padded_sequence(ones({3, 2, 1}), tensor({1, 3}), false, false);
  const PackedSequence wide = packed.to(kFloat64);
  EXPECT_EQ(wide.data().scalar_type(), kFloat64);
  EXPECT_TRUE(wide.sorted_indices().is_same(packed.sorted_indices()));
  EXPECT_TRUE(packed.cpu().data().is_same(packed.data()));
  EXPECT_FALSE(packed.is_cuda());
  EXPECT_FALSE(packed.pin_memory().is_pinned());
}

TEST(PackTest, numbers_that_do_not_belong_together_are_refused) {
  const auto vector = [](const std::vector<std::int64_t>& values) { return tensor(values); };
  const Tensor rows = randn({6, 2});
  EXPECT_THROW(PackedSequence(rows, vector({1, 2, 3})), ValueError);
  EXPECT_THROW(PackedSequence(rows, vector({6, 0})), ValueError);
  EXPECT_THROW(PackedSequence(rows, vector({7, -1})), ValueError);
  EXPECT_THROW(PackedSequence(rows, vector({3, 2, 1}), vector({0})), ShapeError);
  EXPECT_THROW(PackedSequence(rows, vector({3, 2, 1}), vector({0, 1, 3})), ValueError);
  EXPECT_THROW(PackedSequence(rows, vector({3, 2, 1}), vector({1, 2, 0}), vector({1, 2, 0})), ValueError);
  EXPECT_THROW(PackedSequence(rows, vector({3, 2, 1}), {}, vector({1, 1, 0})), ValueError);
  EXPECT_NO_THROW(PackedSequence(rows, vector({3, 2, 1}), vector({1, 2, 0}), vector({2, 0, 1})));
}

}  // namespace
}  // namespace xgrad
