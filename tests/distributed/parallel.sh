#!/usr/bin/env bash
# parallel.sh PROGRAM BACKEND RANKS...: the example `parallel` on these numbers of ranks saves the file of one rank, and so with two
# threads, other buckets, delays, ZeRO, a sharded table and a resumed run.

set -euo pipefail
program=$1
backend=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
options=(--shards 8 --hidden 32 --embedding 16 --timeout 60)

train() {  # NAME OPTIONS...
  "$program" "${options[@]}" --save "$folder/$1.pt" --checkpoint "$folder/$1" --every 5 --steps 12 --threads "${threads:-1}" "${@:2}" > "$folder/log" 2>&1 || {
    cat "$folder/log"
    exit 1
  }
  cmp "$folder/$1.pt" "$folder/$alone.pt"
  cmp "$folder/$1/checkpoint-0000000012.pt" "$folder/$alone/checkpoint-0000000012.pt"
}

alone=alone
train alone
for ranks in "$@"; do
  train "ranks-$ranks" --ranks "$ranks" --backend "$backend"
done
threads=2 train two-threads --ranks 2 --backend "$backend"
train buckets --ranks 3 --backend "$backend" --bucket-mb 0.01
train no-overlap --ranks 2 --backend "$backend" --no-overlap
XGRAD_DISTRIBUTED_JITTER=5ms train late --ranks 3 --backend "$backend" --zero
# Where nothing is clipped, a sharded table is what a table is that all ranks have.
alone=free
train free --clip 1e9
train sharded --clip 1e9 --ranks 3 --backend "$backend" --sharded
alone=alone
# Stopped after step 7, it goes on from step 5 with other ranks.
"$program" "${options[@]}" --checkpoint "$folder/parts" --every 5 --steps 7 --ranks 2 --backend "$backend" > "$folder/log" 2>&1
rm "$folder/parts/checkpoint-0000000007.pt"
train parts --ranks 3 --backend "$backend"
echo "the same files"
