/// One step of a recurrent net: recurrent_layer (autograd/ops/recurrent.h) over a sequence of one. In a loop over steps, the
/// weights are brought into the kernels' layout once for each graph.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "autograd/base/arg.h"
#include "autograd/ops/recurrent.h"
#include "nn/layer.h"
#include "nn/modules/recurrent_sizes.h"
#include "nn/modules/rnn.h"

namespace xgrad::nn {

namespace detail {

/// The options that RNNCell, LSTMCell and GRUCell have.
template <class Options>
struct RecurrentCellOptions : RecurrentSizes<Options> {
  using RecurrentSizes<Options>::RecurrentSizes;
  XGRAD_ARG_OF(Options, bool, bias) = true;  ///< whether there are bias_ih and bias_hh
};

}  // namespace detail

struct RNNCellOptions : detail::RecurrentCellOptions<RNNCellOptions> {
  using RecurrentCellOptions::RecurrentCellOptions;
  XGRAD_ARG(RNNOptions::Nonlinearity, nonlinearity) = kTanh;
  XGRAD_FIELDS(bare(input_size), bare(hidden_size), unless(bias, true),
               unless(nonlinearity, RNNOptions::Nonlinearity(kTanh)));
};

struct LSTMCellOptions : detail::RecurrentCellOptions<LSTMCellOptions> {
  using RecurrentCellOptions::RecurrentCellOptions;
  XGRAD_FIELDS(bare(input_size), bare(hidden_size), unless(bias, true));
};

struct GRUCellOptions : detail::RecurrentCellOptions<GRUCellOptions> {
  using RecurrentCellOptions::RecurrentCellOptions;
  XGRAD_FIELDS(bare(input_size), bare(hidden_size), unless(bias, true));
};

namespace detail {

/// Parameters weight_ih, weight_hh, bias_ih, bias_hh, uniform on [-1/sqrt(hidden), 1/sqrt(hidden)].
class RNNCellImplBase : public Module {
 public:
  // Throw ValueError for sizes that are not positive.
  explicit RNNCellImplBase(const RNNCellOptions& options);
  explicit RNNCellImplBase(const LSTMCellOptions& options);
  explicit RNNCellImplBase(const GRUCellOptions& options);

  /// Draws the parameters anew.
  void reset_parameters();

  Tensor weight_ih;  ///< (gates * hidden, input)
  Tensor weight_hh;  ///< (gates * hidden, hidden)
  Tensor bias_ih;    ///< (gates * hidden); undefined without bias
  Tensor bias_hh;    ///< (gates * hidden); undefined without bias

 protected:
  void register_weights();
  /// The next h and c from the states given, or zeros; one sequence without a batch gets a batch of one.
  std::tuple<Tensor, Tensor> step(const Tensor& x, const Tensor& h, const Tensor& c = Tensor()) const;

 private:
  RNNCellImplBase(const char* kind, recurrent::RecurrentCell cell, std::int64_t input_size, std::int64_t hidden_size,
                  bool bias);

  const char* kind_;
  recurrent::RecurrentCell cell_;
  std::int64_t input_size_;
  std::int64_t hidden_size_;
  bool bias_;
};

}  // namespace detail

/// (batch, input), (batch, hidden) or zeros -> (batch, hidden); the batch may be left out. Throws ShapeError, TypeError.
/// https://pytorch.org/docs/1.13/generated/torch.nn.RNNCell.html
class RNNCellImpl : public Layer<RNNCellImpl, RNNCellOptions, detail::RNNCellImplBase> {
 public:
  RNNCellImpl(std::int64_t input_size, std::int64_t hidden_size);
  explicit RNNCellImpl(const RNNCellOptions& options_);
  void reset() override { register_weights(); }
  Tensor forward(const Tensor& x, const Tensor& h = {}) const;
};
XGRAD_MODULE(RNNCell);

/// As RNNCell, with the states h and c. https://pytorch.org/docs/1.13/generated/torch.nn.LSTMCell.html
class LSTMCellImpl : public Layer<LSTMCellImpl, LSTMCellOptions, detail::RNNCellImplBase> {
 public:
  /// h and c.
  using States = std::tuple<Tensor, Tensor>;
  LSTMCellImpl(std::int64_t input_size, std::int64_t hidden_size);
  explicit LSTMCellImpl(const LSTMCellOptions& options_);
  void reset() override { register_weights(); }
  States forward(const Tensor& x, const std::optional<States>& state = std::nullopt) const;
};
XGRAD_MODULE(LSTMCell);

/// As RNNCell. https://pytorch.org/docs/1.13/generated/torch.nn.GRUCell.html
class GRUCellImpl : public Layer<GRUCellImpl, GRUCellOptions, detail::RNNCellImplBase> {
 public:
  GRUCellImpl(std::int64_t input_size, std::int64_t hidden_size);
  explicit GRUCellImpl(const GRUCellOptions& options_);
  void reset() override { register_weights(); }
  Tensor forward(const Tensor& x, const Tensor& h = {}) const;
};
XGRAD_MODULE(GRUCell);

}  // namespace xgrad::nn
