#!/usr/bin/env bash
# Builds the benchmarks and runs them: benchmarks/run.sh [ROWS...] [memory] [latency] [throughput] [checkpointing] [footprint] [--json FILE]
#                          or: benchmarks/run.sh operations [--filter REGEX] [--threads 2] [--all] [--json FILE]
# Without rows or reports, all of them. libtorch and oneDNN take part where they are installed or
# can be; --without-peers neither installs nor builds them. benchmarks/run.sh --list names rows and reports; for all options:
# benchmarks/run.sh --help.

source "$(dirname "${BASH_SOURCE[0]}")/../cmake/setup.sh"

if [[ ${1-} == --list ]]; then
  printf '%s\n' A B C D E F G H I J memory latency throughput checkpointing footprint operations
  exit
fi
peers=ON
arguments=()
for argument in "$@"; do
  if [[ $argument == --without-peers ]]; then peers=OFF; else arguments+=("$argument"); fi
done
install_packages python3
if [[ ${1-} != --help && ${1-} != -h ]]; then
  [[ $peers == OFF ]] || install_packages libtorch-dev libdnnl-dev
  build_target benchmarks/all -DXGRAD_BENCHMARKS=ON -DXGRAD_BENCHMARK_PEERS=$peers
  # A peer left over from an earlier build would be measured.
  [[ $peers == ON ]] || rm -f "$xgrad_build"/benchmarks/{steps_{libtorch,onednn},operations_libtorch}
fi
exec python3 -B "$xgrad_root/benchmarks/report" --build "$xgrad_build" ${arguments[@]+"${arguments[@]}"}
