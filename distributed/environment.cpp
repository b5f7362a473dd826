#include "distributed/environment.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "autograd/base/check.h"

namespace xgrad::distributed {

namespace {

std::string text_of(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
  return value == nullptr ? "" : value;
}

std::optional<int> number_of(const char* name) {
  const std::string text = text_of(name);
  if (text.empty()) return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  check<ValueError>(error == std::errc() && end == text.data() + text.size() && number >= 0,
                    "init_process_group: {}={} is no number", name, text);
  return number;
}

/// The variables in which a launcher gives rank, size and rank on the machine.
struct Variables {
  const char* launcher;
  const char* rank;
  const char* size;
  const char* local_rank;
};

constexpr Variables launchers[] = {
    {"env", "RANK", "WORLD_SIZE", "LOCAL_RANK"},
    {"mpi", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"},
    {"mpi", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"},
    {"slurm", "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID"},
};

}  // namespace

Environment read_environment() {
  Environment environment;
  environment.master_address = text_of("MASTER_ADDR");
  environment.master_port = number_of("MASTER_PORT").value_or(0);
  check<ValueError>(environment.master_port < 65536, "init_process_group: MASTER_PORT={} is no port",
                    environment.master_port);
  for (const Variables& variables : launchers) {
    // In a batch script of Slurm these variables are set as well; srun, which starts the ranks, adds the number of its step.
    if (std::string_view(variables.launcher) == "slurm" && text_of("SLURM_STEP_ID").empty()) continue;
    const auto rank = number_of(variables.rank);
    const auto size = number_of(variables.size);
    if (!rank && !size) continue;
    check<ValueError>(rank.has_value() && size.has_value(), "init_process_group: {} is set, and {} is not",
                      rank ? variables.rank : variables.size, rank ? variables.size : variables.rank);
    check<ValueError>(*rank < *size, "init_process_group: {}={} is not below {}={}", variables.rank, *rank, variables.size,
                      *size);
    environment.rank = *rank;
    environment.world_size = *size;
    environment.local_rank = number_of(variables.local_rank);
    environment.launcher = variables.launcher;
    break;
  }
  return environment;
}

}  // namespace xgrad::distributed
