#!/usr/bin/env bash
# Builds and runs an example: examples/run.sh [EXAMPLE [OPTIONS]]; without a name, sentiment on its built-in data.
# examples/run.sh --list names them all; examples/run.sh EXAMPLE --help explains one.

source "$(dirname "${BASH_SOURCE[0]}")/../cmake/setup.sh"

if [[ ${1-} == --list ]]; then
  program_names "$xgrad_root/examples"
  exit
fi
if [[ ${1-} == --help || ${1-} == -h ]]; then
  sed -n 's/^# //p' "${BASH_SOURCE[0]}"
  exit
fi
example=${1:-sentiment}
shift $(($# > 0))
choose_program "$xgrad_root/examples" "$example" || exit 2
build_target "$example" -DXGRAD_EXAMPLES=ON
exec "$xgrad_build/examples/$example" "$@"
