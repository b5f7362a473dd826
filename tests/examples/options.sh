#!/usr/bin/env bash
# Options that make no sense are refused before anything is trained, in words that say what was expected: options.sh PROGRAMS

set -euo pipefail
programs=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# mistake MESSAGE PROGRAM [OPTIONS...]
mistake() {
  local expected=$1 program=$2 message status=0
  shift 2
  message=$("$programs/$program" "$@" 2>&1) || status=$?
  [[ $status != 0 && $message == *"$expected"* ]] ||
    { echo "$program $*: expected '$expected', got '$message' and $status"; exit 1; }
}

mistake "--epochs: expected a whole number above 0, got '0'" hello --epochs 0
mistake "--epochs: expected a whole number above 0, got 'many'" hello --epochs many
mistake "--epochs: the number 99999999999999999999 is out of range" hello --epochs 99999999999999999999
mistake "--seed: expected a whole number from 0 on, got '-1'" hello --seed -1
mistake "--seed: the number 99999999999999999999 is out of range" hello --seed 99999999999999999999
mistake "--hidden: the number 9223372036854775807 is out of range" tag --hidden 9223372036854775807
mistake "--test-share: expected a number from 0 to 0.95, got 'nan'" classify --test-share nan
mistake "--save: there is no folder missing" classify --save missing/model.safetensors
mistake "--save: . is a folder" classify --save .
mistake "--save: the recipe for prices keeps no model" forecast --save prices.safetensors
status=0
"$programs/hello" --epochs 0 > output 2>&1 || status=$?
[[ $status == 2 ]]

# What was computed is not lost unseen.
if [[ -w /dev/full ]]; then
  message=$({ "$programs/hello" --epochs 1 > /dev/full; } 2>&1) && exit 1
  [[ $message == *"the standard output could not be written"* ]]
fi

# A run that is resumed has to be the same one.
"$programs/classify" --epochs 1 --checkpoint saved > output
mistake "--resume: the run that is saved has --seed 0, not 1" classify --epochs 2 --checkpoint saved --resume --seed 1
mistake "give the same data, shares and --batch-size" classify --epochs 2 --checkpoint saved --resume --batch-size 3
"$programs/classify" --epochs 1 --checkpoint other --resume > output
grep -q "other: nothing is saved there yet" output
