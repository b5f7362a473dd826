#!/usr/bin/env bash
# Builds the benchmarks and runs them: benchmarks/run.sh [ROWS...] [memory] [latency] [throughput] [checkpointing] [footprint] [bandwidth] [--json FILE]
#                          or: benchmarks/run.sh operations [--filter REGEX] [--threads 2] [--all] [--json FILE]
#                          or: benchmarks/run.sh scaling [--turns N], training on several ranks
# Without rows or reports, all of them. libtorch and oneDNN take part where they are installed or
# can be; --without-peers neither installs nor builds them. benchmarks/run.sh --list names rows and reports; for all options:
# benchmarks/run.sh --help.

source "$(dirname "${BASH_SOURCE[0]}")/../cmake/setup.sh"

if [[ ${1-} == --list ]]; then
  printf '%s\n' A B C D E F G H I J memory latency throughput checkpointing footprint bandwidth operations scaling
  exit
fi
if [[ ${1-} == scaling ]]; then
  # Training on several ranks: benchmarks/run.sh scaling [--turns N] [--without-peers]
  [[ " $* " == *" --without-peers "* ]] || install_packages python3-torch
  install_packages libgloo-dev libopenmpi-dev openmpi-bin
  build_target scaling -DXGRAD_BENCHMARKS=ON
  exec python3 -B "$xgrad_root/benchmarks/scaling/report.py" --build "$xgrad_build" "${@:2}"
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
