// Any number of ranks, over libxgrad_distributed. See alone.cpp.

#include <xgrad/distributed.h>

#include <cstdio>

#include "../ranks.h"

namespace support {

using namespace xgrad;

namespace {

/// Calls what needs the other ranks.
template <class Function>
auto together(const Function& function) {
  try {
    return function();
  } catch (const distributed::DistributedError& error) {
    throw RanksFailed(error.what());
  }
}

/// What DistributedDataParallel holds: a module that somebody else owns.
struct Reference {
  nn::Module* module;
  nn::Module& operator*() const { return *module; }
};

}  // namespace

std::optional<int> Ranks::start(const RankOptions& options, int argc, char** argv) {
  if (options.shards > 0 && options.ranks > options.shards) {
    throw ValueError("--ranks: there are fewer shards than ranks (--shards)");
  }
  if (options.ranks == 1 || distributed::is_launched()) return std::nullopt;
  return together([&] {
    return distributed::launch(argc, argv,
                               {.ranks = options.ranks, .backend = options.backend.empty() ? "gloo" : options.backend});
  });
}

Ranks::Ranks(const RankOptions& options, CommonOptions& common) : asked_for_(true) {
  const bool has_others = distributed::is_launched();
  together([&] {
    distributed::init_process_group({.backend = has_others && !options.backend.empty() ? options.backend : "auto",
                                     .timeout = std::chrono::seconds(options.timeout)});
  });
  if (common.threads > 0) set_num_threads(common.threads);
  rank_ = distributed::get_rank();
  size_ = distributed::get_world_size();
  shards_ = options.shards > 0 ? options.shards : size_ == 1 ? 1 : std::max<std::int64_t>(8, size_);
  if (size_ > shards_) throw ValueError("--shards: there are fewer shards than ranks");
  const auto range = distributed::shards_of_rank(rank_, size_, shards_);
  first_ = range.begin;
  own_ = range.size();
  if (is_main()) return;
  common.writes = false;
  common.plot.clear();
  common.log.clear();
  if (std::freopen("/dev/null", "w", stdout) == nullptr) throw FileError("/dev/null cannot be opened");
}

Ranks::~Ranks() = default;

std::vector<std::vector<std::size_t>> Ranks::own_shards(const std::vector<std::int64_t>& lengths) const {
  const auto all = data::deal_by_length(lengths, shards_);
  return {all.begin() + first_, all.begin() + first_ + own_};
}

std::int64_t Ranks::sum(std::int64_t count) const {
  if (size_ == 1) return count;
  const Tensor all = tensor({count});
  together([&] { distributed::all_reduce(all); });
  return all.item<std::int64_t>();
}

void Ranks::add_to(Figures& result) const { result.emplace_back("ranks", size_); }

void Ranks::finish() {
  together([] { distributed::destroy_process_group(); });
}

struct ParallelModel::Parallel {
  nn::parallel::DistributedDataParallel<Reference> model;
};

ParallelModel::ParallelModel(nn::Module& model, const Ranks& ranks)
    : parallel_(together([&] {
        return std::unique_ptr<Parallel>(new Parallel{nn::parallel::DistributedDataParallel(
            Reference{&model}, {.shards = ranks.shards_, .reduction = distributed::ReduceOp::sum})});
      })) {}
ParallelModel::~ParallelModel() = default;

double ParallelModel::step(const std::function<Tensor(std::size_t)>& loss_of) {
  auto& model = parallel_->model;
  const std::int64_t first = model.own_shards().begin;
  return together(
      [&] { return model.step([&](std::int64_t shard) { return loss_of(static_cast<std::size_t>(shard - first)); }); });
}

}  // namespace support
