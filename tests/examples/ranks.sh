#!/usr/bin/env bash
# ranks.sh PROGRAMS OWN: sentiment and write with --ranks save the file of one rank, show one line for an epoch and one result,
# and with one shard the file of the program without ranks.

set -euo pipefail
programs=$1 own=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

compare() {  # NAME OPTIONS...
  local program=$1 ranks
  shift
  "$programs/$program" "$@" --save "$program-plain.safetensors" > log
  "$programs/${program}_ranks" "$@" --shards 1 --save "$program-one.safetensors" > log
  cmp "$program-plain.safetensors" "$program-one.safetensors"
  "$programs/$program" "$@" --shards 8 --threads 1 --save "$program-1.safetensors" > log
  for ranks in 2 3; do
    "$programs/$program" "$@" --ranks $ranks --threads $((ranks - 1)) --save "$program-$ranks.safetensors" > log 2>&1 || {
      cat log
      exit 1
    }
    cmp "$program-$ranks.safetensors" "$program-1.safetensors"
    grep -q "^result: .* ranks=$ranks\$" log
    [[ $(grep -c '^result' log) == 1 && $(grep -cE '^ +1/' log) == 1 ]] || { cat log; exit 1; }
  done
}

compare sentiment --data "$own/labels.csv" --epochs 3 --patience 0 --batch-size 12 --dropout 0.2 --layers 2
compare write --data "$own/texts" --epochs 1 --length 20 --batch-size 12 --hidden 32 --embedding 16

# It goes on with other ranks where it was stopped.
"$programs/sentiment" --data "$own/labels.csv" --epochs 2 --patience 0 --ranks 2 --checkpoint run > log 2>&1
"$programs/sentiment" --data "$own/labels.csv" --epochs 4 --patience 0 --ranks 3 --checkpoint run --resume --save parts.safetensors > log 2>&1
"$programs/sentiment" --data "$own/labels.csv" --epochs 4 --patience 0 --shards 8 --save whole.safetensors > log 2>&1
cmp parts.safetensors whole.safetensors

if "$programs/sentiment" --ranks 4 --shards 2 > log 2>&1; then exit 1; fi
grep -q 'fewer shards than ranks' log
