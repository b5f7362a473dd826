#!/usr/bin/env bash
# guide.sh COMPILER SOURCE BUILD: the program of docs/distributed.md compiles, and its two ranks train; so do the fragments below it,
# on one rank.

set -euo pipefail
source "$2/tests/support/markdown.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
blocks "$2/docs/distributed.md" c++ "$folder"
compile() {  # SOURCE PROGRAM
  "$compiler" -std=c++20 -I "$root" -x c++ "$1" -x none -L "$build" -lxgrad_distributed -lxgrad -Wl,-rpath,"$build" -o "$2"
}
compiler=$1 root=$2 build=$3
compile "$folder/c++.1" "$folder/program"
{
  printf '#include <xgrad/distributed.h>\n#include <xgrad/xgrad.h>\nusing namespace xgrad;\n'
  printf 'int main() {\n  distributed::init_process_group();\n'
  for fragment in "$folder"/c++.[2-9]; do
    echo "  {"
    cat "$fragment"
    echo "  }"
  done
  printf '  distributed::destroy_process_group();\n}\n'
} > "$folder/fragments.cpp"
compile "$folder/fragments.cpp" "$folder/fragments"
cd "$folder"
./fragments
./program | tee printed
grep -qE '^loss [0-9.]+$' printed
test -e run/checkpoint-0000000035.pt
