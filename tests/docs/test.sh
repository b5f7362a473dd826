#!/usr/bin/env bash
# Compiles and runs every C++ program in docs/custom-ops.md against the build, installed into a folder of its own.

set -euo pipefail
source_dir=$1
build_dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$source_dir/tests/support/markdown.sh"

cmake --install "$build_dir" --prefix "$work/prefix" > "$work/install.log"
blocks "$source_dir/docs/custom-ops.md" cpp "$work"
blocks "$source_dir/README.md" cmake "$work"

program=0
for snippet in "$work"/cpp.*; do
  program=$((program + 1))
  echo "program $program:"
  build_and_run "$snippet" "$work/cmake.1" "$work/program$program" "$work/prefix"
done
[[ $program -eq 4 ]]
