#!/usr/bin/env bash
# Copies examples/standalone out of the tree, builds it with the installed package, and runs it: standalone.sh SOURCE BUILD

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$2" --prefix "$work/prefix" > "$work/install.log"
cp -r "$1/examples/standalone" "$work/project"
cd "$work/project"
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$work/prefix"
cmake --build build
"$1/tests/examples/check.sh" 'accuracy>=0.95' build/echo
[[ -s echo.safetensors ]]
