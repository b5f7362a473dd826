# How everything of xgrad is compiled.

find_program(XGRAD_CCACHE ccache)
if(XGRAD_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Keeps what was compiled with precompiled headers, too: CMake sees to it that they are made anew where a header changes.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${XGRAD_CCACHE})
endif()

add_library(xgrad_options INTERFACE)
target_compile_options(xgrad_options INTERFACE -Wall -Wextra -Wpedantic)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(xgrad_options INTERFACE -Wshadow=local)
  # Few collections of garbage: 70 MB more for each compiler that runs, and up to a twelfth less time.
  target_compile_options(xgrad_options INTERFACE "SHELL:--param ggc-min-heapsize=400000")
  # False alarms in GCC's own AVX-512 headers (GCC bug 105593), and in std::string's + (GCC bug 105651).
  target_compile_options(xgrad_options INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized -Wno-restrict)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # Attributes of lambdas, which every compiler in use takes, and GCC's pragmas, which Clang can do without.
  target_compile_options(xgrad_options INTERFACE -Wno-c++2b-extensions -Wno-unknown-pragmas)
endif()
if(XGRAD_FUZZ)
  # The macro is GCC's: memory comes from the system's allocator, which the sanitizer watches.
  target_compile_options(xgrad_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -D__SANITIZE_ADDRESS__=1)
  target_link_options(xgrad_options INTERFACE -fsanitize=address,undefined)
endif()
if(XGRAD_SANITIZE)
  target_compile_options(xgrad_options INTERFACE
    -fsanitize=${XGRAD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(xgrad_options INTERFACE -fsanitize=${XGRAD_SANITIZE})
  if(XGRAD_SANITIZE MATCHES "undefined" AND NOT XGRAD_SANITIZE_ALL)
    # Two fifths of what kernels take to compile, for what the address sanitizer reports where it has consequences.
    target_compile_options(xgrad_options INTERFACE -fno-sanitize=null,object-size,vptr)
  endif()
endif()
