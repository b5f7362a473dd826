#include "autograd/ops/random.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <sstream>

#include "autograd/autograd.h"
#include "tests/support/golden.h"
#include "tests/support/threads.h"

namespace xgrad::test {

namespace {

using Draw = std::function<Tensor(std::int64_t)>;

const std::map<std::string, Draw> exact_draws = {
    {"rand_float32", [](std::int64_t n) { return rand({n}); }},
    {"rand_float64", [](std::int64_t n) { return rand({n}, kFloat64); }},
    {"uniform_wide_float32", [](std::int64_t n) { return empty({n}).uniform_(-std::sqrt(0.5), std::sqrt(0.5)); }},
    {"uniform_wide_float64", [](std::int64_t n) { return empty({n}, kFloat64).uniform_(-std::sqrt(0.5), std::sqrt(0.5)); }},
    {"uniform_float32", [](std::int64_t n) { return empty({n}).uniform_(-0.3, 0.7); }},
    {"uniform_float64", [](std::int64_t n) { return empty({n}, kFloat64).uniform_(-0.3, 0.7); }},
    {"randint", [](std::int64_t n) { return randint(10, {n}); }},
    {"randint_negative", [](std::int64_t n) { return randint(-5, 7, {n}); }},
    {"randint_wide", [](std::int64_t n) { return randint(0, std::int64_t{1} << 40, {n}); }},
    {"randint_float32", [](std::int64_t n) { return randint(0, 100, {n}, kFloat32); }},
    {"randperm", [](std::int64_t n) { return randperm(n); }},
    {"random_float32", [](std::int64_t n) { return empty({n}).random_(); }},
    {"random_float64", [](std::int64_t n) { return empty({n}, kFloat64).random_(); }},
    {"random_int64", [](std::int64_t n) { return empty({n}, kInt64).random_(); }},
    {"random_uint8", [](std::int64_t n) { return empty({n}, kUInt8).random_(); }},
    {"random_int16", [](std::int64_t n) { return empty({n}, kInt16).random_(); }},
    {"random_bool", [](std::int64_t n) { return empty({n}, kBool).random_(); }},
    {"random_below", [](std::int64_t n) { return empty({n}).random_(10); }},
    {"random_between", [](std::int64_t n) { return empty({n}, kInt64).random_(-5, std::int64_t{1} << 41); }},
    {"geometric_float32", [](std::int64_t n) { return empty({n}).geometric_(0.3); }},
    {"geometric_int64", [](std::int64_t n) { return empty({n}, kInt64).geometric_(0.01); }},
    {"bernoulli_", [](std::int64_t n) { return empty({n}).bernoulli_(0.3); }},
    {"uniform_float16", [](std::int64_t n) { return empty({n}, kFloat16).uniform_(-1, 3); }},
    {"uniform_bfloat16", [](std::int64_t n) { return empty({n}, kBFloat16).uniform_(0.25, 1); }},
    {"bernoulli_bool", [](std::int64_t n) { return empty({n}, kBool).bernoulli_(0.3); }},
    {"bernoulli_int64", [](std::int64_t n) { return empty({n}, kInt64).bernoulli_(0.7); }},
    {"bernoulli_float64", [](std::int64_t n) { return empty({n}, kFloat64).bernoulli_(0.8); }},
    {"bernoulli", [](std::int64_t n) { return bernoulli(full({n}, 0.4)); }},
    {"bernoulli_probabilities", [](std::int64_t n) { return bernoulli(linspace(0, 1, n, kFloat64)); }},
};

const std::map<std::string, Draw> normal_draws = {
    {"randn_float32", [](std::int64_t n) { return randn({n}); }},
    {"randn_float64", [](std::int64_t n) { return randn({n}, kFloat64); }},
    {"exponential_float32", [](std::int64_t n) { return empty({n}).exponential_(2.5); }},
    {"exponential_float64", [](std::int64_t n) { return empty({n}, kFloat64).exponential_(0.1); }},
    {"log_normal_float32", [](std::int64_t n) { return empty({n}).log_normal_(0.5, 0.25); }},
    {"log_normal_float64", [](std::int64_t n) { return empty({n}, kFloat64).log_normal_(-1, 1.5); }},
    {"cauchy_float64", [](std::int64_t n) { return empty({n}, kFloat64).cauchy_(1, 2); }},
    {"normal_float32", [](std::int64_t n) { return empty({n}).normal_(2, 3); }},
    {"normal_float64", [](std::int64_t n) { return empty({n}, kFloat64).normal_(-1, 0.5); }},
};

const Json& golden() {
  static const Json content = load_golden("random").at(0);
  return content;
}

/// zlib's CRC-32 of the elements' bytes.
std::uint32_t crc32(const Tensor& x) {
  const auto* bytes = static_cast<const unsigned char*>(x.data_ptr());
  std::uint32_t crc = ~0U;
  for (std::size_t i = 0; i < x.nbytes(); ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

class ExactRandomTest : public ::testing::TestWithParam<std::string> {};
class NormalRandomTest : public ::testing::TestWithParam<std::string> {};

std::string own_name(const ::testing::TestParamInfo<std::string>& parameter) { return parameter.param; }

std::vector<std::string> names_of(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : object.items()) names.push_back(name);
  return names;
}

}  // namespace

TEST_P(ExactRandomTest, draws_the_bits_that_pytorch_draws) {
  std::size_t row = 0;
  const Json& expected = golden().at("exact").at(GetParam());
  for (const Json& seed : golden().at("seeds")) {
    for (const Json& size : golden().at("sizes")) {
      manual_seed(seed);
      EXPECT_EQ(crc32(exact_draws.at(GetParam())(size)), expected.at(row++).get<std::uint32_t>())
          << "seed " << seed << ", " << size << " elements";
    }
  }
}

TEST_P(NormalRandomTest, draws_the_numbers_that_pytorch_draws) {
  std::size_t row = 0;
  const Json& expected = golden().at("normal").at(GetParam());
  for (const Json& seed : golden().at("seeds")) {
    std::size_t which = 0;
    for (const Json& size : golden().at("sizes")) {
      manual_seed(seed);
      const Tensor x = normal_draws.at(GetParam())(size);
      TensorList samples;
      for (const Json& position : golden().at("positions").at(which)) samples.push_back(x[position]);
      samples.push_back(x.to(kFloat64).sum().to(x.dtype()));
      EXPECT_TRUE(close(stored_tensor(expected.at(row++)), stack(samples), x.dtype() == kFloat64 ? 1e-12 : 2e-6))
          << "seed " << seed << ", " << size << " elements";
      ++which;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Random, ExactRandomTest, ::testing::ValuesIn(names_of(golden().at("exact"))), own_name);
INSTANTIATE_TEST_SUITE_P(Random, NormalRandomTest, ::testing::ValuesIn(names_of(golden().at("normal"))), own_name);

TEST(RandomTest, draws_of_different_kinds_follow_one_another_as_in_pytorch) {
  for (const auto& [seed, expected] : golden().at("sequence").items()) {
    manual_seed(std::stoull(seed));
    TensorList drawn;
    drawn.push_back(randn({3}));
    drawn.push_back(rand({2}));
    drawn.push_back(randn({2}, kFloat64));
    drawn.push_back(randint(100, {3}));
    drawn.push_back(randn({17}));
    drawn.push_back(randn({1}));
    drawn.push_back(randperm(5));
    drawn.push_back(randn({4, 5}).t().contiguous());
    drawn.push_back(empty({5, 4}).t().normal_().contiguous());
    drawn.push_back(randn({2}));
    ASSERT_EQ(drawn.size(), expected.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      EXPECT_TRUE(close(stored_tensor(expected[i]), drawn[i], 2e-6)) << "seed " << seed << ", draw " << i;
    }
  }
}

TEST(RandomTest, a_generator_of_its_own_draws_what_the_default_one_draws) {
  manual_seed(5);
  const Tensor expected = randn({20});
  EXPECT_TRUE(equal(randn({20}, Generator(5)), expected));
}

TEST(RandomTest, copies_of_a_generator_share_their_state) {
  Generator generator(3);
  const Tensor first = rand({4}, generator);
  EXPECT_FALSE(equal(rand({4}, generator), first));
  generator.set_current_seed(3);
  EXPECT_TRUE(equal(rand({4}, generator), first));
  EXPECT_EQ(generator.current_seed(), 3U);
}

TEST(RandomTest, a_state_taken_back_draws_the_same_again) {
  manual_seed(1);
  randn({3});  // leaves a normal number behind, which belongs to the state
  const std::string state = default_generator().get_state();
  const Tensor expected = randn({5});
  default_generator().set_state(state);
  EXPECT_TRUE(equal(randn({5}), expected));
}

TEST(RandomTest, numbers_and_states_are_those_of_mt19937) {
  std::mt19937 engine(77);
  Generator generator(77);
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(generator.random(), engine());
  std::ostringstream state;
  state << engine;
  EXPECT_EQ(generator.get_state().substr(generator.get_state().size() - state.str().size()), state.str());
  for (int i = 0; i < 700; ++i) generator.random();
  generator.set_state("77 0 0x0p+0 " + state.str());
  for (int i = 0; i < 700; ++i) ASSERT_EQ(generator.random(), engine());
  const Tensor many = rand({3000}, generator);
  for (std::int64_t i = 0; i < many.numel(); ++i) {
    ASSERT_EQ(many.data_ptr<float>()[i], static_cast<float>(engine() & 0xffffffU) * 0x1p-24F);
  }
}

TEST(RandomTest, integers_are_the_remainders_of_what_was_drawn) {
  for (const std::int64_t range : {1LL, 2LL, 3LL, 1000LL, 0x7fffffffLL, 0x80000001LL, 0xffffffffLL}) {
    std::mt19937 engine(5);
    const Tensor drawn = randint(-4, range - 4, {1500}, Generator(5));
    for (std::int64_t i = 0; i < drawn.numel(); ++i) ASSERT_EQ(drawn.data_ptr<std::int64_t>()[i], engine() % range - 4);
  }
}

TEST(RandomTest, normal_numbers_are_the_same_on_any_number_of_threads) {
  expect_same_bits_on_any_number_of_threads([] { return TensorList{randn({150003}, Generator(8))}; });
}

TEST(RandomTest, a_state_that_is_none_changes_nothing) {
  Generator generator(4);
  const std::string before = generator.get_state();
  EXPECT_THROW(generator.set_state("no state"), ValueError);
  EXPECT_THROW(generator.set_state(before.substr(0, before.size() / 2)), ValueError);
  EXPECT_EQ(generator.get_state(), before);
}

TEST(RandomTest, bad_arguments_are_refused_before_anything_is_drawn) {
  manual_seed(9);
  const std::string before = default_generator().get_state();
  Tensor x = ones({3});
  EXPECT_THROW(randint(3, 3, {2}), ValueError);
  EXPECT_THROW(randperm(-1), ValueError);
  EXPECT_THROW(rand({-1}), ShapeError);
  EXPECT_THROW(rand({2}, kInt64), TypeError);
  EXPECT_THROW(x.uniform_(1, 0), ValueError);
  EXPECT_THROW(x.normal_(0, -1), ValueError);
  EXPECT_THROW(x.bernoulli_(1.5), ValueError);
  EXPECT_THROW(bernoulli(tensor({0.5, 2.0})), ValueError);
  EXPECT_TRUE(equal(x, ones({3})));
  EXPECT_EQ(default_generator().get_state(), before);
}

TEST(Random, distributions_reject_bad_parameters_and_change_nothing) {
  Tensor x = zeros({3});
  EXPECT_THROW(x.random_(5, 5), ValueError);
  EXPECT_THROW(x.exponential_(0), ValueError);
  EXPECT_THROW(x.geometric_(1), ValueError);
  EXPECT_THROW(x.cauchy_(0, 0), ValueError);
  EXPECT_THROW(x.log_normal_(0, -1), ValueError);
  Tensor integers = zeros({3}, kInt64);
  EXPECT_THROW(integers.exponential_(), TypeError);
  EXPECT_THROW(integers.log_normal_(), TypeError);
  Tensor leaf = zeros({3}).requires_grad_();
  EXPECT_THROW(leaf.random_(), GraphError);
  EXPECT_EQ(sum(x).item<float>() + sum(integers).item<float>() + sum(leaf).item<float>(), 0);
}

TEST(Random, bounds_that_the_dtype_does_not_hold_are_refused) {
  Tensor x = ones({2});
  EXPECT_THROW(x.uniform_(-3e38, 3e38), ValueError);
  EXPECT_THROW(x.uniform_(0, std::numeric_limits<double>::infinity()), ValueError);
  EXPECT_THROW(x.uniform_(0, 1e300), ValueError);
  EXPECT_THROW(ones({2}, kFloat16).uniform_(0, 70000), ValueError);
  EXPECT_THROW(ones({2}, kFloat64).uniform_(-1.7e308, 1.7e308), ValueError);
  EXPECT_THROW(ones({2}, kInt64).uniform_(0, 1), TypeError);
  EXPECT_THROW(ones({2}, kBool).normal_(), TypeError);
  EXPECT_TRUE(equal(x, ones({2})));
  EXPECT_THROW(randperm(200, kInt8), ValueError);
  EXPECT_THROW(randperm(3, kBool), ValueError);
  EXPECT_THROW(randperm((std::int64_t{1} << 11) + 3, kFloat16), ValueError);
  const Tensor all = randperm((std::int64_t{1} << 11) + 1, kFloat16).to(kInt64);
  EXPECT_TRUE(equal(std::get<0>(sort(all)), arange((std::int64_t{1} << 11) + 1)));
  EXPECT_EQ(randperm(0, kBool).numel(), 0);
}

TEST(Random, half_precision_numbers_stay_below_the_bound) {
  manual_seed(1);
  for (const Dtype dtype : {kFloat16, kBFloat16}) {
    const Tensor x = rand({20000}, dtype).to(kFloat32);
    EXPECT_LT(x.max().item<float>(), 1);
    EXPECT_NEAR(x.mean().item<float>(), 0.5, 0.01);
    const Tensor z = randn({20000}, dtype).to(kFloat32);
    EXPECT_NEAR(z.std().item<float>(), 1, 0.02);
    EXPECT_NEAR(bernoulli(full({20000}, 0.3, dtype)).to(kFloat32).mean().item<float>(), 0.3, 0.02);
  }
}

TEST(Random, geometric_numbers_of_a_tiny_probability_are_finite) {
  EXPECT_TRUE(isfinite(empty({8}, kFloat64).geometric_(1e-17)).all().item<bool>());
}

TEST(Random, like_another_tensor) {
  const Tensor like = zeros({2, 3}, kFloat64);
  EXPECT_EQ(randint_like(like, 4).dtype(), kFloat64);
  EXPECT_EQ(randint_like(like, 2, 3).to_vector<int>(), std::vector<int>(6, 2));
}

}  // namespace xgrad::test
