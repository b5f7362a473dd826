/// What a launcher (mpirun, srun, torchrun, a script) has told this process about its place.
#pragma once

#include <optional>
#include <string>

namespace xgrad::distributed {

/// The place of a process among those that work together, as environment variables have it.
struct Environment {
  int rank = 0;                   ///< RANK, OMPI_COMM_WORLD_RANK, PMI_RANK or SLURM_PROCID
  int world_size = 1;             ///< WORLD_SIZE, OMPI_COMM_WORLD_SIZE, PMI_SIZE or SLURM_NTASKS
  std::optional<int> local_rank;  ///< LOCAL_RANK, OMPI_COMM_WORLD_LOCAL_RANK, MPI_LOCALRANKID or SLURM_LOCALID
  std::string launcher;           ///< "env", "mpi", "slurm", or nothing without a launcher
  std::string master_address;     ///< MASTER_ADDR
  int master_port = 0;            ///< MASTER_PORT; 0 where it is not given
};

/// Reads the environment. Throws ValueError for numbers that make no sense.
Environment read_environment();

}  // namespace xgrad::distributed
