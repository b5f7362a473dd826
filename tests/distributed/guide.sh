#!/usr/bin/env bash
# guide.sh COMPILER SOURCE BUILD: the program of docs/distributed.md compiles, and its two ranks train.

set -euo pipefail
source "$2/tests/support/markdown.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
blocks "$2/docs/distributed.md" c++ "$folder"
"$1" -std=c++20 -I "$2" -x c++ "$folder/c++.1" -x none -L "$3" -lxgrad_distributed -lxgrad -Wl,-rpath,"$3" -o "$folder/program"
cd "$folder"
./program | tee printed
grep -qE '^loss [0-9.]+$' printed
test -e run/checkpoint-0000000035.pt
