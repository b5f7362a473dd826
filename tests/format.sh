#!/usr/bin/env bash
# Checks the format of all sources, as .clang-format has it, and the floors of autograd/: tests/format.sh [--fix]

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source cmake/setup.sh

install_packages clang-format-14
mapfile -t sources < <(git ls-files '*.h' '*.cpp')
if [[ ${1-} == --fix ]]; then
  clang-format-14 -i "${sources[@]}"
else
  clang-format-14 --dry-run -Werror "${sources[@]}"
  tests/floors.sh
fi
