#!/usr/bin/env bash
# Whether the library compiles as fast as it did: tests/compile_time/check.sh [--store] compiles a fixed part of it as the
# release build does, and its header, without the compiler cache, and a reference beside each. It fails where the ratio of
# their times is twice the stored one. Processor seconds are compared, not the time that passes: other work on the machine
# changes them little.
# --store writes the ratio down instead.
#
# Most sources are compiled several at a time (XGRAD_UNITY). The environment names other things to measure:
# COMPILE_TIME_BUILD a folder with build.ninja, COMPILE_TIME_OBJECTS objects of it and sources beside this file,
# COMPILE_TIME_REFERENCE the reference, COMPILE_TIME_RATIO the stored figure, COMPILE_TIME_TURNS how often each is compiled:
# the least counts. COMPILE_TIME_CLOCK is a program that says how many seconds the command took that it is given.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${COMPILE_TIME_BUILD:-${XGRAD_BUILD_DIR:-$here/../../build/release}}
stored=${COMPILE_TIME_RATIO:-$here/ratio.txt}
kernels=CMakeFiles/xgrad_kernels.dir/autograd/kernels
read -ra objects <<< "${COMPILE_TIME_OBJECTS:-$kernels/recurrent_backward.cpp.o unity:autograd_ops_0 unity:nn_1 source:header.cpp}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export CCACHE_DISABLE=1

# seconds COMMAND: what it takes of the processor.
seconds() {
  local TIMEFORMAT='%U %S'
  : > "$scratch/times"
  for ((turn = 0; turn < ${COMPILE_TIME_TURNS:-1}; ++turn)); do
    if ! { time (cd "$build" && bash -c "$1" > "$scratch/log" 2>&1); } 2> "$scratch/time"; then
      cat "$scratch/log" >&2
      exit 1
    fi
    tail -1 "$scratch/time" | awk '{ print $1 + $2 }' >> "$scratch/times"
  done
  if [[ -n ${COMPILE_TIME_CLOCK-} ]]; then "$COMPILE_TIME_CLOCK" "$1"; else sort -n "$scratch/times" | head -1; fi
}

compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt" 2> /dev/null || true)
compile="'${compiler:-c++}' -std=c++20 -O2 -I'$here/../..' -o '$scratch/object.o' -c"
reference="$compile '${COMPILE_TIME_REFERENCE:-$here/reference.cpp}'"

total=0
reference_total=0
for object in "${objects[@]}"; do
  if [[ $object == unity:* ]]; then
    name=unity_${object#unity:}_cxx.cxx.o
    # Whichever of the library's targets it belongs to.
    object=$(ninja -C "$build" -t targets all 2> /dev/null | sed -n "s,^\\(CMakeFiles/xgrad[a-z_]*\\.dir/Unity/$name\\): .*,\\1,p" | head -1)
    object=${object:-$name}
  fi
  if [[ $object == source:* ]]; then  # what a program's file takes that includes the library
    command="$compile '$here/${object#source:}'"
  else
    command=$(ninja -C "$build" -t commands -s "$object" 2> /dev/null | tail -1 || true)
  fi
  [[ -n $command ]] || { echo "compile time: $build has no $object: build the release preset first" >&2; exit 1; }
  of_object=$(seconds "${command//"$object"/"$scratch/object.o"}")
  # Beside each object: where the machine slows down between them, both do.
  of_reference=$(seconds "$reference")
  echo "compile time: $of_object s for $object, $of_reference s for the reference"
  total=$(awk "BEGIN { print $total + $of_object }")
  reference_total=$(awk "BEGIN { print $reference_total + $of_reference }")
done
ratio=$(awk "BEGIN { printf \"%.2f\", ${#objects[@]} * $total / $reference_total }")

if [[ ${1-} == --store ]]; then
  echo "$ratio" > "$stored"
  echo "compile time: $ratio times the reference, stored"
  exit
fi
echo "compile time: $ratio times the reference, $(cat "$stored") when it was stored"
awk "BEGIN { exit !($ratio <= 2 * $(cat "$stored")) }" || {
  echo "compile time: has doubled. Find what is heavy (CONTRIBUTING.md, \"Keep the build fast\"), or, where it has to be," \
    "store the new figure: tests/compile_time/check.sh --store" >&2
  exit 1
}
