#!/usr/bin/env bash
# Builds and runs an example: examples/run.sh [EXAMPLE [OPTIONS]]; without a name, sentiment on its built-in data.
# examples/run.sh --list names them all; examples/run.sh EXAMPLE --help explains one.
# examples/run.sh all [OPTIONS] runs them all on built-in data, and prints a table of times and results.

source "$(dirname "${BASH_SOURCE[0]}")/../cmake/setup.sh"

if [[ ${1-} == --list ]]; then
  program_names "$xgrad_root/examples"
  exit
fi
if [[ ${1-} == --help || ${1-} == -h ]]; then
  sed -n 's/^# //p' "${BASH_SOURCE[0]}"
  exit
fi

# run_all [OPTIONS...]: what they print goes to a log each.
run_all() {
  local name log start seconds failed=0
  build_target examples/all -DXGRAD_EXAMPLES=ON
  printf '%-12s %8s  %s\n' example seconds result
  for name in $(program_names "$xgrad_root/examples"); do
    log=$xgrad_build/examples/$name.log
    start=$EPOCHREALTIME
    "$xgrad_build/examples/$name" "$@" > "$log" 2>&1 || { echo "result: failed, see $log" >> "$log"; failed=1; }
    seconds=$(awk "BEGIN { print $EPOCHREALTIME - $start }")
    LC_ALL=C printf '%-12s %8.1f  %s\n' "$name" "$seconds" "$(tail -1 "$log" | sed 's/^result: //')"
  done
  return $failed
}

if [[ ${1-} == all ]]; then
  run_all "${@:2}"
  exit
fi
example=${1:-sentiment}
shift $(($# > 0))
choose_program "$xgrad_root/examples" "$example" || exit 2
if [[ $example =~ ^(sentiment|write)$ && " $* " =~ \ --(ranks|shards) ]]; then
  build_target "${example}_ranks" -DXGRAD_EXAMPLES=ON
fi
build_target "$example" -DXGRAD_EXAMPLES=ON
exec "$xgrad_build/examples/$example" "$@"
