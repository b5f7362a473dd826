// Training steps over a large table of vectors, of which a batch uses a few thousand: dense gradients and Adam against
// gradients by rows and SparseAdam, in turn. Prints, in milliseconds, the lower decile for each part of a step, and
// their sum: on a machine that others use, most whole steps are interrupted.

#include <xgrad/xgrad.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <memory>
#include <vector>

namespace {

using namespace xgrad;

constexpr std::int64_t words = 76000;
constexpr std::int64_t features = 64;
constexpr std::int64_t batch = 64;
constexpr std::int64_t length = 200;

constexpr std::array parts = {"zero_grad", "forward", "backward", "clip_grad_norm_", "optimizers"};

/// A classifier over the mean of the vectors, or over an LSTM's last output, and its optimizers.
class Trainer {
 public:
  Trainer(bool sparse, bool lstm) : table_(nn::EmbeddingOptions(words, features).sparse(sparse)), linear_(features, 1) {
    if (lstm) lstm_ = nn::LSTM(nn::LSTMOptions(features, features).batch_first(true));
    std::vector<Tensor> dense = linear_->parameters();
    if (lstm) {
      for (const Tensor& parameter : lstm_->parameters()) dense.push_back(parameter);
    }
    all_ = dense;
    all_.push_back(table_->weight);
    if (sparse) optimizers_.push_back(std::make_unique<optim::SparseAdam>(table_->parameters()));
    optimizers_.push_back(std::make_unique<optim::Adam>(sparse ? dense : all_));
  }

  void step(const Tensor& index) {
    time(0, [&] {
      for (const auto& optimizer : optimizers_) optimizer->zero_grad();
    });
    Tensor loss;
    time(1, [&] {
      const Tensor vectors = table_(index);
      const Tensor state = lstm_ ? std::get<0>(lstm_->forward(vectors)).select(1, -1) : vectors.mean({1});
      loss = linear_(state).square().mean();
    });
    time(2, [&] { loss.backward(); });
    time(3, [&] { nn::utils::clip_grad_norm_(all_, 1); });
    time(4, [&] {
      for (const auto& optimizer : optimizers_) optimizer->step();
    });
  }

  double lower_decile(std::size_t part) const {
    std::vector<double> sorted = times_[part];
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 10];
  }

 private:
  using Clock = std::chrono::steady_clock;

  template <class Work>
  void time(std::size_t part, const Work& work) {
    const auto start = Clock::now();
    work();
    times_[part].push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }

  nn::Embedding table_;
  nn::LSTM lstm_ = nullptr;
  nn::Linear linear_;
  std::vector<Tensor> all_;
  std::vector<std::unique_ptr<optim::Optimizer>> optimizers_;
  std::array<std::vector<double>, parts.size()> times_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Training steps over a large table of vectors, with dense gradients and with gradients by rows.");
  int steps = 40;
  int threads = 1;
  bool lstm = false;
  app.add_option("--steps", steps, "Steps of each kind")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--threads", threads, "Threads")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_flag("--lstm", lstm, "An LSTM above the table instead of a mean");
  CLI11_PARSE(app, argc, argv);

  set_num_threads(threads);
  manual_seed(0);
  Trainer dense(false, lstm);
  Trainer sparse(true, lstm);
  for (int step = 0; step < steps; ++step) {
    // The word of rank r comes about as often as 1 / r, as in texts.
    const Tensor index = exp(rand({batch, length}) * std::log(words)).to(kInt64);
    dense.step(index);
    sparse.step(index);
  }
  std::cout << std::fixed << std::setprecision(2) << std::setw(15) << ""
            << "   dense    rows   ratio\n";
  const auto print = [](const char* name, double first, double second) {
    std::cout << std::setw(15) << name << std::setw(8) << first << std::setw(8) << second << std::setw(8) << first / second
              << '\n';
  };
  double dense_sum = 0;
  double sparse_sum = 0;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    dense_sum += dense.lower_decile(part);
    sparse_sum += sparse.lower_decile(part);
    print(parts[part], dense.lower_decile(part), sparse.lower_decile(part));
  }
  print("sum", dense_sum, sparse_sum);
}
