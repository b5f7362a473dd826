# What Doxygen reads in place of a header. It follows the conventions of these sources, line by line:
# - a docstring counts for the overloads that follow it without a blank line;
# - a comment of the form "// Views (ops/view.h)." over a class's methods says where the functions of the same names are;
# - copying, moving and destruction that are deleted, defaulted or bare need no words;
# - the comment before "#pragma once" is about the file;
# - XGRAD_MODULE and XGRAD_ARG stand for a holder and an option, and XGRAD_FIELDS for nothing;
# - the table of Tensor's methods, autograd/tensor/methods.def, stands as declarations where tensor.h includes it.

function indent_of(line) {
  match(line, /^ */)
  return RLENGTH
}

# The name that a declaration is about.
function name_of(line) {
  sub(/^ *template <[^()]*> /, "", line)
  if (match(line, /operator *[^ (a-z]+ *\(/)) return substr(line, RSTART, RLENGTH)
  if (!match(line, /[A-Za-z_][A-Za-z_0-9]*\(/)) return ""
  return substr(line, RSTART, RLENGTH)
}

# Splits the arguments of a macro, which start at the place `from` of `text`, into `parts`; returns the place after them.
function arguments(text, from, parts,    place, depth, count, character) {
  delete parts
  count = 1
  depth = 1
  for (place = from; depth > 0; place++) {
    character = substr(text, place, 1)
    if (character ~ /[({<]/) depth++
    if (character ~ /[)}>]/) depth--
    if (depth == 1 && character == ",") count++
    else if (depth > 0) parts[count] = parts[count] character
  }
  for (depth in parts) {
    gsub(/^ +| +$/, "", parts[depth])
    gsub(/ +/, " ", parts[depth])
  }
  return place
}

# The parameters with their defaults.
function with_defaults(parameters,    place, parts, after) {
  while (place = index(parameters, " XGRAD_OR(")) {
    after = arguments(parameters, place + 10, parts)
    parameters = substr(parameters, 1, place - 1) " = " substr(parameters, place + 10, after - place - 11) substr(parameters, after)
  }
  return parameters
}

# Prints a method of the table, with the words over its section unless it has its own.
function print_method(result, name, parameters) {
  if (!fresh && section != "") print "  /** " section " */"
  print "  " result " " name with_defaults(parameters) " const;"
}

function print_methods(table,    line, pending, place, macro, parts, section_line) {
  while ((getline line < table) > 0) {
    if (line ~ /^#/ || continued_macro) {
      continued_macro = line ~ /\\$/
      continue
    }
    if (line ~ /^\/\/\/ /) {
      print "  " line
      fresh = 1
      continue
    }
    if (line ~ /^\/\/ .*\(ops\//) section = words_of_section(line)
    if (line ~ /^\/\// || line == "") continue
    pending = pending line
    while (match(pending, /^ *XGRAD_[A-Z_]+\(/)) {
      if (gsub(/\(/, "(", pending) != gsub(/\)/, ")", pending)) break
      macro = substr(pending, RSTART, RLENGTH - 1)
      sub(/^ */, "", macro)
      pending = substr(pending, arguments(pending, RSTART + RLENGTH, parts))
      if (macro ~ /^XGRAD_(METHOD|ALIAS|INLINE|OWN)$/) print_method(parts[1], parts[2], parts[3])
      if (macro ~ /^XGRAD_BOTH(_LINEAR)?$/) {
        print_method("Tensor", parts[1], parts[2])
        print_method("Tensor&", parts[1] "_", parts[2])
      }
      if (macro ~ /^XGRAD_UNARY(_ALIAS)?$/) {
        print_method("Tensor", parts[1], "()")
        print_method("Tensor&", parts[1] "_", "()")
      }
      if (macro == "XGRAD_BINARY_ALIAS") parts[2] = "other"
      if (macro ~ /^XGRAD_BINARY(_ALIAS)?$/) {
        print_method("Tensor", parts[1], "(const Tensor& " parts[2] ")")
        print_method("Tensor", parts[1], "(Scalar " parts[2] ")")
        print_method("Tensor&", parts[1] "_", "(const Tensor& " parts[2] ")")
        print_method("Tensor&", parts[1] "_", "(Scalar " parts[2] ")")
      }
      fresh = 0
    }
  }
  close(table)
  section = ""
}

function words_of_section(line) {
  sub(/^ *\/\/ /, "", line)
  sub(/\(/, "(see the functions of the same names in ", line)
  gsub(/ops\//, "autograd/ops/", line)
  gsub(/tensor\//, "autograd/tensor/", line)
  return line
}

FILENAME ~ /\.md$/ {
  print
  next
}

FNR == 1 && /^\/\/\/ / { print "/// @file" }

/^#include ".*\.def"$/ {
  table = FILENAME
  sub(/[^\/]*$/, "methods.def", table)
  print_methods(table)
  next
}

# The macros that the table is read with.
/^#define XGRAD_/ { macro_goes_on = 1 }
macro_goes_on {
  macro_goes_on = /\\$/
  print ""
  next
}

/^#pragma once/ {  # not printed: so much for the line above, and the numbers of lines are right again
  documented = 0
  next
}

/XGRAD_MODULE\([A-Za-z0-9]+\);/ {
  match($0, /\([A-Za-z0-9]+\)/)
  module = substr($0, RSTART + 1, RLENGTH - 2)
  $0 = "/** A shared pointer to a " module "Impl that is called as its forward is. */ class " module \
    " : public ModuleHolder<" module "Impl> {};"
}

/^ *XGRAD_ARG(_OF)?\(/ {
  sub(/XGRAD_ARG_OF\([A-Za-z]+, /, "XGRAD_ARG(")
  sub(/XGRAD_ARG\(/, "")
  sub(/, /, " ")
  sub(/\)/, "")
}

/^ *XGRAD_OPTIMIZER_OPTIONS\(/ { $0 = "" }

/^ *XGRAD_FIELDS\(/ || fields_go_on {
  fields_go_on = !/;$/
  print ""
  next
}

# Special members without words of their own
/= delete;/ || (!documented && /^ *(virtual )?~[A-Za-z]+\(\)/ && /[;}]$/) ||
  (!documented && /^ *[A-Za-z]+\((const [A-Za-z]+&|[A-Za-z]+&&)?[a-z ]*\)( noexcept)?( = default)?;/ && /= default;|&/) ||
  (!documented && /^ *[A-Za-z]+& operator=\((const )?[A-Za-z]+&&?[a-z ]*\)( noexcept)?( = default)?;/) {
  $0 = ""
  print
  next
}

/^ *$/ {
  documented = fresh = 0
  text = section = ""
  print
  next
}

/^ *\/\/\/($| )/ {
  line = $0
  sub(/^ *\/\/\/ ?/, "", line)
  if (!fresh) {
    text = ""
    whole = 1
  }
  if (line == "" || line ~ /^ /) whole = 0  # an example or a second paragraph is not repeated
  if (line == "@{") grouped = 1             # Doxygen's own way: it counts up to "@}"
  if (line == "@}") grouped = 0
  if (whole) text = text (text == "" ? "" : " ") line
  documented = 1
  fresh = 1
  print
  next
}

/^ *\/\/ .*\(((ops|tensor)\/[a-z_]+\.h(, )?)+\)\.$/ {
  section = words_of_section($0)
  print
  next
}

{
  starts = !continued && $0 !~ /^ *[\/}#]/
  if (starts && !grouped) {
    name = name_of($0)
    if (fresh) {
      shared = name == "" ? "" : text
      shared_name = name
      shared_indent = indent_of($0)
    } else if (!/\/\/\/</ && documented && shared != "" && name == shared_name && indent_of($0) == shared_indent) {
      $0 = "/** " shared " */ " $0
    } else if (!/\/\/\/</ && section != "" && indent_of($0) == 2) {
      $0 = "/** " section " */ " $0
    }
    fresh = 0
  }
  continued = $0 !~ /[;{}:]( *\/\/.*)?$/ && $0 !~ /^ *#/  # a declaration goes on where a line does not end it
  print
}
