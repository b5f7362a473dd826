#!/usr/bin/env bash
# A run that is stopped by Ctrl-C again and again, and resumed, ends as one that was not: resume.sh PROGRAM [OPTIONS...]

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

whole=$("$@" | tail -1)
stops=0
arguments=(--checkpoint saved)
while true; do
  "$@" "${arguments[@]}" > output 2> messages &
  program=$!
  # Time for some steps; a machine that is too slow for that stops later, a fast one ends first.
  sleep 0.2
  kill -INT "$program" 2> /dev/null || true
  status=0
  wait "$program" || status=$?
  [[ $status == 130 ]] || break
  grep -q 'add --checkpoint saved --resume' messages
  arguments=(--checkpoint saved --resume)
  stops=$((stops + 1))
  [[ $stops -lt 1000 ]]
done
cat output messages
echo "stopped $stops times"
[[ $status == 0 && $stops -gt 0 ]]
[[ $(tail -1 output) == "$whole" ]]

# A new run does not mix with an old one.
message=$("$@" --checkpoint saved 2>&1) && exit 1
[[ $message == *"go on with --resume, or choose another folder"* ]]
message=$("$@" --resume 2>&1) && exit 1
[[ $message == *"--resume needs --checkpoint"* ]]
