#!/usr/bin/env bash
# Builds and runs a benchmark: benchmarks/run.sh [BENCHMARK [OPTIONS]]; without a name, all of them one after another.
# benchmarks/run.sh --list names them.

source "$(dirname "${BASH_SOURCE[0]}")/../cmake/setup.sh"

if [[ ${1-} == --list ]]; then
  program_names "$xgrad_root/benchmarks"
  exit
fi
if [[ $# -gt 0 ]]; then
  benchmark=$1
  shift
  choose_program "$xgrad_root/benchmarks" "$benchmark" || exit 2
  build_target "$benchmark" -DXGRAD_BENCHMARKS=ON
  exec "$xgrad_build/benchmarks/$benchmark" "$@"
fi
build_target benchmarks/all -DXGRAD_BENCHMARKS=ON
for benchmark in $(program_names "$xgrad_root/benchmarks"); do
  "$xgrad_build/benchmarks/$benchmark"
done
