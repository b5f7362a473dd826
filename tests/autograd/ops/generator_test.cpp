// Draws from a generator that is given, in all the forms that libtorch has.
#include <functional>
#include <limits>

#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

using Draw = std::function<Tensor(std::optional<Generator>)>;

struct Case {
  const char* name;
  Draw draw;
};

std::ostream& operator<<(std::ostream& stream, const Case& one) { return stream << one.name; }

const Tensor weights = tensor({0.1, 0.2, 0.3, 0.4});

const Case cases[] = {
    {"rand", [](auto g) { return rand({9}, g); }},
    {"rand_options", [](auto g) { return rand({9}, g, kFloat64); }},
    {"randn", [](auto g) { return randn({20}, g); }},
    {"randint", [](auto g) { return randint(10, {9}, g); }},
    {"randint_between", [](auto g) { return randint(-3, 10, {9}, g, kInt32); }},
    {"randperm", [](auto g) { return randperm(9, g); }},
    {"bernoulli", [](auto g) { return bernoulli(weights, g); }},
    {"bernoulli_p", [](auto g) { return bernoulli(zeros({9}), 0.5, g); }},
    {"multinomial", [](auto g) { return multinomial(weights, 2, false, g); }},
    {"normal", [](auto g) { return normal(weights, weights, g); }},
    {"normal_numbers", [](auto g) { return normal(1.0, 2.0, {9}, g); }},
    {"rrelu", [](auto g) { return rrelu(weights - 0.3, 0.1, 0.3, true, g); }},
    {"random_", [](auto g) { return empty({9}).random_(g); }},
    {"random_to", [](auto g) { return empty({9}, kInt64).random_(10, g); }},
    {"random_from_to", [](auto g) { return empty({9}, kInt64).random_(-4, 10, g); }},
    {"random_from", [](auto g) { return empty({9}, kInt64).random_(5, std::optional<std::int64_t>(), g); }},
    {"uniform_", [](auto g) { return empty({9}).uniform_(-1, 1, g); }},
    {"normal_", [](auto g) { return empty({9}).normal_(0, 1, g); }},
    {"bernoulli_", [](auto g) { return empty({9}).bernoulli_(0.5, g); }},
    {"bernoulli_tensor", [](auto g) { return empty({4}).bernoulli_(weights, g); }},
    {"exponential_", [](auto g) { return empty({9}).exponential_(2, g); }},
    {"cauchy_", [](auto g) { return empty({9}).cauchy_(0, 1, g); }},
    {"geometric_", [](auto g) { return empty({9}).geometric_(0.3, g); }},
    {"log_normal_", [](auto g) { return empty({9}).log_normal_(1, 2, g); }},
    {"method_bernoulli", [](auto g) { return weights.bernoulli(g); }},
    {"method_bernoulli_p", [](auto g) { return weights.bernoulli(0.5, g); }},
    {"method_multinomial", [](auto g) { return weights.multinomial(3, true, g); }},
};

class GivenGenerator : public ::testing::TestWithParam<Case> {};

}  // namespace

TEST_P(GivenGenerator, draws_what_the_default_one_would_and_leaves_that_alone) {
  manual_seed(7);
  const Tensor expected = GetParam().draw(std::nullopt);
  manual_seed(8);
  const std::string before = default_generator().get_state();
  Generator generator(7);
  EXPECT_TRUE(equal(GetParam().draw(generator), expected));
  EXPECT_EQ(default_generator().get_state(), before);
  EXPECT_NE(generator.get_state(), Generator(7).get_state());
}

INSTANTIATE_TEST_SUITE_P(Random, GivenGenerator, ::testing::ValuesIn(cases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(GeneratorTest, random_without_an_end_reaches_the_largest_number_of_the_dtype) {
  const Tensor bytes = empty({2000}, kUInt8).random_(250, std::optional<std::int64_t>());
  EXPECT_EQ(bytes.min().item<int>(), 250);
  EXPECT_EQ(bytes.max().item<int>(), 255);
  const Tensor all = empty({64}, kInt64).random_(std::numeric_limits<std::int64_t>::min(), std::optional<std::int64_t>());
  EXPECT_LT(all.min().item<std::int64_t>(), 0);
  EXPECT_GT(all.max().item<std::int64_t>(), std::int64_t{1} << 40);
}

TEST(GeneratorTest, integers_that_a_dtype_does_not_hold_are_refused) {
  EXPECT_THROW(empty({3}, kUInt8).random_(0, 257), ValueError);
  EXPECT_THROW(empty({3}, kInt8).random_(-129, 3), ValueError);
  EXPECT_THROW(empty({3}, kBool).random_(0, 3), ValueError);
  EXPECT_THROW(randint(0, 257, {3}, kUInt8), ValueError);
  EXPECT_THROW(empty({3}, kUInt8).random_(255, std::optional<std::int64_t>()), ValueError);
  EXPECT_EQ(randint(255, 256, {3}, kUInt8).max().item<int>(), 255);
}

TEST(GeneratorTest, a_clone_goes_on_by_itself) {
  Generator generator(3);
  const Tensor skipped = rand({5}, generator);
  const Generator copy = generator.clone();
  EXPECT_FALSE(copy == generator);
  EXPECT_TRUE(equal(rand({4}, generator), rand({4}, copy)));
  const std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(3);
  EXPECT_TRUE(equal(rand({5}, generator), skipped));
  const std::uint64_t drawn = generator.seed();
  EXPECT_EQ(drawn, generator.current_seed());
}

}  // namespace xgrad::test
