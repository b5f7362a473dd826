#!/usr/bin/env bash
# Compiles the C++ of all guides in docs/ as one program against the build, installed into a folder of its own, and runs it:
# it prints what the guides say. Links between the project's documents lead to files.

set -euo pipefail
source_dir=$1
build_dir=$2
tests_dir=$source_dir/tests/docs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$source_dir/tests/support/markdown.sh"

cd "$source_dir"
broken=0
for document in *.md docs/*.md examples/*.md; do
  while read -r link; do
    [[ -e $(dirname "$document")/$link ]] || { echo "$document: no file $link"; broken=1; }
  done < <(sed '/^ *```/,/^ *```$/d; s/`[^`]*`//g' "$document" | grep -oP '\]\(\K(?!https?:)[^)#]+')
done
[[ $broken -eq 0 ]]

# custom-ops.md has a test of its own; without C++, a guide says nothing that could be run.
guides=()
for guide in docs/*.md; do
  [[ $guide == docs/custom-ops.md ]] || ! grep -q '^```cpp$' "$guide" || guides+=("$guide")
done
[[ ${#guides[@]} -ge 7 ]]
awk -f "$tests_dir/guides.awk" "${guides[@]}" > "$work/guides.cpp"
awk 'FNR == 1 { name = FILENAME; sub(/.*\//, "", name); print "== " name }
  $0 == "```text" { inside = 1; next }
  /^```/ { inside = 0 }
  inside' "${guides[@]}" > "$work/expected"

cmake --install "$build_dir" --prefix "$work/prefix" > "$work/install.log"
blocks "$source_dir/README.md" cmake "$work"
mkdir "$work/files"  # where the guides' programs write
cd "$work/files"
(build_and_run "$work/guides.cpp" "$work/cmake.1" "$work/guides" "$work/prefix") > "$work/printed" || {
  cat "$work/printed"
  exit 1
}
diff "$work/expected" "$work/printed"
