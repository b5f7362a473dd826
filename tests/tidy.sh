#!/usr/bin/env bash
# Static checks by clang-tidy of the files that this branch changes: tests/tidy.sh [SECONDS]. It compares with the point where
# the branch left main; on main itself nothing has changed. After SECONDS (180) it begins no further file, and says which are left.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source cmake/setup.sh

export seconds=${1:-180}
install_packages clang-tidy-14
export folder=build/quick  # which compiles sources one by one
[[ -f $folder/compile_commands.json ]] || cmake --preset quick > /dev/null

mapfile -t sources < <(git ls-files '*.cpp' | grep -E '^(autograd|nn|optim|data|metrics|distributions|distributed|xgrad|tests)/' |
  grep -vE '^tests/(torch_compat|portable|install|fuzz|golden)/')
changed=()
for main in origin/main main; do
  base=$(git merge-base HEAD "$main" 2> /dev/null) || continue
  [[ $base != "$(git rev-parse HEAD)" ]] || continue
  mapfile -t changed < <(git diff --name-only --diff-filter=d "$base" -- '*.h' '*.cpp')
  break
done
if [[ ${#changed[@]} -eq 0 ]]; then
  echo "tidy: nothing has changed since main"
  exit 0
fi
# A header is checked with the source of its name.
mapfile -t files < <(printf '%s\n' "${changed[@]}" | sed 's/\.h$/.cpp/' | sort -u | grep -xFf <(printf '%s\n' "${sources[@]}"))
[[ ${#files[@]} -gt 0 ]] || exit 0

# Only what the changed files say is reported, and not what is known of the headers that they include.
filter=$(printf '{"name":"%s"},' "${changed[@]}")
export filter="[${filter%,}]"
begun=$(date +%s)
export begun
# shellcheck disable=SC2016  # the shell that is started expands these
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c '
  if (($(date +%s) - begun >= seconds)); then
    echo "not checked for want of time: $1"
  else
    clang-tidy-14 --quiet -p "$folder" --line-filter="$filter" --extra-arg=-Wno-unknown-warning-option "$1" 2> /dev/null &&
      echo "checked: $1"
  fi' tidy
