#!/usr/bin/env bash
# Writes tests/golden/torch_compat: what the programs print when built with libtorch 1.13 (package libtorch-dev).

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p ../golden/torch_compat
for source in *.cpp; do
  name=${source%.cpp}
  g++ -std=c++17 -I/usr/include/torch/csrc/api/include "$source" -o "$folder/$name" -ltorch -ltorch_cpu -lc10
  (cd "$folder" && OMP_NUM_THREADS=1 "./$name") > "../golden/torch_compat/$name.txt"
done
