# Shared by the run.sh scripts: installs what xgrad needs and builds parts of it. To be sourced by bash.

set -euo pipefail

xgrad_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
xgrad_build=${XGRAD_BUILD_DIR:-$xgrad_root/build/release}
xgrad_packages=(
  g++ cmake ninja-build ccache pkg-config
  libxtensor-dev libxsimd-dev libtbb-dev libfmt-dev libopenblas-dev nlohmann-json3-dev libutf8proc-dev libzip-dev zlib1g-dev
  libdeflate-dev
  libcli11-dev libgtest-dev libgmock-dev libbenchmark-dev
  libprotobuf-dev protobuf-compiler gnuplot-nox libgloo-dev
)

# install_packages PACKAGE...: installs those that are missing. Where nothing is, no network and no rights are needed.
install_packages() {
  command -v dpkg-query > /dev/null && command -v apt-get > /dev/null || return 0
  local package missing=() as_root=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  [[ $(id -u) -eq 0 ]] || as_root=(sudo)
  echo "Installing ${missing[*]}" >&2
  # CMake names what is still missing, and finds what was installed in other ways.
  {
    "${as_root[@]}" apt-get update -q || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
  } < /dev/null >&2 || echo "apt-get could not install ${missing[*]}" >&2
}

# build_target TARGET [CMAKE_OPTION...]: builds one target in release mode. XGRAD_CMAKE_OPTIONS has further options of cmake.
build_target() {
  local target=$1 log
  shift
  install_packages "${xgrad_packages[@]}"
  mkdir -p "$xgrad_build"
  log=$xgrad_build/configure.log
  cmake -S "$xgrad_root" -B "$xgrad_build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    ${XGRAD_CMAKE_OPTIONS:+"$XGRAD_CMAKE_OPTIONS"} "$@" > "$log" 2>&1 || {
    cat "$log" >&2
    return 1
  }
  cmake --build "$xgrad_build" --target "$target" >&2
}

# program_names FOLDER: every FOLDER/NAME.cpp and FOLDER/NAME/*.cpp is a program, but for what programs share.
program_names() {
  local path
  for path in "$1"/*.cpp "$1"/*/*.cpp; do
    [[ -e $path ]] || continue
    path=${path#"$1"/}
    path=${path%.cpp}
    [[ $path == support/* || $path == standalone/* ]] || echo "${path%%/*}"
  done | sort -u
}

# choose_program FOLDER NAME: succeeds where the program exists, else says which do.
choose_program() {
  if ! program_names "$1" | grep -qxF -- "$2"; then
    echo "There is no '$2' in ${1##*/}/. There are:" >&2
    program_names "$1" | sed 's/^/  /' >&2
    return 1
  fi
}
