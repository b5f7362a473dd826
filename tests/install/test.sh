#!/usr/bin/env bash
# Builds and runs a program with xgrad as found by CMake and by pkg-config, and configures it as a part of the program's own
# build. tests/install/test.sh SOURCE BUILD: the tree, and a build folder of it with the library built.

set -euo pipefail

source=$1
build=$2
consumer=$source/tests/install/consumer
folder=$build/tests/install
rm -rf "$folder/prefix" "$folder/moved"
mkdir -p "$folder"
source "$source/tests/install/consumer.sh"

cmake --install "$build" --prefix "$folder/prefix" > /dev/null
# An installation works wherever it is moved to.
mv "$folder/prefix" "$folder/moved"
prefix=$folder/moved
libraries=$(library_folder "$prefix")
build_with_cmake found --fresh -DCMAKE_PREFIX_PATH="$prefix"
build_with_pkg_config pkg-config-shared "$libraries" -Wl,-rpath,"$libraries"

echo "== headers include nothing that users would have to install"
g++ -std=c++20 -M -I"$prefix/include" -I"$prefix/include/xgrad" "$consumer/consumer.cpp" > "$folder/headers"
if grep -E '/(xtensor|xtl|xsimd|tbb|oneapi|fmt|nlohmann|cblas)' "$folder/headers"; then
  echo "xgrad/xgrad.h includes the headers above"
  exit 1
fi

echo "== components: those that there are, and no others"
cmake -S "$consumer" -B "$folder/found" -DXGRAD_COMPONENTS="xgrad;torch_compat;shared" > /dev/null
if cmake -S "$consumer" -B "$folder/found" -DXGRAD_COMPONENTS=gpu > "$folder/components" 2>&1; then
  echo "find_package found a component 'gpu'"
  exit 1
fi
grep -q gpu "$folder/components"

if [[ -e $libraries/libxgrad_distributed.so ]]; then
  echo "== training across processes: a component, and engines that nothing else needs"
  cmake -S "$consumer" -B "$folder/distributed" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DXGRAD_COMPONENTS="xgrad;distributed" \
    > /dev/null
  cmake --build "$folder/distributed"
  "$folder/distributed/ranks" 1
  if [[ -e $libraries/libxgrad_distributed_gloo.so.0 ]]; then
    cmake -S "$consumer" -B "$folder/distributed" -DXGRAD_COMPONENTS="distributed;distributed_gloo" > /dev/null
    "$folder/distributed/ranks" 3
  fi
  for library in libxgrad.so libxgrad_distributed.so; do
    if ldd "$libraries/$library" | grep -E 'mpi|gloo'; then
      echo "$library needs the engines above"
      exit 1
    fi
  done
fi

echo "== the library offers the names of namespace xgrad, and no others"
library=$(find "$libraries" -maxdepth 1 -name 'libxgrad.so.*.*.*')
nm -D --defined-only "$library" | awk '{print $3}' > "$folder/symbols"
if grep -vE '^_Z(Z|GV|GVZ|T[a-zA-Z0-9_]*)?N[KRO]*5xgrad|^$' "$folder/symbols"; then
  echo "$library offers the names above"
  exit 1
fi
readelf -d "$library" | grep -F 'soname: [libxgrad.so.0]'

echo "== Debian packages"
if command -v dpkg-deb > /dev/null; then
  rm -rf "$folder/deb" && mkdir -p "$folder/deb"
  (cd "$folder/deb" && cpack -G DEB --config "$build/CPackConfig.cmake" -B "$folder/deb" > "$folder/deb/log")
  runtime=$(ls "$folder"/deb/libxgrad0_*.deb)
  development=$(ls "$folder"/deb/libxgrad-dev_*.deb)
  dpkg-deb --field "$runtime" Depends | tee "$folder/deb/depends"
  for package in libtbb12 libfmt9 libzip4 libdeflate0 libutf8proc2; do grep -q "$package" "$folder/deb/depends"; done
  grep -qE 'libopenblas|libblas' "$folder/deb/depends"
  dpkg-deb --field "$development" Depends | grep -F 'libxgrad0 (= '
  for package in "$runtime" "$development" "$folder"/deb/libxgrad-distributed*.deb; do
    [[ ! -e $package ]] || dpkg-deb -x "$package" "$folder/deb/root"
  done
  build_with_cmake deb --fresh -DCMAKE_PREFIX_PATH="$folder/deb/root/usr"
fi

echo "== add_subdirectory is configured"
cmake -S "$consumer" -B "$folder/subdirectory" -G Ninja -DXGRAD_SUBDIRECTORY="$source" > /dev/null
