#!/usr/bin/env bash
# Builds and runs the tests: tests/run.sh [CTEST_OPTIONS], as in tests/run.sh -R LSTM; -LE slow leaves out those that build.

source "$(dirname "${BASH_SOURCE[0]}")/../cmake/setup.sh"

install_packages doxygen  # for the test of the reference
build_target tests/all -DXGRAD_TESTS=ON
exec ctest --test-dir "$xgrad_build" --output-on-failure --no-tests=error -j "$(nproc)" "$@"
