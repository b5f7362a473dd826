#include "../ranks.h"

namespace support {

void RankOptions::add_to(OptionParser& parser) {
  parser.group("Ranks");
  parser.add("--ranks", ranks,
             "Processes to train with on this machine; under mpirun, srun or with RANK set, none are started",
             Range::positive);
  parser.add(
      "--shards", shards,
      "Parts of each batch: results depend on them, and not on the ranks, at most as many; 0: one for one rank, else 8",
      Range::not_negative);
  parser.add_choice("--backend", backend, {"gloo", "mpi"}, "What moves the bytes; gloo where nothing else is said");
  parser.add("--timeout", timeout, "Seconds for which a rank waits for the others", Range::positive);
}

}  // namespace support
