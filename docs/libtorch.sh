#!/usr/bin/env bash
# libtorch.tsv, in two other forms:
#   docs/libtorch.sh table    the page docs/libtorch.md
#   docs/libtorch.sh program  a C++ program that compiles with xgrad::torch_compat if every name and every overload that is said
#                             to be there is
#   docs/libtorch.sh judge    finds out which overloads of docs/libtorch_signatures.tsv are there, and notes it

set -euo pipefail
source_file=$(dirname "${BASH_SOURCE[0]}")/libtorch.tsv
signatures=$(dirname "${BASH_SOURCE[0]}")/libtorch_signatures.tsv

table() {
  cat << 'END'
# libtorch's C++ frontend, name by name

What a program written for libtorch 1.13 finds in xgrad. With the CMake target `xgrad::torch_compat`, `#include <torch/torch.h>`
and the namespace `torch` mean xgrad, so that programs within this table compile unchanged. *Same* is the same name with the
same meaning; what *differs* says how, and what is *absent* says why.

Functions and methods of tensors are judged by overload: `docs/libtorch_signatures.tsv` lists what libtorch declares, and which of
it compiles with all arguments and without those that have defaults ("same"), or only without these ("short") or with them ("full"); `[...]` are parameters with defaults. Left out are names that begin with an underscore, forms that write to `out`,
and overloads for names of dimensions and symbolic sizes: of these there are none.

Arguments are taken for what they are: a text, a pointer or a number in place of a flag, a bool or a fraction in place of a
dimension do not compile here, where libtorch turns one into the other. A bool is still a number where a `Scalar` or the
length, slope or eps of something is meant. Losses take input and target of one shape, and throw where libtorch would
broadcast them, which is seldom meant. Integers that a dtype does not hold are refused where they are to be stored, and
compared as they are.

This page is made from `docs/libtorch.tsv` by `docs/libtorch.sh table`; a test compiles every name and every overload that it
calls the same.

END
  printf '**%s.**\n' "$(counts "$source_file")"
  awk -F '\t' '
    /^#/ { next }
    $1 != part {
      part = $1
      title = part == "torch" ? "torch" : part == "Tensor" ? "Methods of torch::Tensor" : "torch::" part
      printf "\n## %s\n\n| name | in xgrad | |\n| --- | --- | --- |\n", title
    }
    { printf "| `%s` | %s | %s |\n", $2, $3, $4 }' "$source_file"
}

program() {
  printf '#include <torch/torch.h>\ntemplate <class T>\nT given();\n'
  awk -F '\t' '
    /^#/ || $3 == "absent" { next }
    $1 == "Tensor" { methods = methods "  using torch::Tensor::" $2 ";\n"; next }
    $1 == "torch" { print "namespace part_torch { using torch::" $2 "; }"; next }
    { part = $1; gsub(/::/, "_", part); print "namespace part_" part " { using torch::" $1 "::" $2 "; }" }
    END { printf "struct Methods : torch::Tensor {\n%s};\n", methods }' "$source_file"
  calls present
}

# A line for each overload that calls it with what has no default, and one that calls it with all: of those that are there, or of
# all.
calls() {
  awk -F '\t' -v wanted="$1" '
    function arguments(types, before,    list, count, i, type, text) {
      count = split(types, list, "; ")
      for (i = 1; i <= count; ++i) {
        type = list[i]
        if (type !~ /^(bool|double|int64_t)$/) {
          sub(/optional<Generator>/, "Generator", type)  # programs give what is in it
          sub(/optional<Tensor>/, "Tensor", type)
          gsub(/[A-Z][A-Za-z]*/, "torch::&", type)
          gsub(/torch::OptionalIntArrayRef/, "torch::IntArrayRef", type)
          gsub(/optional</, "torch::optional<", type)
          gsub(/torch::optional<string_view>|string_view/, "const char*", type)
          gsub(/indexing::/, "torch::indexing::", type)
          gsub(/torch::indexing::torch::/, "torch::indexing::", type)
        }
        text = text (before text == "" ? "" : ", ") "given<" type ">()"
      }
      return text
    }
    /^#/ { next }
    wanted == "all" || $5 != "absent" {
      callee = $1 == "Tensor" ? "given<torch::Tensor&>()." $2 : "torch::" $2
      few = arguments($3, "")
      all = few arguments($4, few)
      if ($5 != "full" || wanted == "all") printf "inline void short_%d() { %s(%s); }\n", NR, callee, few
      if (all != few && (wanted == "all" || $5 == "same" || $5 == "full")) printf "inline void full_%d() { %s(%s); }\n", NR, callee, all
    }' "$signatures"
}

# A line for each name that is said to be absent, and that no overload judges, which compiles if it is there after all.
absent_names() {
  awk -F '\t' '
    FNR == 1 { ++file }
    /^#/ { next }
    file == 1 { judged[$1, $2] = 1; next }
    $3 != "absent" || ($1, $2) in judged { next }
    $1 == "Tensor" { printf "struct Name_%d : torch::Tensor { using torch::Tensor::%s; };  // %s\t%s\n", FNR, $2, $1, $2; next }
    { printf "namespace name_%d { using torch::%s%s; }  // %s\t%s\n", FNR, $1 == "torch" ? "" : $1 "::", $2, $1, $2 }
  ' "$signatures" "$source_file"
}

