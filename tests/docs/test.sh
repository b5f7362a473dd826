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

build_and_run_all "$work" "$work/prefix"
[[ $programs -eq 4 ]]
