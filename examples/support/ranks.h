/// Several processes that train one model: what sentiment and write need of it, so that without it they need none of it.
#pragma once

#include <xgrad/xgrad.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "options.h"
#include "program.h"

namespace support {

/// Which processes, and how each batch is cut for them.
struct RankOptions {
  int ranks = 1;
  std::int64_t shards = 0;  ///< 0: one for one rank, otherwise 8, or as many as there are ranks
  std::string backend;      ///< empty: as whoever starts the ranks has it, otherwise gloo
  std::int64_t timeout = 300;

  /// --ranks, --shards, --backend and --timeout
  void add_to(OptionParser& parser);
};

/// This process among those that train together. Rank 0 alone prints and writes; the model, the figures and the files do not
/// depend on how many there are. In the programs `sentiment_ranks` and `write_ranks`, these are the ranks of
/// libxgrad_distributed; in `sentiment` and `write` there is one rank, and starting several of them runs the other program.
class Ranks {
 public:
  /// Joins the others, under whoever has started them. On other ranks than 0, all that prints or writes is taken from
  /// `common`. Throws RanksFailed, and ValueError for fewer shards than ranks.
  Ranks(const RankOptions& options, CommonOptions& common);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  /// Starts the processes that the options ask for, and waits for them: the exit code of this one, which is none of them.
  /// Nothing where this process is a rank itself.
  static std::optional<int> start(const RankOptions& options, int argc, char** argv);

  int size() const { return size_; }
  /// Whether this is the one that prints and writes.
  bool is_main() const { return rank_ == 0; }
  /// The places of a batch's examples of these lengths, for each shard that this rank computes.
  std::vector<std::vector<std::size_t>> own_shards(const std::vector<std::int64_t>& lengths) const;
  /// The sum over all ranks of what each has counted. All ranks call it.
  std::int64_t sum(std::int64_t count) const;
  /// Adds how many ranks there were to the last line of a program, where it was asked for.
  void add_to(Figures& result) const;
  /// The end, for which all ranks wait.
  void finish();

 private:
  // A program is linked with alone.cpp or several.cpp: the former needs few of them.
  int rank_ = 0;
  int size_ = 1;
  [[maybe_unused]] std::int64_t shards_ = 1;
  [[maybe_unused]] std::int64_t first_ = 0;  ///< of the shards that this rank computes
  [[maybe_unused]] std::int64_t own_ = 1;    ///< how many these are
  [[maybe_unused]] bool asked_for_ = false;
  friend class ParallelModel;
};

/// Trains a model on all ranks: nn::parallel::DistributedDataParallel, whose gradients are sums over shards.
class ParallelModel {
 public:
  /// The model has to live longer. All ranks make it alike.
  ParallelModel(xgrad::nn::Module& model, const Ranks& ranks);
  ~ParallelModel();
  ParallelModel(const ParallelModel&) = delete;
  ParallelModel& operator=(const ParallelModel&) = delete;

  /// One step: `loss_of(i)` gives the loss of the i-th of this rank's shards, or an undefined tensor where it has no
  /// examples, and backward is run here; the gradients are the sums over all shards then. Returns the sum of all losses.
  double step(const std::function<xgrad::Tensor(std::size_t)>& loss_of);

 private:
  struct Parallel;
  std::unique_ptr<Parallel> parallel_;
};

}  // namespace support
