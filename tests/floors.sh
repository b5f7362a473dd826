#!/usr/bin/env bash
# Checks that includes within autograd/ run downwards: a folder may include those before it in the list, and itself.

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
exit $failed
