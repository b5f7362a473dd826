#!/usr/bin/env bash
# Static checks by clang-tidy of the sources that this branch changes: tests/tidy.sh [SECONDS]. It compares with the point where
# the branch left main; where there is no such point, as in a clone of one branch alone, it takes a sample that moves on
# through the tree with every commit. After SECONDS (180) it begins no further file, and says which are left.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source cmake/setup.sh

seconds=${1:-180}
install_packages clang-tidy-14
folder=build/asan  # which compiles sources one by one
[[ -f $folder/compile_commands.json ]] || cmake --preset asan > /dev/null

mapfile -t all < <(git ls-files '*.cpp' | grep -E '^(autograd|nn|optim|data|metrics|distributions|distributed|xgrad|tests)/' |
  grep -vE '^tests/(torch_compat|portable|install|fuzz)/')
changed=()
for main in origin/main main origin/master; do
  base=$(git merge-base HEAD "$main" 2> /dev/null) || continue
  [[ $base != "$(git rev-parse HEAD)" ]] || continue
  mapfile -t changed < <(git diff --name-only --diff-filter=d "$base" -- '*.h' '*.cpp' | sed 's/\.h$/.cpp/' | sort -u |
    grep -xFf <(printf '%s\n' "${all[@]}"))
  break
done
if [[ ${#changed[@]} -gt 0 ]]; then
  files=("${changed[@]}")
else
  count=12
  first=$(($(git rev-list --count HEAD) * count % ${#all[@]}))
  files=("${all[@]:first:count}")
fi

# Those that are listed, and what they include of ours; one after the other, on all cores.
begun=$(date +%s)
export begun seconds folder
# shellcheck disable=SC2016  # the shell that is started expands these
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c '
  if (($(date +%s) - begun >= seconds)); then
    echo "not checked for want of time: $1"
  else
    clang-tidy-14 --quiet -p "$folder" --extra-arg=-Wno-unknown-warning-option "$1" 2> /dev/null && echo "checked: $1" || exit 1
  fi' tidy
