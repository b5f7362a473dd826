#!/usr/bin/env bash
# The acceptance tests of training on several ranks, each by one command: acceptance.sh A1 ... A13, or several, or `all`.
# They take the programs of build/release, or of XGRAD_BUILD_DIR, and build what is missing. XGRAD_KILLS: how many failures A8
# makes (100). What a machine lacks (mpirun, PyTorch) is said and left out.

source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/setup.sh"
source=$xgrad_root
build=$xgrad_build
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

engines() {
  echo gloo
  if command -v mpirun > /dev/null && [[ -e $build/libxgrad_distributed_mpi.so ]]; then echo mpi; fi
}

need() {  # TARGET...: builds them
  local target
  for target in "$@"; do build_target "$target" -DXGRAD_EXAMPLES=ON -DXGRAD_BENCHMARKS=ON; done
}

tests() {  # FILTER: tests of distributed_tests, of which there must be some
  need distributed_tests
  "$build/tests/distributed/distributed_tests" --gtest_brief=1 --gtest_filter="$1" | tee "$folder/tests"
  grep -qE 'PASSED *\] [1-9]' "$folder/tests"
}

# Any number of ranks, threads, engine, bucket size, overlap, delay, ZeRO, sharded table: one file.
A1() {
  need parallel
  local options=(--shards 8 --steps 60 --every 60 --hidden 32 --embedding 16 --timeout 120) runs=0 backend ranks
  train() {  # EXPECTED NAME OPTIONS...
    "$build/examples/parallel" "${options[@]}" --checkpoint "$folder/$2" --save "$folder/$2.pt" "${@:3}" > "$folder/log" 2>&1 || {
      cat "$folder/log"
      return 1
    }
    [[ $1 == none ]] || cmp "$folder/$1/checkpoint-0000000060.pt" "$folder/$2/checkpoint-0000000060.pt" || return 1
    [[ $1 == none ]] || cmp "$folder/$1.pt" "$folder/$2.pt" || return 1
    rm -rf "${folder:?}/run" "$folder/run.pt"
    runs=$((runs + 1))
  }
  train none alone --threads 1
  # Clipped are the parameters that all ranks have whole: beside a sharded table, others than without one.
  train none alone_sharded --threads 2 --sharded
  for backend in $(engines); do
    for ranks in 1 2 3 4 6 8; do
      train alone run --ranks $ranks --backend "$backend" --threads 1
      train alone run --ranks $ranks --backend "$backend" --threads 2
      train alone run --ranks $ranks --backend "$backend" --threads 1 --zero
      train alone_sharded run --ranks $ranks --backend "$backend" --threads 1 --sharded
    done
    train alone run --ranks 3 --backend "$backend" --threads 1 --bucket-mb 0.015625
    train alone run --ranks 4 --backend "$backend" --threads 1 --no-overlap
    XGRAD_DISTRIBUTED_JITTER=5ms train alone run --ranks 4 --backend "$backend" --threads 1
    XGRAD_DISTRIBUTED_JITTER=5ms train alone run --ranks 6 --backend "$backend" --threads 1 --bucket-mb 0.015625 --zero
  done
  echo "$runs runs, the same files"
}

# One shard is the program without ranks.
A2() {
  tests 'DataParallelTest.one_shard*:ShardedEmbeddingTest.one_shard*'
  need sentiment
  need sentiment_ranks
  local data=$source/tests/examples/data/own/labels.csv
  "$build/examples/sentiment" --data "$data" --epochs 3 --save "$folder/plain.safetensors" > /dev/null
  "$build/examples/sentiment_ranks" --data "$data" --epochs 3 --save "$folder/one.safetensors" > /dev/null
  cmp "$folder/plain.safetensors" "$folder/one.safetensors"
}

# Short batches, empty shards, unused parameters, what is not finite.
A3() { tests 'DataParallelTest.any_number*:DataParallelTest.empty_shards*:DataParallelTest.a_shard_that_is_not_finite*:LoaderTest*:*Loader*short*'; }
# Each example once an epoch.
A4() { tests '*Loader*:*BatchOrder*:*deal_by_length*'; }
# A mean over tokens is that of the batch that is not cut.
A5() { tests 'DataParallelTest.gradients_are_those_of_the_whole_batch*'; }
# Gradients through step().
A6() { tests 'DataParallelTest.gradients_are_those_of_the_loss_that_step_returns'; }
# Messages and bytes.
A7() { tests 'TrafficTest.*'; }

