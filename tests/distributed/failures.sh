#!/usr/bin/env bash
# failures.sh PROGRAM BACKEND [TIMES]: one of four ranks fails at some step, in each way, or TIMES in random ways. All processes end
# within the bound, one message names the rank; then the run is started again with another number of ranks, and ends in the file of a
# run that was never disturbed.

set -euo pipefail
program=$1
backend=$2
times=${3:-0}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
shared=$(ls /dev/shm)
# Seconds: the deadline of 4, the grace of 8 for a rank that is stopped, and what a busy machine takes to get there.
bound=${XGRAD_BOUND:-40}
longest=0

"$program" "$folder/alone" 1 gloo 12
expected=$folder/alone/checkpoint-0000000012.pt

# disturb MODE RANK STEP [RANKS]: then started again with RANKS ranks
disturb() {
  local run=$folder/$1-$2-$3 start=$SECONDS code=0 took
  setsid "$program" "$run" 4 "$backend" 12 "${@:1:3}" > "$folder/log" 2>&1 || code=$?
  took=$((SECONDS - start))
  longest=$((took > longest ? took : longest))
  if ((code == 0)) || ((took > bound)); then
    echo "$1 of rank $2 at step $3: exit code $code after $took s"
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
  "$program" "$run" "${4:-3}" gloo 12 > "$folder/log" 2>&1 || {
    echo "$1 of rank $2 at step $3: it does not go on with ${4:-3} ranks"
    cat "$folder/log"
    exit 1
  }
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
  # So is a whole run that was suspended, for longer than a rank may be silent.
  if [[ $backend == gloo ]]; then
    setsid "$program" "$folder/suspended" 4 gloo 12 slow 1 5 > "$folder/log" 2>&1 &
    run=$!
    while [[ ! -e $folder/suspended/checkpoint-0000000004.pt ]] && kill -0 $run; do sleep 0.05; done
    kill -STOP -- -$run
    sleep 5
    kill -CONT -- -$run
    wait $run || {
      cat "$folder/log"
      exit 1
    }
    cmp "$folder/suspended/checkpoint-0000000012.pt" "$expected"
  fi
else
  modes=(kill segfault exit throw differ stop silent)
  others=(1 2 3 5 6)
  for ((i = 1; i <= times; ++i)); do
    disturb "${modes[RANDOM % 7]}" $((RANDOM % 4)) $((RANDOM % 12)) "${others[RANDOM % 5]}"
    if ((i % 10 == 0)); then echo "$i failures, the same file after each; the longest took $longest s"; fi
  done
fi
if [[ $(ls /dev/shm) != "$shared" ]]; then
  echo "left behind in /dev/shm: $(ls /dev/shm)"
  exit 1
fi
echo "the same file after each failure"
