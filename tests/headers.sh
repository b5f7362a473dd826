#!/usr/bin/env bash
# Every header compiles by itself: headers.sh COMPILER SOURCE_FOLDER [COMPILER_OPTIONS]. Those that the .cpp file of their name
# includes first are compiled so wherever files are compiled one by one, as under the sanitizers; the others are compiled here.

set -euo pipefail

export compiler=$1
cd "$2"
shift 2

headers=()
while IFS= read -r header; do
  source=${header%.h}.cpp
  [[ -f $source && $(grep -m1 '^#include' "$source") == "#include \"$header\"" ]] || headers+=("$header")
done < <(find autograd nn optim data metrics distributions distributed xgrad/*.h -name '*.h' 2> /dev/null | LC_ALL=C sort)
if [[ ${#headers[@]} -lt 50 ]]; then
  echo "only ${#headers[@]} headers were found"
  exit 1
fi

# shellcheck disable=SC2016  # the shell that is started expands these
printf '%s\0' "${headers[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c '
  "$compiler" -std=c++20 -O1 -Wall -Wextra -Werror -I. -fsyntax-only "${@:1:$#-1}" -x c++ - <<< "#include \"${!#}\"" ||
    { echo "${!#} does not compile by itself"; exit 255; }' headers "$@"
