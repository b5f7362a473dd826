#!/usr/bin/env bash
# Runs PROGRAM and compares what it prints with the file EXPECTED: compare.sh PROGRAM EXPECTED

set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$1" > printed.txt
diff --unified "$2" printed.txt
