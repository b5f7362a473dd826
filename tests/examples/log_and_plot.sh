#!/usr/bin/env bash
# What --log and --plot write: log_and_plot.sh PROGRAM (tag)

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$1" --epochs 3 --size 64 --log "$work/log"
[[ $(head -1 "$work/log/tag/metrics.csv") == epoch,step,seconds,loss,accuracy,test_accuracy ]]
[[ $(wc -l < "$work/log/tag/metrics.csv") == 4 ]]
if command -v python3 > /dev/null; then
  python3 "$(dirname "${BASH_SOURCE[0]}")/read_events.py" "$work/log" > "$work/events"
  # The same numbers in both files.
  awk -F, 'NR > 1 { printf "epoch/loss %d %.6g\n", $1, $4 }' "$work/log/tag/metrics.csv" > "$work/expected"
  diff "$work/expected" <(grep '^epoch/loss ' "$work/events")
fi
if command -v gnuplot > /dev/null; then
  "$1" --epochs 3 --size 64 --plot "$work/curves.svg" > /dev/null
  grep -q '<svg' "$work/curves.svg"
  grep -q test_accuracy "$work/curves.svg"
fi
message=$("$1" --plot "$work/curves.pdf" 2>&1) && exit 1
[[ $message == *"expected a file name that ends in .svg or .png"* ]]
