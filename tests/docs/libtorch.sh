#!/usr/bin/env bash
# docs/libtorch.md is what docs/libtorch.tsv says, every name and overload that it says is there compiles, and what is not has a
# reason: libtorch.sh COMPILER SOURCE_FOLDER

set -euo pipefail

compiler=$1
cd "$2"
diff --unified docs/libtorch.md <(docs/libtorch.sh table)
if awk -F '\t' '!/^#/ && $3 != "same" && $4 == ""' docs/libtorch.tsv | grep .; then
  echo "these rows have no reason"
  exit 1
fi
docs/libtorch.sh program | "$compiler" -std=c++20 -fsyntax-only -I . -I xgrad/torch_compat -x c++ -
