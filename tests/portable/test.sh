#!/usr/bin/env bash
# Builds the portable library, makes the loader take each variant that this processor can run, in the build folder and
# installed, and compares their results; then each variant passes the tests of the programs that are named.
# tests/portable/test.sh SOURCE FOLDER PROGRAM...

set -euo pipefail

source=$1
folder=$2
programs=("${@:3}")
build=$folder/build
loader=/lib64/ld-linux-x86-64.so.2

cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DXGRAD_ARCH=portable \
  -DXGRAD_TESTS=OFF -DXGRAD_EXAMPLES=OFF
cmake --build "$build"
rm -rf "$folder/prefix"
cmake --install "$build" --prefix "$folder/prefix" > /dev/null
installed=$(dirname "$(find "$folder/prefix" -name pkgconfig)")

variants=()
for libraries in "$build" "$installed"; do
  program=$folder/variants
  g++ -std=c++20 -O1 -I"$folder/prefix/include" -I"$folder/prefix/include/xgrad" "$source/tests/portable/variants.cpp" \
    -L"$libraries" -lxgrad -ldl -Wl,-rpath,"$libraries" -o "$program"
  best=x86-64
  for level in x86-64 x86-64-v3 x86-64-v4; do
    if [[ $level == x86-64 ]]; then
      expected=$libraries/libxgrad.so.0
    elif "$loader" --help | grep -q "$level (supported"; then
      expected=$libraries/glibc-hwcaps/$level/libxgrad.so.0
      best=$level
    else
      echo "$level: this processor cannot run it"
      continue
    fi
    "$loader" --glibc-hwcaps-mask "$level" "$program" save "$level" "$expected" "$folder/$level.safetensors"
    "$program" compare "$folder/x86-64.safetensors" "$folder/$level.safetensors"
    if [[ $libraries == "$build" ]]; then variants+=("$expected"); fi
  done
  echo "by itself, the loader takes the best: $best"
  "$program" save "$best" "$libraries" "$folder/best.safetensors"
done

# Golden values, gradients and bounds hold on each: vectors of another length take other paths.
for library in "${variants[@]}"; do
  for program in "${programs[@]}"; do
    echo "$(basename "$program") with $library"
    LD_PRELOAD=$library "$program" --gtest_brief=1
  done
done
