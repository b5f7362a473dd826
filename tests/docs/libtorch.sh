#!/usr/bin/env bash
# docs/libtorch.md is what docs/libtorch.tsv says, and every name that it says is there compiles: libtorch.sh COMPILER SOURCE_FOLDER

set -euo pipefail

compiler=$1
cd "$2"
diff --unified docs/libtorch.md <(docs/libtorch.sh table)
docs/libtorch.sh program | "$compiler" -std=c++20 -fsyntax-only -I . -I xgrad/torch_compat -x c++ -
