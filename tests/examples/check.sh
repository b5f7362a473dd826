#!/usr/bin/env bash
# Runs an example, and compares its result: check.sh 'NAME>=VALUE ...' PROGRAM [OPTIONS...]
# Or checks that it fails, with a message: check.sh 'error: TEXT' PROGRAM [OPTIONS...]

set -euo pipefail
expected=$1
shift
output=$(mktemp)
trap 'rm -f "$output"' EXIT

if [[ $expected == error:* ]]; then
  if "$@" > "$output" 2>&1; then
    echo "expected a failure, got:"
    cat "$output"
    exit 1
  fi
  cat "$output"
  grep -qF -- "$expected" "$output" || { echo "expected '$expected'"; exit 1; }
  exit
fi

"$@" > "$output" || { cat "$output"; exit 1; }
cat "$output"
result=$(tail -1 "$output")
[[ $result == "result: "* ]] || { echo "expected a last line that begins with 'result: '"; exit 1; }
for condition in $expected; do
  [[ $condition =~ ^([a-z0-9_]+)(>=|<=|==)(.+)$ ]] || { echo "no condition: $condition"; exit 1; }
  name=${BASH_REMATCH[1]} operator=${BASH_REMATCH[2]} limit=${BASH_REMATCH[3]}
  value=$(tr ' ' '\n' <<< "$result" | sed -n "s/^$name=//p")
  [[ -n $value ]] && awk "BEGIN { exit !($value $operator $limit) }" || { echo "expected $condition"; exit 1; }
done
