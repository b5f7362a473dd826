# What the tests of documents share: code out of Markdown, and programs against an installed xgrad.

# blocks FILE LANGUAGE FOLDER: writes each fenced block of that language to FOLDER/LANGUAGE.N
blocks() {
  awk -v language="$2" -v prefix="$3/$2." '
    $0 == "```" language { inside = 1; n += 1; file = prefix n; next }
    /^```/ { inside = 0 }
    inside { print > file }' "$1"
}

# build_and_run PROGRAM.cpp LINES.cmake FOLDER PREFIX: a CMake project in FOLDER that finds xgrad in PREFIX, by those lines
build_and_run() {
  mkdir "$3"
  cp "$1" "$3/program.cpp"
  {
    echo 'cmake_minimum_required(VERSION 3.25)'
    echo 'project(program LANGUAGES CXX)'
    echo 'add_executable(program program.cpp)'
    cat "$2"
  } > "$3/CMakeLists.txt"
  cmake -S "$3" -B "$3/build" -DCMAKE_PREFIX_PATH="$4" > "$3/log"
  cmake --build "$3/build" >> "$3/log" || { cat "$3/log"; exit 1; }
  "$3/build/program"
}

# build_and_run_all FOLDER PREFIX: each FOLDER/cpp.N, by the lines of FOLDER/cmake.1. Sets `programs` to their number.
build_and_run_all() {
  local snippet
  programs=0
  for snippet in "$1"/cpp.*; do
    programs=$((programs + 1))
    echo "program $programs:"
    build_and_run "$snippet" "$1/cmake.1" "$1/program$programs" "$2"
  done
}