# Compiles a call of every overload, and writes into the lists which of them compile.
judge() {
  local folder
  folder=$(mktemp -d)
  { printf '#include <torch/torch.h>\ntemplate <class T>\nT given();\n'; calls all; } > "$folder/calls.cpp"
  ${CXX:-c++} -std=c++20 -fsyntax-only -fmax-errors=0 -w -I . -I xgrad/torch_compat "$folder/calls.cpp" 2> "$folder/errors" || true
  grep -oE "^$folder/calls.cpp:[0-9]+:[0-9]+: *(error|required from here)" "$folder/errors" | cut -d: -f2 | sort -un > "$folder/lines" || true
  awk -v lines="$folder/lines" 'BEGIN { while ((getline line < lines) > 0) bad[line] = 1 }
    match($0, /(short|full)_[0-9]+/) && bad[NR] { print substr($0, RSTART, RLENGTH) }' "$folder/calls.cpp" > "$folder/absent"
  awk -F '\t' -v OFS='\t' -v absent="$folder/absent" 'BEGIN { while ((getline line < absent) > 0) bad[line] = 1 }
    !/^#/ {
      few = ("short_" NR) in bad
      all = ("full_" NR) in bad || ($4 == "" && few)
      $5 = few && all ? "absent" : few ? "full" : all ? "short" : "same"
    }
    { print }' "$signatures" > "$folder/signatures"
  cp "$folder/signatures" "$signatures"
  # Names without overloads, but for those that are declared to say that they are not there.
  { printf '#include <torch/torch.h>\n'; absent_names; } > "$folder/names.cpp"
  ${CXX:-c++} -std=c++20 -fsyntax-only -fmax-errors=0 -w -I . -I xgrad/torch_compat "$folder/names.cpp" 2> "$folder/errors" || true
  grep -oE "^$folder/names.cpp:[0-9]+:[0-9]+: *error" "$folder/errors" | cut -d: -f2 | sort -un > "$folder/lines" || true
  grep -oE 'XGRAD_UNSUPPORTED_(CLASS|FUNCTION)\(\w+' xgrad/torch_compat/torch/unsupported.h | sed 's/.*(//' > "$folder/refused"
  awk -v lines="$folder/lines" -v refused="$folder/refused" '
    BEGIN {
      while ((getline line < lines) > 0) bad[line] = 1
      while ((getline name < refused) > 0) bad[name] = 1
    }
    NR > 1 && !bad[NR] { sub(/.*\/\/ /, ""); split($0, names, "\t"); if (!bad[names[2]]) print }' "$folder/names.cpp" > "$folder/there"
  # The rows of these names: the same, absent for the reason noted, or there but for some overloads.
  awk -F '\t' -v OFS='\t' -v there="$folder/there" '
    BEGIN { while ((getline line < there) > 0) found[line] = 1 }
    FNR == 1 { ++file }
    file == 1 && !/^#/ {
      key = $1 OFS $2
      ++all[key]
      if ($5 == "same") ++same[key]
      if ($5 == "short") ++short[key]
      if ($5 == "full") ++short[key]
      if ($5 != "same") {
        missing[key] = missing[key] (missing[key] == "" ? "" : ", ") ($5 == "full" ? "the defaults of " : "") \
          "(" $3 ($4 == "" ? "" : ($3 == "" ? "" : "; ") "[" $4 "]") ")"
      }
    }
    file == 2 && !/^#/ {
      key = $1 OFS $2
      if (key in all) {
        seen[key] = 1
        $0 = row($1, $2, $3, $4)
      } else if (key in found) {
        $0 = key OFS "same" OFS
      }
      print
    }
    function row(part, name, status, note,    key) {
      key = part OFS name
      if (same[key] == all[key]) {
        if (status != "differs" || note ~ /^without /) return part OFS name OFS "same" OFS
        return part OFS name OFS status OFS note
      }
      if (same[key] + short[key] > 0) return part OFS name OFS "differs" OFS "without " missing[key]
      return part OFS name OFS "absent" OFS (status == "absent" && note != "" ? note : "not yet")
    }
    END {
      for (key in all) {
        if (key in seen) continue
        split(key, names, OFS)
        print row(names[1], names[2], "", "")
      }
    }' "$signatures" "$source_file" | LC_ALL=C sort -t "$(printf '\t')" -k 1,1 -k 2,2f > "$folder/rows"
  {
    echo "# $(counts "$folder/rows")"
    printf '# part\tname\tstatus: same, differs or absent\tnote\n'
    cat "$folder/rows"
  } > "$folder/names"
  cp "$folder/names" "$source_file"
  rm -r "$folder"
}

# How much is there: counts ROWS
counts() {
  awk -F '\t' '
    FNR == 1 { ++file }
    /^#/ { next }
    file == 1 { ++names[$3]; ++all }
    file == 2 { ++overloads; if ($5 == "same") ++there }
    END {
      printf "%d names: %d the same, %d that differ, %d absent; of %d overloads of functions and methods, %d\n", all,
        names["same"], names["differs"], names["absent"], overloads, there
    }' "$1" "$signatures"
}

case ${1:-} in
  table) table ;;
  program) program ;;
  judge) judge ;;
  *)
    sed -n '2,6s/^# //p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
