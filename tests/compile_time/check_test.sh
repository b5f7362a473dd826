#!/usr/bin/env bash
# The check of the compile time passes where nothing has changed, and fails where a source takes several times as long.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export COMPILE_TIME_BUILD=$work COMPILE_TIME_OBJECTS=sample.o COMPILE_TIME_RATIO=$work/ratio.txt
export COMPILE_TIME_REFERENCE=$work/reference.cpp
# Short measurements waver where other tests run.
export COMPILE_TIME_TURNS=3

cat > "$work/build.ninja" << NINJA
rule compile
  command = ${CXX:-c++} -std=c++20 -c \$in -o \$out
build sample.o: compile sample.cpp
NINJA

# write_sample WORK: a source that gives the compiler so much to compute.
write_sample() {
  cat << SOURCE
constexpr int count(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < 1000; ++j) sum ^= j;
  return sum;
}
static_assert(count($1) >= 0);
SOURCE
}

# fails: the check does, with a message.
fails() {
  ! "$here/check.sh" 2> "$work/message" || { echo "expected a failure"; exit 1; }
}

write_sample 300 | tee "$work/reference.cpp" > "$work/sample.cpp"
"$here/check.sh" --store
[[ $(cat "$work/ratio.txt") =~ ^[0-9]+\.[0-9]+$ ]]
"$here/check.sh"
write_sample 1500 > "$work/sample.cpp"
fails
grep -q 'has doubled' "$work/message"
# What cannot be measured is a failure, too.
COMPILE_TIME_OBJECTS=missing.o fails
grep -q 'has no missing.o' "$work/message"
echo 'int broken(' > "$work/sample.cpp"
fails
grep -q 'error' "$work/message"
