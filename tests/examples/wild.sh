#!/usr/bin/env bash
# Files as they are in the wild: wild.sh PROGRAM FILE LETTER [OPTIONS...]. The same text written in another way gives the same
# result; what cannot be read is refused with the file's name, and the line. LETTER is one of the text that may be another.

set -euo pipefail
export LC_ALL=C
program=$1 file=$2 letter=$3
shift 3
options=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=$(basename "$file")
command=$(basename "$program")

result() {
  "$program" --data "$1" "${options[@]}" > "$work/output" || { cat "$work/output"; echo "failed: $1"; exit 1; }
  tail -1 "$work/output" | sed 's/ seconds_per_epoch=.*//'
}
expected=$(result "$file")
[[ $expected == "result: "* ]] || { echo "expected a result, got '$expected'"; exit 1; }

# same NAME: the variant that standard input has, in a file of that name, gives the result of the file.
same() {
  cat > "$work/$1"
  local found
  found=$(result "$work/$1")
  [[ $found == "$expected" ]] || { echo "$1: expected '$expected', got '$found'"; exit 1; }
}
# refused NAME MESSAGE: standard input, in a file of that name, is refused by a message that has the file's name and the text.
refused() {
  cat > "$work/$1"
  "$program" --data "$work/$1" "${options[@]}" > "$work/output" 2>&1 && { echo "expected a failure: $1"; exit 1; }
  grep -qF "error: " "$work/output" && grep -F "error: " "$work/output" | grep -F -- "$work/$1" | grep -qF -- "$2" ||
    { cat "$work/output"; echo "$1: expected '$2'"; exit 1; }
}

sed '1s/^\xEF\xBB\xBF//; 1s/^/\xEF\xBB\xBF/' "$file" | same "mark_$name"
sed 's/$/\r/' "$file" | same "crlf_$name"
head -c -1 "$file" | same "no_end_$name"
gzip -c "$file" | same "$name.gz"
gzip -c "$file" | same "no_ending_$name"
if [[ $command != write ]]; then
  { printf '\n'; cat "$file"; printf '\n\n   \n'; } | same "empty_lines_$name"
  if [[ $command != tag ]]; then tr -s ' \n' ' ' < "$work/output" | grep -q "empty line" || { echo "empty lines are not counted"; exit 1; }; fi
fi

# A byte of latin-1.
line=$(grep -nm1 "$letter" "$file" | cut -d: -f1)
sed "${line}s/$letter/\xE9/" "$file" > "$work/bytes"
refused "latin1_$name" ", line $line: the byte 0xe9 is no UTF-8" < "$work/bytes"
"$program" --data "$work/latin1_$name" --encoding latin-1 "${options[@]}" > "$work/output" ||
  { cat "$work/output"; exit 1; }
iconv -f UTF-8 -t UTF-16 "$file" | refused "utf16_$name" "the file is in UTF-16: convert it"
gzip -c "$file" | head -c -9 | refused "cut_$name.gz" "the compressed data is cut short"
{ gzip -c "$file" | head -c 40; printf '\xFF\xFF\xFF\xFF\xFF\xFF'; gzip -c "$file" | tail -c +47; } |
  refused "damaged_$name.gz" "compressed data is"
gzip -c "$file" | tail -c +11 | refused "bytes_$name" ""
refused "nothing_$name" "" < /dev/null
rm "$work/nothing_$name"
"$program" --data "$work/nothing_$name" "${options[@]}" > "$work/output" 2>&1 && exit 1
grep -qF "error: cannot open $work/nothing_$name" "$work/output" || { cat "$work/output"; exit 1; }
