// One rank, without libxgrad_distributed: the first run of an example need not compile that. Several ranks are another
// program, NAME_ranks, which is linked with several.cpp in the place of this file.

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <string>

#include "../ranks.h"

namespace support {

using namespace xgrad;

namespace {

/// Whether a launcher has started this process as one of several.
bool is_launched() {
  for (const char* name : {"WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    const char* count = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    if (count != nullptr && std::string(count) != "1") return true;
  }
  return false;
}

}  // namespace

std::optional<int> Ranks::start(const RankOptions& options, int /*argc*/, char** argv) {
  if (options.ranks == 1 && options.shards <= 1 && !is_launched()) return std::nullopt;
  std::string program(4096, '\0');
  const ssize_t length = ::readlink("/proc/self/exe", program.data(), program.size());
  program.resize(static_cast<std::size_t>(std::max<ssize_t>(0, length)));
  program += "_ranks";
  std::fflush(nullptr);
  ::execv(program.c_str(), argv);
  throw ValueError(
      fmt::format("--ranks, --shards: they need the program {}: run ./examples/run.sh with them, or build it", program));
}

Ranks::Ranks(const RankOptions& /*options*/, CommonOptions& /*common*/) {}
Ranks::~Ranks() = default;

std::vector<std::vector<std::size_t>> Ranks::own_shards(const std::vector<std::int64_t>& lengths) const {
  std::vector<std::size_t> all(lengths.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return {all};
}

std::int64_t Ranks::sum(std::int64_t count) const { return count; }
void Ranks::add_to(Figures& /*result*/) const {}
void Ranks::finish() {}

struct ParallelModel::Parallel {};

ParallelModel::ParallelModel(nn::Module& /*model*/, const Ranks& /*ranks*/) {}
ParallelModel::~ParallelModel() = default;

double ParallelModel::step(const std::function<Tensor(std::size_t)>& loss_of) {
  const Tensor loss = loss_of(0);
  loss.backward();
  return loss.item<double>();
}

}  // namespace support
