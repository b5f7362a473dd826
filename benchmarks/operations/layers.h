/// Rows of matrix products, losses, layers and optimizer steps.
#pragma once

#include <cmath>
#include <memory>

#include "operations/cases.h"

namespace benchmarks {

/// Two square matrices of about `elements` elements each.
inline Case product(const std::string& name, const Binary& function) {
  return {name, [=](std::int64_t n) {
            const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(n)));
            if (side > 1024) return Step();
            const Tensor a = leaf({side, side});
            const Tensor b = leaf({side, side});
            return differentiated({a, b}, [=] { return function(a, b); });
          }};
}

inline Case regression(const std::string& name, const Binary& function, bool probabilities = false) {
  return {name, [=](std::int64_t n) {
            const Tensor x = probabilities ? positive_leaf({n}) : leaf({n});
            const Tensor target = probabilities ? api::rand({n}) : api::randn({n});
            return differentiated({x}, [=] { return function(x, target); });
          }};
}

/// A layer over (rows, features).
template <class Layer>
Case layer(const std::string& name, const std::function<Layer(std::int64_t features)>& make) {
  return {name, [=](std::int64_t n) {
            const Tensor x = leaf(matrix(n));
            if (x.size(1) > 2048) return Step();
            Layer module = make(x.size(1));
            std::vector<Tensor> leaves = module->parameters();
            leaves.push_back(x);
            return differentiated(leaves, [=]() mutable { return module->forward(x); });
          }};
}

/// A layer of a Transformer over sequences of 128 steps at most. `run(module, x)` calls it.
template <class Layer, class Options, class Run>
Case transformer_layer(const std::string& name, std::int64_t width, const Run& run) {
  return {name, [=](std::int64_t n) {
            const std::int64_t time = std::min<std::int64_t>(128, n / width);
            if (time < 16) return Step();
            const std::int64_t batch = n / width / time;
            if (batch > 64) return Step();
            Layer module(Options(width, width / 32).dim_feedforward(4 * width));
            const Tensor x = leaf({time, batch, width});
            std::vector<Tensor> leaves = module->parameters();
            leaves.push_back(x);
            return differentiated(leaves, [=]() mutable { return run(module, x); });
          }};
}

template <class Optimizer, class Options>
Case optimizer(const std::string& name, const Options& options) {
  return {name, [=](std::int64_t n) {
            const Tensor parameter = leaf({n});
            parameter.mutable_grad() = api::randn({n});
            const auto made = std::make_shared<Optimizer>(std::vector<Tensor>{parameter}, options);
            return Step([made] { made->step(); });
          }};
}

