// GroupNorm, InstanceNorm1d and LocalResponseNorm.
#include "autograd/autograd.h"
#include "nn/functional/layers.h"
#include "nn/modules/normalization.h"
#include "tests/support/modules.h"
#include "tests/support/printed.h"

namespace xgrad::test {

namespace {

Subject group_norm_subject(const Json& a) {
  return subject(
      nn::GroupNorm(nn::GroupNormOptions(a.at("groups"), 6).eps(a.value("eps", 1e-5)).affine(a.value("affine", true))));
}

Subject instance_norm_subject(const Json& a) {
  nn::InstanceNorm1dOptions options(3);
  options.eps(a.value("eps", 1e-5)).affine(a.value("affine", false));
  options.momentum(a.value("momentum", 0.1)).track_running_stats(a.value("track_running_stats", false));
  return subject(nn::InstanceNorm1d(options), [](const nn::InstanceNorm1d& self, const TensorList& x) {
    if (!self->is_training()) return TensorList{self(x[0])};
    const Tensor first = self(x[0]);
    return TensorList{first, self(x[0] * 2 + 1)};
  });
}

Subject local_response_norm_subject(const Json& a) {
  return subject(nn::LocalResponseNorm(nn::LocalResponseNormOptions(a.at("size")).alpha(0.5).k(2)));
}

}  // namespace

TEST(NormsTest, results_gradients_and_buffers_are_pytorchs) {
  compare_with_golden("norms", {{"GroupNorm", group_norm_subject},
                                {"InstanceNorm1d", instance_norm_subject},
                                {"LocalResponseNorm", local_response_norm_subject}});
}

TEST(NormsTest, modules_print_their_options) {
  EXPECT_EQ(printed(*nn::GroupNorm(2, 6)), "GroupNorm(2, 6, eps=1e-05, affine=true)");
  EXPECT_EQ(printed(*nn::InstanceNorm1d(3)),
            "InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=false, track_running_stats=false)");
  EXPECT_EQ(printed(*nn::LocalResponseNorm(2)), "LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1)");
}

TEST(NormsTest, functions_take_options) {
  namespace F = nn::functional;
  const Tensor x = rand({2, 6, 5});
  const Tensor weight = rand({6});
  EXPECT_TRUE(equal(F::group_norm(x, F::GroupNormFuncOptions(3).weight(weight)), group_norm(x, 3, weight)));
  EXPECT_TRUE(equal(F::instance_norm(x, F::InstanceNormFuncOptions().weight(weight).eps(0.1)),
                    instance_norm(x, {}, {}, weight, {}, true, 0.1, 0.1)));
  EXPECT_TRUE(equal(F::local_response_norm(x, F::LocalResponseNormFuncOptions(2)), local_response_norm(x, 2)));
}

TEST(NormsTest, what_does_not_fit_is_refused) {
  EXPECT_THROW(nn::GroupNorm(4, 6), ValueError);
  EXPECT_THROW(nn::GroupNorm(0, 6), ValueError);
  EXPECT_THROW(nn::GroupNorm(2, 6)(rand({2, 4})), ShapeError);
  EXPECT_THROW(nn::InstanceNorm1d(0), ValueError);
  EXPECT_THROW(nn::InstanceNorm1d(3)(rand({2, 4, 5})), ShapeError);
  EXPECT_THROW(nn::InstanceNorm1d(3)(rand({2, 3, 1})), ValueError);
  EXPECT_THROW(nn::LocalResponseNorm(2)(rand({2, 3})), ShapeError);
}

TEST(NormsTest, an_empty_batch_gives_an_empty_result) {
  EXPECT_EQ(nn::GroupNorm(2, 6)(rand({0, 6, 3})).sizes(), IntArrayRef({0, 6, 3}));
  EXPECT_EQ(nn::InstanceNorm1d(3)(rand({0, 3, 4})).sizes(), IntArrayRef({0, 3, 4}));
  EXPECT_EQ(nn::LocalResponseNorm(2)(rand({0, 3, 4})).sizes(), IntArrayRef({0, 3, 4}));
}

}  // namespace xgrad::test
