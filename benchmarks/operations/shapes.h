/// Rows of views, and of what joins and splits.
#pragma once

#include "operations/cases.h"

namespace benchmarks {

inline std::vector<Case> shape_cases() {
  return {
      view_of_matrix("view", [](const Tensor& x) { return x.view({-1}); }),
      view_of_matrix("reshape", [](const Tensor& x) { return api::reshape(x, {-1}); }),
      over_matrix("expand",
                  [](const Tensor& x) {
                    return x.unsqueeze(0).expand({2, x.size(0), x.size(1)});
                  }),
      view_of_matrix("transpose", [](const Tensor& x) { return api::transpose(x, 0, 1); }),
      view_of_matrix("t", [](const Tensor& x) { return api::t(x); }),
      view_of_matrix("permute",
                     [](const Tensor& x) {
                       return api::permute(x, {1, 0});
                     }),
      view_of_matrix("movedim", [](const Tensor& x) { return api::movedim(x, 0, 1); }),
      over_matrix("select", [](const Tensor& x) { return api::select(x, 1, 0); }),
      over_matrix("slice", [](const Tensor& x) { return x.slice(1, 0, x.size(1), 2); }),
      view_of_matrix("squeeze", [](const Tensor& x) { return api::squeeze(x.unsqueeze(0), 0); }),
      view_of_matrix("unsqueeze", [](const Tensor& x) { return api::unsqueeze(x, 0); }),
      view_of_matrix("flatten", [](const Tensor& x) { return api::flatten(x); }),
      view_of_matrix("unflatten",
                     [](const Tensor& x) {
                       return x.view({x.size(0), 1, x.size(1)});
                     }),
      over_matrix("diagonal", [](const Tensor& x) { return api::diagonal(x); }),
      over_matrix("as_strided",
                  [](const Tensor& x) {
                    return api::as_strided(x, {x.size(1), x.size(0)}, {1, x.size(1)});
                  }),
      unary("unfold", [](const Tensor& x) { return x.unfold(0, 4, 2); }),
      over_matrix("split", [](const Tensor& x) { return summed(api::split(x, (x.size(0) + 1) / 2)); }),
      over_matrix("split_with_sizes",
                  [](const Tensor& x) {
                    return summed(api::split_with_sizes(x, {1, x.size(0) - 1}));
                  }),
      over_matrix("chunk", [](const Tensor& x) { return summed(api::chunk(x, 2)); }),
      over_matrix("tensor_split", [](const Tensor& x) { return summed(api::tensor_split(x, 2)); }),
      over_matrix("hsplit", [](const Tensor& x) { return summed(api::hsplit(x, 2)); }),
      over_matrix("vsplit", [](const Tensor& x) { return summed(api::vsplit(x, 2)); }),
      over_matrix("dsplit", [](const Tensor& x) { return summed(api::dsplit(x.unsqueeze(0), 2)); }),
      over_matrix("unbind",
                  [](const Tensor& x) {
                    return summed(api::unbind(x.view({2, -1})));
                  }),
      over_matrix("hstack",
                  [](const Tensor& x) {
                    return api::hstack({x, x});
                  }),
      over_matrix("vstack",
                  [](const Tensor& x) {
                    return api::vstack({x, x});
                  }),
      over_matrix("dstack",
                  [](const Tensor& x) {
                    return api::dstack({x, x});
                  }),
      over_matrix("column_stack",
                  [](const Tensor& x) {
                    return api::column_stack({x, x});
                  }),
      at_most(65536, over_matrix("block_diag",
                                 [](const Tensor& x) {
                                   return api::block_diag({x, x});
                                 })),
      unary("atleast_1d", [](const Tensor& x) { return api::atleast_1d(x); }),
      unary("atleast_2d", [](const Tensor& x) { return api::atleast_2d(x).neg(); }),
      unary("atleast_3d", [](const Tensor& x) { return api::atleast_3d(x).neg(); }),
      over_matrix("broadcast_tensors",
                  [](const Tensor& x) {
                    return api::broadcast_tensors({x, x.unsqueeze(0)})[0];
                  }),
      over_matrix("diag", [](const Tensor& x) { return api::diag(x); }),
      over_matrix("trace",
                  [](const Tensor& x) {
                    return api::trace(x.view({2, -1}));
                  }),
      at_most(4096, unary("diag_embed", [](const Tensor& x) { return api::diag_embed(x); })),
      at_most(4096, unary("diagflat", [](const Tensor& x) { return api::diagflat(x); })),
      over_matrix("diagonal_scatter", [](const Tensor& x) { return api::diagonal_scatter(x, api::diagonal(x) * 2); }),
      over_matrix("select_scatter", [](const Tensor& x) { return api::select_scatter(x, x.select(0, 0) * 2, 0, 1); }),
      over_matrix("slice_scatter", [](const Tensor& x) { return api::slice_scatter(x, x.slice(0, 0, 1) * 2, 0, 1, 2); }),
      over_matrix("as_strided_scatter",
                  [](const Tensor& x) { return api::as_strided_scatter(x, x.select(0, 0) * 2, {x.size(1)}, {1}); }),
      over_matrix("tile",
                  [](const Tensor& x) {
                    return api::tile(x, {2, 1});
                  }),
      over_matrix("repeat_interleave", [](const Tensor& x) { return api::repeat_interleave(x, 2, 0); }),
      over_matrix("fliplr", [](const Tensor& x) { return api::fliplr(x); }),
      over_matrix("flipud", [](const Tensor& x) { return api::flipud(x); }),
      over_matrix("rot90",
                  [](const Tensor& x) {
                    return api::rot90(x, 1, {0, 1});
                  }),
      over_matrix("triu", [](const Tensor& x) { return api::triu(x); }),
      over_matrix("pad",
                  [](const Tensor& x) {
                    return api::nn::functional::pad(x, api::nn::functional::PadFuncOptions({1, 2}));
                  }),
      over_matrix("meshgrid",
                  [](const Tensor& x) {
                    return api::meshgrid({x.select(0, 0), x.select(1, 0)}, "ij")[0];
                  }),
      over_matrix("cartesian_prod",
                  [](const Tensor& x) {
                    return api::cartesian_prod({x.select(0, 0), x.select(1, 0)});
                  }),
      over_matrix("combinations", [](const Tensor& x) { return api::combinations(x.select(1, 0)); }),
      over_matrix("vander", [](const Tensor& x) { return api::vander(x.select(1, 0), 8); }),
  };
}

}  // namespace benchmarks
