#!/usr/bin/env bash
# The check of the compile time passes where nothing has changed, and fails where a source takes several times as long.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export COMPILE_TIME_BUILD=$work COMPILE_TIME_OBJECTS=sample.o COMPILE_TIME_RATIO=$work/ratio.txt
export COMPILE_TIME_REFERENCE=$work/reference.cpp COMPILE_TIME_CLOCK=$work/clock

cat > "$work/build.ninja" << NINJA
rule compile
  command = ${CXX:-c++} -std=c++20 -c \$in -o \$out
build sample.o: compile sample.cpp
NINJA
# No real time, which wavers where other tests run: the reference takes 2 seconds, the sample what its file says.
cat > "$work/clock" << CLOCK
#!/usr/bin/env bash
if [[ \$1 == *reference.cpp* ]]; then echo 2; else sed -n 's,^// ,,p' "$work/sample.cpp"; fi
CLOCK
chmod +x "$work/clock"

# fails: the check does, with a message.
fails() {
  ! "$here/check.sh" 2> "$work/message" || { echo "expected a failure"; exit 1; }
}

echo 'int sample();' > "$work/reference.cpp"
echo '// 3' > "$work/sample.cpp"
"$here/check.sh" --store
[[ $(cat "$work/ratio.txt") == 1.50 ]]
"$here/check.sh"
echo '// 5.9' > "$work/sample.cpp"
"$here/check.sh"
echo '// 6.1' > "$work/sample.cpp"
fails
grep -q 'has doubled' "$work/message"
# What cannot be measured is a failure, too.
COMPILE_TIME_OBJECTS=missing.o fails
grep -q 'has no missing.o' "$work/message"
echo 'int broken(' > "$work/sample.cpp"
fails
grep -q 'error' "$work/message"
