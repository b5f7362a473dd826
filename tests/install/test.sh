#!/usr/bin/env bash
# Builds and runs a program with xgrad as found by CMake, by pkg-config, and as a part of its own build.
# tests/install/test.sh SOURCE BUILD: the tree, and a build folder of it with the library built.

set -euo pipefail

source=$1
build=$2
consumer=$source/tests/install/consumer
folder=$build/tests/install
rm -rf "$folder/prefix" "$folder/moved" "$folder/static-prefix"
mkdir -p "$folder"
# The build as a subdirectory compiles the same objects once more.
if command -v ccache > /dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi

# build_with_cmake NAME [CMAKE_OPTION...]
build_with_cmake() {
  echo "== CMake: $1"
  cmake -S "$consumer" -B "$folder/$1" -G Ninja -DCMAKE_BUILD_TYPE=Release "${@:2}"
  cmake --build "$folder/$1"
  "$folder/$1/consumer"
}

# build_with_pkg_config NAME LIBRARY_FOLDER [LINKER_OPTION...]
build_with_pkg_config() {
  echo "== pkg-config: $1"
  local flags
  flags=$(PKG_CONFIG_PATH=$2/pkgconfig pkg-config --cflags --libs xgrad)
  # shellcheck disable=SC2086: the flags are several words
  g++ -std=c++20 "$consumer/consumer.cpp" $flags "${@:3}" -o "$folder/$1"
  "$folder/$1"
}

library_folder() { dirname "$(find "$1" -name pkgconfig)"; }

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

build_with_cmake subdirectory -DXGRAD_SUBDIRECTORY="$source" -DBUILD_SHARED_LIBS=OFF -DXGRAD_INSTALL=ON
cmake --install "$folder/subdirectory" --prefix "$folder/static-prefix" > /dev/null
build_with_cmake found-static --fresh -DCMAKE_PREFIX_PATH="$folder/static-prefix"
build_with_pkg_config pkg-config-static "$(library_folder "$folder/static-prefix")"
