#!/usr/bin/env bash
# Checks that includes within autograd/ run downwards: a folder may include those before it in the list, and itself. The folders
# that stand on autograd/ do not know one another.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
floors=(base kernels tensor graph ops backward io)

failed=0
allowed=''
for floor in "${floors[@]}"; do
  allowed+="${allowed:+|}$floor"
  upwards=$(grep -rnoE '#include "autograd/[a-z_]+/[a-z_]+\.h"' "autograd/$floor" | grep -vE "\"autograd/($allowed)/" || true)
  if [[ -n $upwards ]]; then
    echo "These includes run upwards from autograd/$floor/:"
    echo "$upwards"
    failed=1
  fi
done

top='autograd|nn|optim|data|metrics|distributions|distributed|xgrad'
for folder in nn optim data metrics distributions; do
  [[ -d $folder ]] || continue
  sideways=$(grep -rnoE "#include \"($top)/[^\"]+\"" "$folder" | grep -vE "\"(autograd|$folder)/" || true)
  if [[ -n $sideways ]]; then
    echo "$folder/ includes more than autograd/ and itself:"
    echo "$sideways"
    failed=1
  fi
done
exit $failed
