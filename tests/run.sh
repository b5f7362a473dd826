#!/usr/bin/env bash
# Builds and runs the tests: tests/run.sh [--all | CTEST_OPTIONS]. -R LSTM runs a part, -LE slow leaves out those that build
# the library again; --all adds those that take many minutes.

source "$(dirname "${BASH_SOURCE[0]}")/../cmake/setup.sh"

case ${1-} in
  '') set -- -LE long ;;
  --all) shift ;;
esac
install_packages doxygen  # for the test of the reference
build_target tests/all -DXGRAD_TESTS=ON
exec ctest --test-dir "$xgrad_build" --output-on-failure --no-tests=error -j "$(nproc)" "$@"
