# What Doxygen reads in place of a header. It follows the conventions of these sources, line by line:
# - a docstring counts for the overloads that follow it without a blank line;
# - a comment of the form "// Views (ops/view.h)." over a class's methods says where the functions of the same names are;
# - copying, moving and destruction that are deleted, defaulted or bare need no words;
# - the comment before "#pragma once" is about the file;
# - XGRAD_MODULE and XGRAD_ARG stand for a holder and an option.

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

FILENAME ~ /\.md$/ {
  print
  next
}

FNR == 1 && /^\/\/\/ / { print "/// @file" }

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
  section = $0
  sub(/^ *\/\/ /, "", section)
  sub(/\(/, "(see the functions of the same names in ", section)
  gsub(/ops\//, "autograd/ops/", section)
  gsub(/tensor\//, "autograd/tensor/", section)
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