# Failures at random places; each run is started again on other ranks, and ends in the file of the undisturbed one.
A8() {
  need failing_run
  local backend
  for backend in $(engines); do
    "$source/tests/distributed/failures.sh" "$build/tests/distributed/failing_run" "$backend"
    "$source/tests/distributed/failures.sh" "$build/tests/distributed/failing_run" "$backend" "${XGRAD_KILLS:-100}"
  done
}

# Ranks that differ.
A9() { tests 'DataParallelTest.ranks_that_differ*:FailureTest.*:ShardedEmbeddingTest.ranks_with*'; }

# The sanitizers, on ranks that are threads. On one core, so that TBB, which is not compiled for them, has nothing to do.
A10() {
  local sanitizer
  for sanitizer in tsan asan; do
    (cd "$source" && cmake --preset "$sanitizer" > "$folder/log" && cmake --build --preset "$sanitizer" --target distributed_tests)
    (cd "$source" && taskset -c 0 ctest --preset "$sanitizer" --no-tests=error -R '^distributed_tests')
  done
}

# The core knows nothing of the engines, and is built and tested without their packages; packages; programs that link each part.
A11() {
  need xgrad
  if ldd "$build/libxgrad.so" | grep -E 'mpi|gloo'; then return 1; fi
  need xgrad_distributed
  if ldd "$build/libxgrad_distributed.so" | grep -E 'mpi|gloo'; then return 1; fi
  cmake -S "$source" -B "$folder/without" -G Ninja -DXGRAD_MPI=OFF -DXGRAD_GLOO=OFF -DXGRAD_EXAMPLES=OFF > "$folder/log"
  if ninja -C "$folder/without" -t targets all | grep -E 'distributed_(mpi|gloo)'; then return 1; fi
  cmake -S "$source" -B "$folder/without" -DXGRAD_DISTRIBUTED=OFF > "$folder/log"
  if ninja -C "$folder/without" -t targets all | grep distributed; then return 1; fi
  (cd "$source" && cmake --preset package > "$folder/log" && cmake --build --preset package && cpack --preset package -B "$folder/packages")
  local part
  for part in libxgrad-distributed0_ libxgrad-distributed-gloo0_ libxgrad-dev_; do ls "$folder"/packages/$part*.deb; done
  if [[ $(engines) == *mpi* ]]; then ls "$folder"/packages/libxgrad-distributed-mpi0_*.deb; fi
  ctest --test-dir "$build" --no-tests=error -R '^install' --output-on-failure
}

# Speed: needs a machine that does nothing else.
A12() {
  need scaling
  need exchange
  python3 -B "$source/benchmarks/scaling/speed.py" --build "$build"
}

# A checkpoint of four ranks in PyTorch.
A13() {
  need parallel
  "$build/examples/parallel" --shards 8 --steps 6 --every 6 --hidden 32 --embedding 16 --ranks 4 --checkpoint "$folder/run" > "$folder/log" 2>&1
  if ! /usr/bin/python3 -c 'import torch' 2> /dev/null; then
    echo "without PyTorch (python3-torch): left out"
    return
  fi
  /usr/bin/python3 "$source/tests/distributed/read_checkpoint.py" "$folder/run/checkpoint-0000000006.pt"
}

chosen=("$@")
[[ ${chosen[*]} != all ]] || chosen=(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13)
if ((${#chosen[@]} == 0)); then
  sed -n 's/^# //p' "${BASH_SOURCE[0]}" | head -3
  exit 2
fi
for name in "${chosen[@]}"; do
  [[ $name =~ ^A([1-9]|1[0-3])$ ]] || { echo "there is no $name: A1 to A13, or all"; exit 2; }
  start=$SECONDS
  echo "== $name"
  "$name"
  echo "$name passed in $((SECONDS - start)) s"
done
