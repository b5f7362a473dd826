#!/usr/bin/env bash
# libtorch.tsv, in two other forms:
#   docs/libtorch.sh table    the page docs/libtorch.md
#   docs/libtorch.sh program  a C++ program that compiles with xgrad::torch_compat if every name that is said to be there is

set -euo pipefail
source_file=$(dirname "${BASH_SOURCE[0]}")/libtorch.tsv

table() {
  cat << 'END'
# libtorch's C++ frontend, name by name

What a program written for libtorch 1.13 finds in xgrad. With the CMake target `xgrad::torch_compat`, `#include <torch/torch.h>`
and the namespace `torch` mean xgrad, so that programs within this table compile unchanged. *Same* is the same name with the
same meaning; what *differs* says how, and what is *absent* says why.

This page is made from `docs/libtorch.tsv` by `docs/libtorch.sh table`; a test compiles every name that it calls the same.
END
  awk -F '\t' '
    /^#/ { next }
    $1 != part {
      part = $1
      title = part == "torch" ? "torch" : part == "Tensor" ? "Methods of torch::Tensor" : "torch::" part
      printf "\n## %s\n\n| name | in xgrad | |\n| --- | --- | --- |\n", title
    }
    { printf "| `%s` | %s | %s |\n", $2, $3, $4 }' "$source_file"
}

program() {
  echo '#include <torch/torch.h>'
  awk -F '\t' '
    /^#/ || $3 == "absent" { next }
    $1 == "Tensor" { methods = methods "  using torch::Tensor::" $2 ";\n"; next }
    $1 == "torch" { print "namespace part_torch { using torch::" $2 "; }"; next }
    { part = $1; gsub(/::/, "_", part); print "namespace part_" part " { using torch::" $1 "::" $2 "; }" }
    END { printf "struct Methods : torch::Tensor {\n%s};\n", methods }' "$source_file"
}

case ${1:-} in
  table) table ;;
  program) program ;;
  *)
    sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
