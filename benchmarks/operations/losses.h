/// Rows of losses, distances and products that are used less, and of cells and windows.
#pragma once

#include <tuple>

#include "operations/cases.h"

namespace benchmarks {

/// 1 or -1 for each.
inline Tensor signs(std::int64_t n) { return api::randint(0, 2, {n}, api::kInt64).to(api::kFloat32) * 2 - 1; }

/// Of two matrices and a sign for each of their rows.
inline Case paired(const std::string& name,
                   const std::function<Tensor(const Tensor& a, const Tensor& b, const Tensor& sign)>& function) {
  return {name, [=](std::int64_t n) {
            const Tensor a = leaf(matrix(n));
            const Tensor b = leaf(matrix(n));
            const Tensor sign = signs(a.size(0));
            return differentiated({a, b}, [=] { return function(a, b, sign); });
          }};
}

/// Of a matrix of about 64 rows at most.
inline Case of_few_rows(const std::string& name, const Unary& function) {
  return over_matrix(name, [=](const Tensor& x) { return function(x.narrow(0, 0, std::min<std::int64_t>(x.size(0), 64))); });
}

template <class Cell, class Options>
Case cell(const std::string& name, const std::function<Tensor(Cell& cell, const Tensor& x, const Tensor& h)>& step) {
  return {name, [=](std::int64_t n) {
            const std::vector<std::int64_t> sizes = matrix(n);
            if (sizes[1] > 512) return Step();
            Cell module(Options(sizes[1], sizes[1]));
            const Tensor x = leaf(sizes);
            const Tensor h = leaf(sizes);
            return differentiated(module->parameters(), [=]() mutable { return step(module, x, h); });
          }};
}

inline std::vector<Case> loss_cases() {
  namespace F = api::nn::functional;
  namespace nn = api::nn;
  return {
      binary("poisson_nll_loss", [](const Tensor& a, const Tensor& b) { return F::poisson_nll_loss(a, b.detach()); }),
      {"hinge_embedding_loss",
       [](std::int64_t n) {
         const Tensor x = leaf({n});
         const Tensor sign = signs(n);
         return differentiated({x}, [=] { return F::hinge_embedding_loss(x, sign); });
       }},
      {"soft_margin_loss",
       [](std::int64_t n) {
         const Tensor x = leaf({n});
         const Tensor sign = signs(n);
         return differentiated({x}, [=] { return F::soft_margin_loss(x, sign); });
       }},
      {"margin_ranking_loss",
       [](std::int64_t n) {
         const Tensor a = leaf({n});
         const Tensor b = leaf({n});
         const Tensor sign = signs(n);
         return differentiated({a, b}, [=] { return F::margin_ranking_loss(a, b, sign); });
       }},
      paired("cosine_embedding_loss",
             [](const Tensor& a, const Tensor& b, const Tensor& sign) { return F::cosine_embedding_loss(a, b, sign); }),
      paired("triplet_margin_loss",
             [](const Tensor& a, const Tensor& b, const Tensor&) { return F::triplet_margin_loss(a, b, a * 2); }),
      paired(
          "triplet_margin_with_distance_loss",
          [](const Tensor& a, const Tensor& b, const Tensor&) { return F::triplet_margin_with_distance_loss(a, b, a * 2); }),
      paired("multilabel_soft_margin_loss",
             [](const Tensor& a, const Tensor& b, const Tensor&) {
               return F::multilabel_soft_margin_loss(a, b.detach().sigmoid());
             }),
      {"multi_margin_loss",
       [](std::int64_t n) {
         const Tensor x = leaf(matrix(n));
         const Tensor target = api::randint(0, x.size(1), {x.size(0)}, api::kInt64);
         return differentiated({x}, [=] { return F::multi_margin_loss(x, target); });
       }},
      {"multilabel_margin_loss",
       [](std::int64_t n) {
         const Tensor x = leaf(matrix(n));
         const Tensor target = api::full({x.size(0), x.size(1)}, -1, api::kInt64);
         target.select(1, 0).zero_();
         return differentiated({x}, [=] { return F::multilabel_margin_loss(x, target); });
       }},
      paired("pairwise_distance",
             [](const Tensor& a, const Tensor& b, const Tensor&) { return F::pairwise_distance(a, b); }),
      over_matrix("normalize", [](const Tensor& x) { return F::normalize(x); }),
      of_few_rows("pdist", [](const Tensor& x) { return api::pdist(x); }),
      of_few_rows("cdist", [](const Tensor& x) { return api::cdist(x, x * 2); }),
      over_matrix("layer_norm", [](const Tensor& x) { return F::layer_norm(x, F::LayerNormFuncOptions({x.size(1)})); }),
      over_matrix(
          "batch_norm",
          [](const Tensor& x) { return F::batch_norm(x, Tensor(), Tensor(), F::BatchNormFuncOptions().training(true)); }),
      of_few_rows("mm", [](const Tensor& x) { return api::mm(x, x.t()); }),
      of_few_rows("linear", [](const Tensor& x) { return F::linear(x, x); }),
      of_few_rows("inner", [](const Tensor& x) { return api::inner(x, x); }),
      of_few_rows("einsum",
                  [](const Tensor& x) {
                    return api::einsum("ij,kj->ik", {x, x});
                  }),
      of_few_rows("tensordot", [](const Tensor& x) { return api::tensordot(x, x, {1}, {1}); }),
      of_few_rows("chain_matmul",
                  [](const Tensor& x) {
                    return api::chain_matmul({x, x.t(), x});
                  }),
      of_few_rows("addmv", [](const Tensor& x) { return api::addmv(x.select(1, 0), x, x.select(0, 0)); }),
      of_few_rows("addr", [](const Tensor& x) { return api::addr(x, x.select(1, 0), x.select(0, 0)); }),
      of_few_rows("ger", [](const Tensor& x) { return api::ger(x.select(1, 0), x.select(0, 0)); }),
      of_few_rows("kron", [](const Tensor& x) { return api::kron(x.select(1, 0), x.select(0, 0)); }),
      of_few_rows("baddbmm",
                  [](const Tensor& x) {
                    const Tensor batch = x.unsqueeze(0);
                    return api::baddbmm(api::mm(x, x.t()).unsqueeze(0), batch, batch.transpose(1, 2));
                  }),
      of_few_rows("addbmm",
                  [](const Tensor& x) {
                    const Tensor batch = x.unsqueeze(0);
                    return api::addbmm(api::mm(x, x.t()), batch, batch.transpose(1, 2));
                  }),
      of_few_rows("bilinear",
                  [](const Tensor& x) {
                    const Tensor few = x.narrow(1, 0, std::min<std::int64_t>(x.size(1), 16));
                    return F::bilinear(few, few, few.t().mm(few).unsqueeze(0));
                  }),
      of_few_rows("linalg_cholesky",
                  [](const Tensor& x) {
                    const std::int64_t side = std::min(x.size(0), x.size(1));
                    const Tensor square = x.narrow(0, 0, side).narrow(1, 0, side);
                    return api::linalg_cholesky(square.mm(square.t()) + 10 * api::eye(side));
                  }),
      of_few_rows("linalg_solve_triangular",
                  [](const Tensor& x) {
                    const std::int64_t side = std::min(x.size(0), x.size(1));
                    const Tensor square = x.narrow(0, 0, side).narrow(1, 0, side);
                    return api::linalg_solve_triangular(square + 10 * api::eye(side), square, true);
                  }),
      of_few_rows("linalg_solve",
                  [](const Tensor& x) {
                    const Tensor square = x.narrow(0, 0, std::min(x.size(0), x.size(1)));
                    return api::linalg_solve(square.mm(square.t()) + 10 * api::eye(square.size(0)), square);
                  }),
      of_few_rows("linalg_inv",
                  [](const Tensor& x) {
                    const Tensor square = x.narrow(0, 0, std::min(x.size(0), x.size(1)));
                    return api::linalg_inv(square.mm(square.t()) + 10 * api::eye(square.size(0)));
                  }),
      of_few_rows("linalg_det",
                  [](const Tensor& x) {
                    const Tensor square = x.narrow(0, 0, std::min(x.size(0), x.size(1)));
                    return api::linalg_det(square.mm(square.t()) / 1e3 + api::eye(square.size(0)));
                  }),
      of_few_rows("linalg_slogdet",
                  [](const Tensor& x) {
                    const Tensor square = x.narrow(0, 0, std::min(x.size(0), x.size(1)));
                    return std::get<1>(api::linalg_slogdet(square.mm(square.t()) + 10 * api::eye(square.size(0))));
                  }),
      of_few_rows("linalg_matrix_power", [](const Tensor& x) { return api::linalg_matrix_power(x.mm(x.t()) / 1e3, 5); }),
      of_few_rows("linalg_vander", [](const Tensor& x) { return api::linalg_vander(x, 4); }),
      over_matrix("linalg_matrix_norm", [](const Tensor& x) { return api::linalg_matrix_norm(x, 1); }),
      binary("linalg_vecdot", [](const Tensor& a, const Tensor& b) { return api::linalg_vecdot(a, b); }),
      over_matrix("group_norm", [](const Tensor& x) { return api::group_norm(x.unsqueeze(2), x.size(1) % 2 == 0 ? 2 : 1); }),
      over_matrix("instance_norm", [](const Tensor& x) { return F::instance_norm(x.unsqueeze(0)); }),
      over_matrix(
          "local_response_norm",
          [](const Tensor& x) { return F::local_response_norm(x.unsqueeze(0), F::LocalResponseNormFuncOptions(2)); }),
      over_matrix("feature_dropout", [](const Tensor& x) { return api::feature_dropout(x, 0.5, true); }),
      over_matrix("flatten_dense_tensors",
                  [](const Tensor& x) {
                    return api::flatten_dense_tensors({x, x});
                  }),
      over_matrix("unflatten_dense_tensors",
                  [](const Tensor& x) { return api::unflatten_dense_tensors(x.reshape({-1}), {x})[0]; }),
      of_few_rows("conv_tbc",
                  [](const Tensor& x) {
                    const Tensor few = x.narrow(1, 0, std::min<std::int64_t>(x.size(1), 16)).unsqueeze(1);
                    return api::conv_tbc(few, api::ones({3, few.size(2), 8}), api::zeros({8}), 1);
                  }),
      binary("vdot", [](const Tensor& a, const Tensor& b) { return api::vdot(a, b); }),
      {"cross",
       [](std::int64_t n) {
         const Tensor a = leaf({n / 3 + 1, 3});
         const Tensor b = leaf({n / 3 + 1, 3});
         return differentiated({a, b}, [=] { return api::cross(a, b, 1); });
       }},
      cell<nn::RNNCell, nn::RNNCellOptions>(
          "rnn_tanh_cell", [](nn::RNNCell& cell, const Tensor& x, const Tensor& h) { return cell->forward(x, h); }),
      {"rnn_relu_cell",
       [](std::int64_t n) {
         const std::vector<std::int64_t> sizes = matrix(n);
         if (sizes[1] > 512) return Step();
         nn::RNNCell module(nn::RNNCellOptions(sizes[1], sizes[1]).nonlinearity(api::kReLU));
         const Tensor x = leaf(sizes);
         const Tensor h = leaf(sizes);
         return differentiated(module->parameters(), [=]() mutable { return module->forward(x, h); });
       }},
      cell<nn::GRUCell, nn::GRUCellOptions>(
          "gru_cell", [](nn::GRUCell& cell, const Tensor& x, const Tensor& h) { return cell->forward(x, h); }),
      cell<nn::LSTMCell, nn::LSTMCellOptions>("lstm_cell",
                                              [](nn::LSTMCell& cell, const Tensor& x, const Tensor& h) {
                                                return std::get<0>(cell->forward(x, std::make_tuple(h, h)));
                                              }),
  };
}

}  // namespace benchmarks
