// oneDNN has recurrent layers and no training around them: forward and backward of the layer alone. The weights lie in
// memory as in a model, gates beside one another, and come to the layer's own layout and back once a step, since training
// changes them at every step.

#include <omp.h>

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <random>
#include <unordered_map>

#include "support/rows.h"

namespace {

using benchmarks::Row;
using dnnl::memory;
using Arguments = std::unordered_map<int, memory>;
using Tag = memory::format_tag;

class LstmTraining {
 public:
  explicit LstmTraining(const Row& row)
      : engine_(dnnl::engine::kind::cpu, 0),
        stream_(engine_),
        src_({row.steps, row.batch, row.input}, memory::data_type::f32, Tag::tnc),
        dst_({row.steps, row.batch, row.hidden}, memory::data_type::f32, Tag::tnc),
        state_({1, 1, row.batch, row.hidden}, memory::data_type::f32, Tag::ldnc),
        bias_({1, 1, 4, row.hidden}, memory::data_type::f32, Tag::ldgo),
        plain_layer_({1, 1, row.input, 4, row.hidden}, memory::data_type::f32, Tag::ldigo),
        plain_iter_({1, 1, row.hidden, 4, row.hidden}, memory::data_type::f32, Tag::ldigo),
        forward_(forward_desc(), engine_),
        backward_(backward_desc(), engine_, forward_),
        run_forward_(forward_),
        run_backward_(backward_) {
    const memory workspace(forward_.workspace_desc(), engine_);
    arguments_ = {{DNNL_ARG_SRC_LAYER, filled(src_)},    {DNNL_ARG_SRC_ITER, filled(state_)},
                  {DNNL_ARG_SRC_ITER_C, filled(state_)}, {DNNL_ARG_BIAS, filled(bias_)},
                  {DNNL_ARG_DST_LAYER, filled(dst_)},    {DNNL_ARG_DST_ITER, filled(state_)},
                  {DNNL_ARG_DST_ITER_C, filled(state_)}, {DNNL_ARG_WORKSPACE, workspace}};
    backward_arguments_ = arguments_;
    for (const auto& [argument, description] : {std::pair{DNNL_ARG_DIFF_SRC_LAYER, src_},
                                                {DNNL_ARG_DIFF_SRC_ITER, state_},
                                                {DNNL_ARG_DIFF_SRC_ITER_C, state_},
                                                {DNNL_ARG_DIFF_BIAS, bias_},
                                                {DNNL_ARG_DIFF_DST_LAYER, dst_},
                                                {DNNL_ARG_DIFF_DST_ITER, state_},
                                                {DNNL_ARG_DIFF_DST_ITER_C, state_}}) {
      backward_arguments_.emplace(argument, filled(description));
    }
    add_weights(DNNL_ARG_WEIGHTS_LAYER, DNNL_ARG_DIFF_WEIGHTS_LAYER, plain_layer_, forward_.weights_layer_desc(),
                backward_.weights_layer_desc(), backward_.diff_weights_layer_desc());
    add_weights(DNNL_ARG_WEIGHTS_ITER, DNNL_ARG_DIFF_WEIGHTS_ITER, plain_iter_, forward_.weights_iter_desc(),
                backward_.weights_iter_desc(), backward_.diff_weights_iter_desc());
  }

  void step() {
    for (Move& move : before_forward_) move.run(stream_);
    run_forward_.execute(stream_, arguments_);
    for (Move& move : before_backward_) move.run(stream_);
    // The layer adds to the gradients of its weights.
    for (memory* gradient :
         {&backward_arguments_.at(DNNL_ARG_DIFF_WEIGHTS_LAYER), &backward_arguments_.at(DNNL_ARG_DIFF_WEIGHTS_ITER),
          &backward_arguments_.at(DNNL_ARG_DIFF_BIAS)}) {
      auto* bytes = static_cast<unsigned char*>(gradient->get_data_handle());
      std::fill(bytes, bytes + gradient->get_desc().get_size(), 0);
    }
    run_backward_.execute(stream_, backward_arguments_);
    for (Move& move : after_backward_) move.run(stream_);
    stream_.wait();
  }

 private:
  /// From one layout to another.
  struct Move {
    Move(memory source, memory target) : from(std::move(source)), to(std::move(target)), reorder(from, to) {}
    void run(dnnl::stream& stream) { reorder.execute(stream, from, to); }
    memory from;
    memory to;
    dnnl::reorder reorder;
  };

  static memory::desc any_layout(const memory::desc& desc) { return {desc.dims(), memory::data_type::f32, Tag::any}; }

  dnnl::lstm_forward::desc forward_desc() const {
    return {dnnl::prop_kind::forward_training,
            dnnl::rnn_direction::unidirectional_left2right,
            src_,
            state_,
            state_,
            any_layout(plain_layer_),
            any_layout(plain_iter_),
            bias_,
            dst_,
            state_,
            state_};
  }
  dnnl::lstm_backward::desc backward_desc() const {
    const memory::desc layer = any_layout(plain_layer_);
    const memory::desc iter = any_layout(plain_iter_);
    return {dnnl::prop_kind::backward,
            dnnl::rnn_direction::unidirectional_left2right,
            src_,
            state_,
            state_,
            layer,
            iter,
            bias_,
            dst_,
            state_,
            state_,
            src_,
            state_,
            state_,
            layer,
            iter,
            bias_,
            dst_,
            state_,
            state_};
  }

  memory filled(const memory::desc& desc) {
    memory made(desc, engine_);
    auto* values = static_cast<float*>(made.get_data_handle());
    std::uniform_real_distribution<float> uniform(-0.1F, 0.1F);
    std::generate(values, values + desc.get_size() / sizeof(float), [&] { return uniform(random_); });
    return made;
  }

  void add_weights(int argument, int diff_argument, const memory::desc& plain, const memory::desc& forward,
                   const memory::desc& backward, const memory::desc& diff) {
    const memory weights = filled(plain);
    const memory for_forward(forward, engine_);
    const memory for_backward(backward, engine_);
    const memory gradient(diff, engine_);
    before_forward_.emplace_back(weights, for_forward);
    before_backward_.emplace_back(weights, for_backward);
    if (diff != plain) after_backward_.emplace_back(gradient, memory(plain, engine_));
    arguments_.emplace(argument, for_forward);
    backward_arguments_.emplace(argument, for_backward);
    backward_arguments_.emplace(diff_argument, gradient);
  }

  dnnl::engine engine_;
  dnnl::stream stream_;
  memory::desc src_;
  memory::desc dst_;
  memory::desc state_;
  memory::desc bias_;
  memory::desc plain_layer_;
  memory::desc plain_iter_;
  dnnl::lstm_forward::primitive_desc forward_;
  dnnl::lstm_backward::primitive_desc backward_;
  dnnl::lstm_forward run_forward_;
  dnnl::lstm_backward run_backward_;
  std::mt19937 random_{0};
  Arguments arguments_;
  Arguments backward_arguments_;
  std::vector<Move> before_forward_;
  std::vector<Move> before_backward_;
  std::vector<Move> after_backward_;
};

benchmarks::Step training(const Row& row) {
  if (row.cell != benchmarks::Cell::lstm || row.kind != benchmarks::Kind::padded) return {};
  const auto layer = std::make_shared<LstmTraining>(row);
  return [layer] { layer->step(); };
}

}  // namespace

int main(int argc, char** argv) { return benchmarks::run(argc, argv, {"oneDNN", omp_set_num_threads, training, {}}); }
