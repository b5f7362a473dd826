# Makes one program of the guides: each becomes a function that runs its fragments of C++ from top to bottom, after the
# programs with a `main` of their own, where there are any. Given the guides in the order in which they run.

function finish() {
  if (guide) body = body "namespace guide_" guide " {\n" programs "void run() {\n" fragments "}\n}\n"
  programs = fragments = ""
}

FNR == 1 {
  finish()
  guide += 1
  name = FILENAME
  sub(/.*\//, "", name)
  calls = calls "  std::cout << \"== " name "\\n\" << std::flush;\n  guide_" guide "::run();\n"
}

$0 == "```cpp" {
  inside = 1
  block = "#line " FNR + 1 " \"" name "\"\n"
  next
}

/^```/ && inside {
  inside = 0
  if (sub(/\nint main\(\) \{/, "\nvoid program_" count + 1 "() {", block)) {
    programs = programs block
    fragments = fragments "program_" ++count "();\n"
  } else {
    fragments = fragments block
  }
}

inside && /^#include/ {
  if (!included[$0]++) includes = includes $0 "\n"
  block = block "\n"
  next
}

inside { block = block $0 "\n" }

END {
  finish()
  printf "%s%s#line 1 \"main\"\nint main() {\n%s}\n", includes, body, calls
}
