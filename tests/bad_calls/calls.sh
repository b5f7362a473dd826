#!/usr/bin/env bash
# calls.sh ROOT: a C++ table of all public functions, and of the methods of Tensor, taken from the headers: each with a function
# that calls it with what Hostile gives for its parameters. A new function is in it by itself.

set -euo pipefail
cd "$1"

# Those that programs reach by xgrad/xgrad.h, but for those that read and write files and data.
reached=$'xgrad/xgrad.h\n'
previous=
while [[ $reached != "$previous" ]]; do
  previous=$reached
  # shellcheck disable=SC2086
  reached=$(sed -n 's/^#include "\(.*\.h\)".*/\1/p' $reached | cat - <(echo "$reached") | sort -u)
done
headers=$(grep -E '^(autograd/(ops|tensor)/|nn/(functional|init|utils)/|metrics/)' <<< "$reached")

awk '
  FNR == 1 { finish(); depth = 0; statement = ""; parens = 0; skipping = 0 }
  /^[ \t]*#/ || continued { continued = /\\$/; next }
  { sub(/\/\/.*/, ""); gsub(/\/\*[^*]*\*\//, ""); sub(/^ +/, ""); scan($0 " ") }
  END { finish() }

  function finish() { statement = ""; depth = 0; skipping = 0; parens = 0 }

  # Follows braces: into namespaces, and into the class Tensor and its base; over everything else.
  function scan(line,    i, c) {
    for (i = 1; i <= length(line); ++i) {
      c = substr(line, i, 1)
      if (skipping > 0) {
        skipping += (c == "{") - (c == "}")
        continue
      }
      if (c == "(") ++parens
      if (c == ")") --parens
      if (parens > 0 || (c != "{" && c != "}" && c != ";" && c != ":")) {
        statement = statement c
      } else if (c == ":") {
        if (statement ~ /^ *(public|protected|private) *$/) {
          access[depth] = statement
          statement = ""
        } else {
          statement = statement c
        }
      } else if (c == "{") {
        if (statement ~ /(^| )namespace [a-z_:]+ *$/) {
          enter(statement, "namespace")
        } else if (statement ~ /^ *class (Tensor|TensorBase)( : public TensorBase)? *$/) {
          enter(statement, "class")
        } else {
          if (!(statement ~ / = *$/)) declaration(statement)
          skipping = 1
          if (statement ~ / = *$/) continue
          statement = ""
        }
      } else if (c == "}") {
        --depth
        statement = ""
      } else {
        declaration(statement)
        statement = ""
      }
    }
  }

  function enter(text, kind) {
    sub(/ : public.*/, "", text)
    match(text, /[A-Za-z_:]+ *$/)
    text = substr(text, RSTART)
    gsub(/ /, "", text)
    scopes[++depth] = text
    kinds[depth] = kind
    access[depth] = kind == "class" ? "private" : "public"
    statement = ""
  }

  function declaration(text,    scope, method, i, name, list, call) {
    gsub(/[ \t]+/, " ", text)
    sub(/^ /, "", text)
    sub(/^\[\[[a-z_]+\]\] /, "", text)
    if (text !~ /\(/ || text ~ /= (delete|default)|operator|auto&&|auto\.\.\.|^(template|using|typedef|friend|class|struct|enum|extern|static_assert|concept|explicit|~|XGRAD_)/) return
    for (i = 1; i <= depth; ++i) {
      if (scopes[i] ~ /detail|kernels|profiler/ || access[i] ~ /private|protected/) return
      if (kinds[i] == "class") method = 1
      else scope = scope (scope == "" ? "" : "::") scopes[i]
    }
    if (scope !~ /^xgrad/) return
    if (!match(text, /[A-Za-z_][A-Za-z_0-9]* ?\(/)) return
    name = substr(text, RSTART, RLENGTH - 1)
    sub(/ $/, "", name)
    list = substr(text, RSTART + RLENGTH)
    if (method && (name == "Tensor" || name == "TensorBase" || text ~ /^static /)) return
    emit(method ? "" : scope, name, list)
  }

  # Writes a call: `list` is the text behind the opening parenthesis.
  function emit(scope, name, list,    i, c, level, parameter, types, shown, type, key) {
    level = 0
    parameter = ""
    for (i = 1; i <= length(list); ++i) {
      c = substr(list, i, 1)
      if (c == "(" || c == "<" || c == "{" || c == "[") ++level
      if (c == ")" && level == 0) break
      if (c == ")" || c == ">" || c == "}" || c == "]") --level
      if (c == "," && level == 0) {
        types = types (types == "" ? "" : ", ") given(parameter)
        parameter = ""
        continue
      }
      parameter = parameter c
    }
    if (parameter !~ /^ *$/) types = types (types == "" ? "" : ", ") given(parameter)
    shown = types
    gsub(/given\.of<|>\(\)/, "", shown)
    key = scope "::" name "(" shown ")"
    if (key in written || types ~ /void\*/ || name ~ /^(set_num_threads|retain_reference|release_reference)$/) return
    written[key] = 1
    printf "{\"%s%s(%s)\", []([[maybe_unused]] Hostile& given) { (void)%s%s(%s); }},\n", scope == "" ? "Tensor::" : scope "::", name, shown,
      scope == "" ? "given.of<Tensor&>()." : scope "::", name, types
  }

  function given(parameter) {
    sub(/ XGRAD_OR\(.*$/, "", parameter)
    sub(/ = .*$/, "", parameter)
    gsub(/^ +| +$/, "", parameter)
    gsub(/\[\[[a-z_]+\]\] /, "", parameter)
    sub(/(NoDimension|IsBool|NoBool) auto/, "bool", parameter)
    gsub(/OnlyBool/, "bool", parameter)
    gsub(/OnlyInt/, "std::int64_t", parameter)
    gsub(/OnlyReal/, "double", parameter)
    sub(/std::floating_point auto/, "double", parameter)
    if (sub(/^std::same_as</, "", parameter)) sub(/> auto/, "", parameter)
    sub(/std::convertible_to<std::string_view> auto/, "std::string", parameter)
    if (parameter !~ /^const [A-Za-z_:]+$/ && parameter ~ /[ &*>][a-z_][a-zA-Z_0-9]*$/) sub(/ ?[a-z_][a-zA-Z_0-9]*$/, "", parameter)
    return "given.of<" parameter ">()"
  }' $headers

# The methods that are in a list of their own.
sed 's://.*::; s:/\*[^*]*\*/::g; s/OnlyBool/bool/g; s/OnlyInt/std::int64_t/g; s/OnlyReal/double/g' autograd/tensor/methods.def | tr '\n' ' ' | sed -E 's/#define[^#]*\\//g; s/XGRAD_(METHOD|BOTH|BOTH_LINEAR|ALIAS|OWN|UNARY|BINARY|UNARY_ALIAS|BINARY_ALIAS)\(/\n&/g' |
  awk '
    function call(name, parameters,    count, list, i, text) {
      gsub(/ XGRAD_OR\(([^()]|\([^()]*\))*\)/, "", parameters)
      gsub(/ +/, " ", parameters)
      count = split(parameters, list, /, */)
      for (i = 1; i <= count; ++i) {
        gsub(/^ | $/, "", list[i])
        while (list[i] ~ /</ && list[i] !~ />/ && i < count) { list[i + 1] = list[i] ", " list[i + 1]; list[i] = ""; ++i }
        sub(/ ?[a-z_][a-z_0-9A-Z]*$/, "", list[i])
      }
      for (i = 1; i <= count; ++i) if (list[i] != "") text = text (text == "" ? "" : ", ") "given.of<" list[i] ">()"
      if (parameters ~ /auto|std::function|void\*/) return
      shown = parameters
      gsub(/"/, "", shown)
      printf "{\"Tensor::%s(%s)\", [](Hostile& given) { (void)given.of<Tensor&>().%s(%s); }},\n", name, shown, name, text
    }
    function parameters_of(line,    from, i, c, level) {
      from = index(line, "(")
      line = substr(line, from + 1)
      from = index(line, "(")
      for (i = from + 1; i <= length(line); ++i) {
        c = substr(line, i, 1)
        if (c == "(") ++level
        if (c == ")" && level-- == 0) break
      }
      return substr(line, from + 1, i - from - 1)
    }
    function name_of(line, position,    list) {
      sub(/^[A-Z_]+\(/, "", line)
      split(line, list, /[,)] */)
      return list[position]
    }
    /^XGRAD_(METHOD|ALIAS|OWN)\(/ {
      line = $0
      gsub(/std::tuple<[^>]*>/, "Tuple", line)
      call(name_of(line, 2), parameters_of(line))
    }
    /^XGRAD_BOTH(_LINEAR)?\(/ { call(name_of($0, 1), parameters_of($0)); call(name_of($0, 1) "_", parameters_of($0)) }
    /^XGRAD_UNARY(_ALIAS)?\([a-z]/ { call(name_of($0, 1), ""); call(name_of($0, 1) "_", "") }
    /^XGRAD_BINARY(_ALIAS)?\([a-z]/ {
      call(name_of($0, 1), "const Tensor& other"); call(name_of($0, 1) "_", "const Tensor& other")
      call(name_of($0, 1), "Scalar other"); call(name_of($0, 1) "_", "Scalar other")
    }' | grep -v '"Tensor::name'
