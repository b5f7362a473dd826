#!/usr/bin/env bash
# Builds the portable library, makes the loader take each variant that this processor can run, in the build folder and
# installed, and compares their results; TESTS is the program of tests whose bounds hold on each.
# tests/portable/test.sh SOURCE FOLDER TESTS

set -euo pipefail

source=$1
folder=$2
tests=$3
build=$folder/build
loader=/lib64/ld-linux-x86-64.so.2

cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DXGRAD_ARCH=portable \
  -DXGRAD_TESTS=OFF -DXGRAD_EXAMPLES=OFF
cmake --build "$build"
rm -rf "$folder/prefix"
cmake --install "$build" --prefix "$folder/prefix" > /dev/null
installed=$(dirname "$(find "$folder/prefix" -name pkgconfig)")

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
    # Functions keep their bounds on each.
    LD_PRELOAD=$expected "$tests" --gtest_brief=1 --gtest_filter='*Precision*:*VectorMath*'
  done
  echo "by itself, the loader takes the best: $best"
  "$program" save "$best" "$libraries" "$folder/best.safetensors"
done
