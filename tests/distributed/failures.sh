#!/usr/bin/env bash
# failures.sh PROGRAM BACKEND [TIMES]: one of four ranks fails at some step, in each way, or TIMES in random ways. All processes end
# within the bound, one message names the rank; then the run is started again with other ranks until it is done, and ends in the
# file of a run that was never disturbed.

set -euo pipefail
program=$1
backend=$2
times=${3:-0}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
shared=$(ls /dev/shm)
bound=40  # seconds: the deadline of 4, the grace of 8 for a rank that is stopped, and what a busy machine takes to get there

"$program" "$folder/alone" 1 gloo 12
expected=$folder/alone/checkpoint-0000000012.pt

# disturb MODE RANK STEP
disturb() {
  local run=$folder/$1-$2-$3 start=$SECONDS code=0 ranks
  setsid "$program" "$run" 4 "$backend" 12 "$@" > "$folder/log" 2>&1 || code=$?
  if ((code == 0)) || ((SECONDS - start > bound)); then
    echo "$1 of rank $2 at step $3: exit code $code after $((SECONDS - start)) s"
    cat "$folder/log"
    exit 1
  fi
  if ! grep -qi "rank.* $2" "$folder/log"; then
    echo "$1 of rank $2 at step $3: the message does not name it:"
    cat "$folder/log"
    exit 1
  fi
  if pgrep -f "$run " > /dev/null; then
    echo "$1 of rank $2 at step $3: processes are left behind"
    exit 1
  fi
  for ranks in 3 1 2; do
    "$program" "$run" $ranks gloo 12 > "$folder/log" 2>&1 && break
  done
  cmp "$run/checkpoint-0000000012.pt" "$expected"
  rm -rf "$run"
}

if ((times == 0)); then
  for mode in kill segfault exit throw differ; do disturb $mode 2 5; done
  disturb kill 0 6
  disturb stop 1 9
  disturb silent 3 7
  # A rank that says so is waited for.
  "$program" "$folder/busy" 4 "$backend" 12 busy 2 5 > "$folder/log" 2>&1 || {
    cat "$folder/log"
    exit 1
  }
  cmp "$folder/busy/checkpoint-0000000012.pt" "$expected"
else
  modes=(kill segfault exit throw differ)
  for ((i = 1; i <= times; ++i)); do
    disturb "${modes[RANDOM % 5]}" $((RANDOM % 4)) $((RANDOM % 12))
    if ((i % 10 == 0)); then echo "$i failures, the same file after each"; fi
  done
fi
if [[ $(ls /dev/shm) != "$shared" ]]; then
  echo "left behind in /dev/shm: $(ls /dev/shm)"
  exit 1
fi
echo "the same file after each failure"
