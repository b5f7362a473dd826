#!/usr/bin/env bash
# Takes the README apart: runs its installation commands, builds every C++ program in it against what they installed with
# the CMake lines that stand there, and runs the programs. The two commands at its top are this test run itself and the
# example, which is run here on one epoch.

set -euo pipefail
source_dir=$1
build_dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

source "$source_dir/tests/support/markdown.sh"

for language in cpp cmake sh; do
  blocks "$source_dir/README.md" "$language" "$work"
done

grep -q '^./examples/run.sh ' "$work/sh.1" && grep -q '^./tests/run.sh ' "$work/sh.1"
test -x "$source_dir/tests/run.sh"
if [[ -x $build_dir/examples/sentiment ]]; then
  "$build_dir/examples/sentiment" --epochs 1 | tee "$work/example.log" | tail -1
  tail -1 "$work/example.log" | grep -q '^result: test_accuracy='
fi

# The installation commands: the first with a build folder of its own, the others with the one that is built already.
export PREFIX="$work/prefix"
sed -E "s#-B build#-B $work/build#; s#(--build|--install) build#\\1 $build_dir#" "$work/sh.2" > "$work/install.sh"
(cd "$source_dir" && bash -euo pipefail "$work/install.sh") > "$work/install.log" 2>&1 || { tail -40 "$work/install.log"; exit 1; }

build_and_run_all "$work" "$PREFIX"
[[ $programs -ge 2 ]]
