# What the tests of installations share: `consumer`, a program in the tree `source`, built in `folder` and run.

consumer=$source/tests/install/consumer

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
