#!/usr/bin/env bash
# Builds the library for 64-bit Arm and runs its tests in qemu: tests/arm/run.sh [AREA...] [--gtest_OPTION...]. An area is one of
# those below; without one, all are run. Debian's packages for arm64 are extracted to build/aarch64/debian: the system gets
# a cross compiler and qemu, and changes in nothing else. Emulated, tests take many times as long.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source cmake/setup.sh

build=$PWD/build/aarch64
sysroot=$build/debian
areas=()
options=()
for argument in "$@"; do
  if [[ $argument == --gtest_* ]]; then options+=("$argument"); else areas+=("$argument"); fi
done
[[ ${#areas[@]} -gt 0 ]] || areas=(autograd nn optim data metrics distributions structured xgrad)

# download_packages PACKAGE...: with all that they need, extracted to $sysroot, by an apt that knows nothing but arm64. Nothing
# is done where those of the same names are there.
download_packages() {
  [[ $(cat "$sysroot/packages" 2> /dev/null) != "$*" ]] || return 0
  local apt=$build/apt package
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  : > "$apt/status"
  local as_arm=(apt-get -q -o "Dir::State=$apt" -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt" -o APT::Architecture=arm64)
  "${as_arm[@]}" update
  "${as_arm[@]}" install -y --download-only --no-install-recommends "$@"
  rm -rf "$sysroot.part" "$sysroot"
  mkdir -p "$sysroot.part"
  for package in "$apt"/archives/*.deb; do
    # The cross compiler has the C library's headers.
    [[ $package == */libc6-dev_* || $package == */linux-libc-dev_* ]] || dpkg-deb --extract "$package" "$sysroot.part"
  done
  echo "$*" > "$sysroot.part/packages"
  mv "$sysroot.part" "$sysroot"
}

install_packages g++-aarch64-linux-gnu qemu-user-static "${xgrad_packages[@]}"
download_packages libxtensor-dev libxsimd-dev libtbb-dev libfmt-dev libopenblas-pthread-dev nlohmann-json3-dev \
  libutf8proc-dev libzip-dev libdeflate-dev zlib1g-dev libgtest-dev libgmock-dev >&2

cmake -S . -B "$build/release" -G Ninja --toolchain cmake/aarch64-linux-gnu.cmake -DXGRAD_SYSROOT="$sysroot" \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE=PRE_TEST \
  -DXGRAD_TESTS=ON -DXGRAD_EXAMPLES=OFF -DXGRAD_GLOO=OFF -DXGRAD_MPI=OFF > "$build/configure.log" 2>&1 || {
  cat "$build/configure.log" >&2
  exit 1
}
cmake --build "$build/release" --target "${areas[@]/%/_tests}" >&2

# As CMAKE_CROSSCOMPILING_EMULATOR has it.
emulator=$(sed -n 's/^CMAKE_CROSSCOMPILING_EMULATOR:[A-Z]*=//p' "$build/release/CMakeCache.txt")
IFS=';' read -r -a emulator <<< "$emulator"
failed=()
for area in "${areas[@]}"; do
  program=$(find "$build/release/tests" -maxdepth 2 -name "${area}_tests" -type f)
  echo "== $area"
  # Kill* starts and ends processes by themselves, outside of qemu.
  "${emulator[@]}" "$program" --gtest_brief=1 --gtest_filter=-Kill* "${options[@]}" || failed+=("$area")
done
if [[ ${#failed[@]} -gt 0 ]]; then
  echo "failed: ${failed[*]}"
  exit 1
fi
echo "passed: ${areas[*]}"
