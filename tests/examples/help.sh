#!/usr/bin/env bash
# Help ends its lines within 80 columns, but for whole commands: help.sh PROGRAM...

set -euo pipefail
for program in "$@"; do
  "$program" --help | awk -v program="$program" '
    length > 80 && !/^  \.\// && !/^Usage/ { print program ": " $0; bad = 1 }
    /^  -h,--help/ { found = 1 }
    END { exit bad || !found }'
done
