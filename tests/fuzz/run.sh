#!/usr/bin/env bash
# Fuzzes the readers of all file formats under the address and undefined-behaviour sanitizers:
# tests/fuzz/run.sh [SECONDS [FORMAT...]]. Inputs gather in build/fuzz/corpus; one that fails is written to build/fuzz.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source cmake/setup.sh

seconds=${1:-60}
shift $(($# > 0))
formats=("$@")
[[ ${#formats[@]} -gt 0 ]] || formats=(safetensors pytorch pickle npy npz word2vec csv csv_format json_lines vocab labeled_text tagged_text
  parallel_text series)
install_packages "${xgrad_packages[@]}" clang-14 libclang-rt-14-dev
cmake --preset fuzz > /dev/null
cmake --build --preset fuzz --target fuzz
cd build/fuzz
tests/fuzz/fuzz_seeds corpus
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
for format in "${formats[@]}"; do
  mkdir -p "corpus/$format"
  "tests/fuzz/fuzz_$format" "corpus/$format" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
    -print_final_stats=1 -verbosity=0 2> "fuzz_$format.log" || {
    cat "fuzz_$format.log"
    echo "result: $format failed"
    exit 1
  }
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "fuzz_$format.log")
  memory=$(sed -n 's/^stat::peak_rss_mb: *//p' "fuzz_$format.log")
  echo "$format: $runs runs in $seconds s, at most $memory MB, no failure"
done
