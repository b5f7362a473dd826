#!/usr/bin/env bash
# Every public header of libtorch's C++ frontend can be included, and what is out of scope says so:
# headers.sh COMPILER SOURCE_FOLDER FOLDER_OF_GENERATED_HEADERS

set -euo pipefail

compiler=$1
source=$2
generated=$3
list=$source/xgrad/torch_compat/headers.txt
compile=("$compiler" -std=c++20 -fsyntax-only -I "$source" -I "$source/xgrad/torch_compat" -I "$generated" -x c++ -)

# The headers of the libtorch that is installed, or those of the one that the list was made with.
installed=/usr/include/torch/csrc/api/include
if [[ -d $installed ]]; then
  public=$(cd "$installed" && find torch -name '*.h' | LC_ALL=C sort)
  diff --unified "$source/tests/golden/libtorch_headers.txt" - <<< "$public"
else
  public=$(< "$source/tests/golden/libtorch_headers.txt")
fi

missing=$(comm -13 <(grep -v '^#' "$list" | cut -f1 | LC_ALL=C sort) <(grep -vx torch/torch.h <<< "$public" | LC_ALL=C sort))
if [[ -n $missing ]]; then
  echo "These headers are missing from $list:"
  echo "$missing"
  exit 1
fi

# Each in turn is the first one that a program includes.
while IFS= read -r header; do
  if ! grep -q '^#include <torch/torch.h>$' "$generated/$header"; then
    echo "$header does not include torch/torch.h"
    exit 1
  fi
done < <(grep -v '^#' "$list" | grep -v $'\t')
{ grep -v '^#' "$list" | grep -v $'\t' | sed 's/.*/#include <&>/'; echo 'torch::Tensor x = at::ones({2}) + c10::Scalar(1);'; } |
  "${compile[@]}"

while IFS=$'\t' read -r header reason; do
  if output=$("${compile[@]}" <<< "#include <$header>" 2>&1) || [[ $output != *"xgrad has no $reason"* ]]; then
    echo "$header does not say: $reason"
    exit 1
  fi
done < <(grep -v '^#' "$list" | grep $'\t')
