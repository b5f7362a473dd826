#!/usr/bin/env bash
# Builds and runs a program that fetches xgrad's source and compiles it as a static library, installs that library, and builds
# the program with it: tests/install/fetched.sh SOURCE BUILD. Compiles the library once more.

set -euo pipefail

source=$1
folder=$2/tests/install
rm -rf "$folder/static-prefix"
mkdir -p "$folder"
# What another build folder compiled is not compiled again.
if command -v ccache > /dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
source "$source/tests/install/consumer.sh"

build_with_cmake fetch -DXGRAD_FETCH="$source" -DBUILD_SHARED_LIBS=OFF -DXGRAD_INSTALL=ON
cmake --install "$folder/fetch" --prefix "$folder/static-prefix" > /dev/null
build_with_cmake found-static --fresh -DCMAKE_PREFIX_PATH="$folder/static-prefix" -DXGRAD_COMPONENTS=static
build_with_pkg_config pkg-config-static "$(library_folder "$folder/static-prefix")"
