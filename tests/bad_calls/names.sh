#!/usr/bin/env bash
# names.sh ROOT: fails with the names of modules, optimizers, schedulers, readers and writers that no bad call is made of.

set -euo pipefail
cd "$1"

missing=$(
  {
    grep -hoE '^XGRAD_MODULE\([A-Za-z0-9]+' -r nn --include='*.h' | sed 's/.*(//'
    sed -nE 's/^class ([A-Z][A-Za-z]+) : public (detail::AdamBase|FirstOrderOptimizer|Optimizer|LRScheduler) .*/\1/p' optim/*.h \
      optim/lr_scheduler/*.h | grep -vE '^(FirstOrderOptimizer|AdamBase)$'
    sed -nE 's/^class ([A-Z][A-Za-z]+(Reader|Scaler|Dataset|Vectors)) .*/\1/p; s/^class (Vocab) .*/\1/p' data/*.h data/text/*.h \
      data/tabular/*.h | grep -vE '^(ByteReader|StreamReader|IterableDataset|ConcatDataset)$'
    sed -nE 's/^[A-Za-z:<>, ]+ ((load|save|read|detect|list)[a-z_]*)\(.*std::string& path.*/\1/p' autograd/io/{npy,safetensors,pytorch,tensors}.h \
      nn/state_dict.h data/text/*.h data/tabular/*.h | grep -vE '^(read_class_names|read_text_file)$'
  } | sort -u | while read -r name; do
    grep -qE "\b$name\b" tests/bad_calls/*_test.cpp || echo "$name"
  done
)
if [[ -n $missing ]]; then
  printf 'no bad call in tests/bad_calls of:\n%s\n' "$missing" >&2
  exit 1
fi
