#!/usr/bin/env bash
# What does not compile says why, in its first error: compile_messages.sh COMPILER SOURCE_FOLDER

set -euo pipefail

compiler=$1
source=$2
failed=0

# says MESSAGE STATEMENT
says() {
  local errors
  if errors=$("$compiler" -std=c++20 -fsyntax-only -I "$source" -x c++ - 2>&1 <<< "
      #include \"data/data_loader.h\"
      void program() { $2; }"); then
    echo "compiles, but should not: $2"
    failed=1
  elif ! grep -m1 'error' <<< "$errors" | grep -qF "$1"; then
    echo "does not say '$1': $2"
    echo "$errors"
    failed=1
  fi
}

says "DataLoader: the collate function does not take a std::vector of the dataset's examples" \
  'xgrad::data::DataLoader loader(std::vector<int>{1, 2}, {}, [](const std::vector<double>& x) { return x; })'
says "DataLoader: the collate function does not take a std::vector of the dataset's examples" \
  'xgrad::data::DataLoader loader(std::vector<int>{1, 2}, {}, 5)'
says "DataLoader: the collate function returns something else than the loader's batch" \
  'xgrad::data::DataLoader<int, double> loader(std::vector<int>{1, 2}, {}, [](const std::vector<int>& x) { return x; })'
exit $failed
