#!/usr/bin/env bash
# What xgrad does not have fails to compile, with a message that says so: unsupported.sh COMPILER SOURCE_FOLDER
# FOLDER_OF_GENERATED_HEADERS

set -euo pipefail

compiler=$1
source=$2
generated=$3

# expect MESSAGE PROGRAM
expect() {
  local output
  if output=$("$compiler" -std=c++20 -fsyntax-only -I "$source" -I "$source/xgrad/torch_compat" -I "$generated" -x c++ - <<< "$2" 2>&1); then
    echo "compiled, but should not: $2"
    exit 1
  fi
  if [[ $output != *"$1"* ]]; then
    echo "the message lacks '$1':"
    echo "$output"
    exit 1
  fi
}

# One translation unit for all that fails inside a function: each use gives its own message.
program='
#include <torch/torch.h>
void use() {
  torch::nn::Conv2d convolution(3, 4, 5);
  torch::jit::load("model.pt");
}'
expect "Conv2d: xgrad has no convolution" "$program"
expect "load: xgrad has no TorchScript" "$program"
expect "xgrad has no TorchScript" '#include <torch/script.h>'