inline std::vector<Case> layer_cases() {
  namespace F = api::nn::functional;
  namespace nn = api::nn;
  namespace optim = api::optim;
  std::vector<Case> cases{
      product("matmul", [](const Tensor& a, const Tensor& b) { return api::matmul(a, b); }),
      product("matmul(transposed)", [](const Tensor& a, const Tensor& b) { return api::matmul(a, b.t()); }),
      product("addmm", [](const Tensor& a, const Tensor& b) { return api::addmm(a, a, b); }),
      product("mv", [](const Tensor& a, const Tensor& b) { return api::mv(a, b.select(0, 0)); }),
      product("outer", [](const Tensor& a, const Tensor& b) { return api::outer(a.select(0, 0), b.select(0, 0)); }),
      binary("dot", [](const Tensor& a, const Tensor& b) { return api::dot(a, b); }),
      regression("mse_loss", [](const Tensor& x, const Tensor& t) { return F::mse_loss(x, t); }),
      regression("l1_loss", [](const Tensor& x, const Tensor& t) { return F::l1_loss(x, t); }),
      regression("smooth_l1_loss", [](const Tensor& x, const Tensor& t) { return F::smooth_l1_loss(x, t); }),
      regression("huber_loss", [](const Tensor& x, const Tensor& t) { return F::huber_loss(x, t); }),
      regression(
          "kl_div", [](const Tensor& x, const Tensor& t) { return F::kl_div(x, t); }, true),
      regression(
          "binary_cross_entropy", [](const Tensor& x, const Tensor& t) { return F::binary_cross_entropy(x, t); }, true),
      regression(
          "binary_cross_entropy_with_logits",
          [](const Tensor& x, const Tensor& t) { return F::binary_cross_entropy_with_logits(x, t); }, true),
      regression("cosine_similarity",
                 [](const Tensor& x, const Tensor& t) {
                   return F::cosine_similarity(x.view({1, -1}), t.view({1, -1}));
                 }),
      layer<nn::Linear>("Linear", [](std::int64_t features) { return nn::Linear(features, features); }),
      layer<nn::LayerNorm>("LayerNorm",
                           [](std::int64_t features) { return nn::LayerNorm(nn::LayerNormOptions({features})); }),
      layer<nn::BatchNorm1d>("BatchNorm1d", [](std::int64_t features) { return nn::BatchNorm1d(features); }),
      layer<nn::Dropout>("Dropout", [](std::int64_t) { return nn::Dropout(0.3); }),
      optimizer<optim::SGD>("SGD", optim::SGDOptions(1e-6)),
      optimizer<optim::SGD>("SGD(momentum)", optim::SGDOptions(1e-6).momentum(0.9)),
      optimizer<optim::Adam>("Adam", optim::AdamOptions(1e-6)),
      optimizer<optim::AdamW>("AdamW", optim::AdamWOptions(1e-6)),
      optimizer<optim::RMSprop>("RMSprop", optim::RMSpropOptions(1e-6)),
      optimizer<optim::Adagrad>("Adagrad", optim::AdagradOptions(1e-6)),
  };
  cases.push_back({"bmm", [](std::int64_t n) {
                     if (n < 64) return Step();
                     const std::int64_t batch = n / 64 > 64 ? n / 4096 : 1;
                     const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(n / batch)));
                     if (batch > 256) return Step();
                     const Tensor a = leaf({batch, side, side});
                     const Tensor b = leaf({batch, side, side});
                     return differentiated({a, b}, [=] { return api::bmm(a, b.transpose(1, 2)); });
                   }});
  cases.push_back({"cross_entropy", [](std::int64_t n) {
                     const Tensor x = leaf(matrix(n));
                     const Tensor target = api::randint(0, x.size(1), {x.size(0)}, api::kInt64);
                     return differentiated({x}, [=] { return F::cross_entropy(x, target); });
                   }});
  cases.push_back({"nll_loss", [](std::int64_t n) {
                     const Tensor x = leaf(matrix(n));
                     const Tensor target = api::randint(0, x.size(1), {x.size(0)}, api::kInt64);
                     return differentiated({x}, [=] { return F::nll_loss(x, target); });
                   }});
  cases.push_back({"MultiheadAttention", [](std::int64_t n) {
                     if (n < 4096) return Step();
                     const std::int64_t width = 64;
                     const std::int64_t time = std::min<std::int64_t>(128, n / width);
                     const std::int64_t batch = n / width / time;
                     if (batch > 64) return Step();
                     nn::MultiheadAttention attention(nn::MultiheadAttentionOptions(width, 4));
                     const Tensor x = leaf({time, batch, width});
                     return differentiated(attention->parameters(),
                                           [=]() mutable { return std::get<0>(attention->forward(x, x, x, {}, false)); });
                   }});
  for (const std::int64_t width : {64, 256}) {
    cases.push_back(transformer_layer<nn::TransformerEncoderLayer, nn::TransformerEncoderLayerOptions>(
        "TransformerEncoderLayer(" + std::to_string(width) + ")", width,
        [](auto& module, const Tensor& x) { return module->forward(x); }));
    cases.push_back(transformer_layer<nn::TransformerDecoderLayer, nn::TransformerDecoderLayerOptions>(
        "TransformerDecoderLayer(" + std::to_string(width) + ")", width,
        [](auto& module, const Tensor& x) { return module->forward(x, x); }));
  }
  cases.push_back({"ctc_loss", [](std::int64_t n) {
                     if (n < 4096) return Step();
                     const std::int64_t classes = 32;
                     const std::int64_t batch = 8;
                     const std::int64_t time = n / classes / batch;
                     if (time > 1000) return Step();
                     const Tensor x = leaf({time, batch, classes});
                     const std::int64_t length = std::max<std::int64_t>(1, time / 4);
                     const Tensor targets = api::randint(1, classes, {batch, length}, api::kInt64);
                     const Tensor input_lengths = api::full({batch}, time, api::kInt64);
                     const Tensor target_lengths = api::full({batch}, length, api::kInt64);
                     return differentiated(
                         {x}, [=] { return F::ctc_loss(api::log_softmax(x, 2), targets, input_lengths, target_lengths); });
                   }});
  return cases;
}

}  // namespace benchmarks
