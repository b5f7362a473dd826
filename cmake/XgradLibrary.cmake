# The library: one list of sources, built once for this machine, or once for each instruction set.

file(GLOB_RECURSE XGRAD_SOURCES CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/autograd/*.cpp ${PROJECT_SOURCE_DIR}/nn/*.cpp ${PROJECT_SOURCE_DIR}/optim/*.cpp
  ${PROJECT_SOURCE_DIR}/data/*.cpp ${PROJECT_SOURCE_DIR}/metrics/*.cpp ${PROJECT_SOURCE_DIR}/distributions/*.cpp
  ${PROJECT_SOURCE_DIR}/xgrad/*.cpp)

# What computes is compiled for each instruction set, what reads files and keeps graphs once for all: only the former may include
# xtensor and xsimd, since the linker keeps one copy of a template that several sources use. Optimised as it pays: kernels for
# speed at any size, what reads bytes or keeps the graph for speed, and modules, batches and whatever else runs a few times a step
# for size, which halves what they take to compile.
set(XGRAD_KERNEL_SOURCES ${XGRAD_SOURCES})
list(FILTER XGRAD_KERNEL_SOURCES INCLUDE REGEX "/autograd/kernels/[^/]*\\.cpp$")
set(XGRAD_OPERATION_SOURCES ${XGRAD_SOURCES})
list(FILTER XGRAD_OPERATION_SOURCES INCLUDE REGEX "/autograd/ops/[^/]*\\.cpp$")
set(XGRAD_COMPUTING_SOURCES ${XGRAD_SOURCES})
list(FILTER XGRAD_COMPUTING_SOURCES INCLUDE REGEX "/autograd/(base|tensor)/[^/]*\\.cpp$")
set(XGRAD_COMMON_SOURCES ${XGRAD_SOURCES})
list(FILTER XGRAD_COMMON_SOURCES INCLUDE REGEX "/(autograd/(graph|backward)|data/text)/|/data/tabular/csv(_parser)?\\.cpp$")
set(XGRAD_SMALL_SOURCES ${XGRAD_SOURCES})
list(REMOVE_ITEM XGRAD_SMALL_SOURCES ${XGRAD_KERNEL_SOURCES} ${XGRAD_OPERATION_SOURCES} ${XGRAD_COMPUTING_SOURCES}
  ${XGRAD_COMMON_SOURCES})

# Without those of GCC's passes that take a fifth of the time and gain nothing here: operations on 16 elements are 3 % faster for
# it, as more of them stays in the cache.
set(XGRAD_LEAN_OPTIMIZATION -O2)
set(XGRAD_SMALL_OPTIMIZATION -Os)
set(XGRAD_VECTORIZE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Short loops over elements are left in operations: vectors where they pay, as -O3 would.
  set(XGRAD_VECTORIZE -fvect-cost-model=dynamic)
  set(XGRAD_LEAN_OPTIMIZATION -O1 -finline-small-functions -findirect-inlining -fstrict-aliasing -fexpensive-optimizations
    -ftree-loop-vectorize ${XGRAD_VECTORIZE} -ftree-pre -fcode-hoisting -frerun-cse-after-loop)
  set(XGRAD_SMALL_OPTIMIZATION -Os -fno-gcse -fno-tree-pre -fno-code-hoisting -fno-thread-jumps -fno-tree-vrp
    -fno-tree-dominator-opts -fno-ipa-cp -fno-ipa-sra -fno-partial-inlining)
endif()

# How the library's sources are compiled, and what they need.
function(xgrad_library_options target march optimization)
  target_compile_features(${target} PUBLIC cxx_std_20)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False alarms: where sources compile together, no type of one is local to "the main file"; and paths that cannot be.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage -Wno-array-bounds -Wno-stringop-overflow)
  endif()
  target_compile_options(${target} PRIVATE "$<$<NOT:$<CONFIG:Debug>>:${optimization}>" -march=${march} -ffp-contract=off
                         -fno-semantic-interposition)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/xgrad>)
  target_include_directories(${target} SYSTEM PRIVATE ${XGRAD_CBLAS_INCLUDE} ${XGRAD_UTF8PROC_INCLUDE} ${XGRAD_ZIP_INCLUDE}
    ${XGRAD_DEFLATE_INCLUDE} ${ZLIB_INCLUDE_DIRS})
  target_link_libraries(${target} PRIVATE
    $<BUILD_INTERFACE:xgrad_options> $<BUILD_INTERFACE:xtensor> $<BUILD_INTERFACE:xsimd> fmt::fmt TBB::tbb TBB::tbbmalloc
    $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> ${XGRAD_CBLAS} ${XGRAD_UTF8PROC} ${XGRAD_ZIP} ${XGRAD_DEFLATE} ${ZLIB_LIBRARIES})
  # Who uses the library has compiled its inline functions: their names would be a twentieth of the file.
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON VISIBILITY_INLINES_HIDDEN ON)
  if(XGRAD_UNITY)
    xgrad_unite_sources(${target})
  endif()
endfunction()

# Compiles the sources of a folder several at a time, of a top folder where they are short, and once what all of them read: most of
# a short file's time goes to headers.
function(xgrad_unite_sources target)
  if(target MATCHES "_kernels$")  # most take long enough alone
    target_precompile_headers(${target} PRIVATE <algorithm> <cmath> <vector>
      ${PROJECT_SOURCE_DIR}/autograd/base/parallel.h ${PROJECT_SOURCE_DIR}/autograd/kernels/vectors.h)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    foreach(kernel add_rows blas copy count cross ctc distances extremum)
      set_source_files_properties(${PROJECT_SOURCE_DIR}/autograd/kernels/${kernel}.cpp PROPERTIES UNITY_GROUP kernels_0)
    endforeach()
    foreach(kernel moments multinomial mersenne_twister optimizer_steps pooling random reduce windows)
      set_source_files_properties(${PROJECT_SOURCE_DIR}/autograd/kernels/${kernel}.cpp PROPERTIES UNITY_GROUP kernels_1)
    endforeach()
    return()
  endif()
  if(target STREQUAL xgrad)
    target_precompile_headers(${target} REUSE_FROM xgrad_common)  # its options are the same: with others, GCC takes the headers'
  else()
    target_precompile_headers(${target} PRIVATE <algorithm>
      ${PROJECT_SOURCE_DIR}/autograd/autograd.h ${PROJECT_SOURCE_DIR}/autograd/base/check.h)
  endif()
  set(most 13)
  if(target STREQUAL xgrad_small)  # modules are short, and some of their folders hold little
    set(most 16)
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  list(SORT sources)
  foreach(source IN LISTS sources)
    get_filename_component(folder ${source} DIRECTORY)
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${folder})
    if(target STREQUAL xgrad_small)
      string(REGEX REPLACE "/.*" "" folder ${folder})
    endif()
    string(REPLACE "/" "_" folder ${folder})
    if(NOT DEFINED count_of_${folder})
      set(count_of_${folder} 0)
    endif()
    math(EXPR part "${count_of_${folder}} / ${most}")
    math(EXPR count_of_${folder} "${count_of_${folder}} + 1")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${part})
  endforeach()
endfunction()

include(CheckLinkerFlag)
check_linker_flag(CXX LINKER:-z,pack-relative-relocs XGRAD_PACKS_RELOCATIONS)

# Kernels that gain nothing by -O3, which makes half as much again of them. Without the others' compiled headers, since GCC takes
# these headers' options for those of what includes them.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set_source_files_properties(
    ${PROJECT_SOURCE_DIR}/autograd/kernels/elementwise.cpp ${PROJECT_SOURCE_DIR}/autograd/kernels/elementwise_integers.cpp
    ${PROJECT_SOURCE_DIR}/autograd/kernels/gather.cpp
    PROPERTIES COMPILE_OPTIONS "$<$<NOT:$<CONFIG:Debug>>:-O2;${XGRAD_VECTORIZE}>" SKIP_PRECOMPILE_HEADERS ON)
endif()

function(xgrad_add_library target march)
  add_library(${target}_kernels OBJECT ${XGRAD_KERNEL_SOURCES})
  xgrad_library_options(${target}_kernels ${march} -O3)
  if(NOT CMAKE_CXX_FLAGS_DEBUG MATCHES "-O")  # at -O0, GCC 12 does not compile xsimd's headers for AVX-512
    target_compile_options(${target}_kernels PRIVATE $<$<CONFIG:Debug>:-Og>)
  endif()
  add_library(${target}_operations OBJECT ${XGRAD_OPERATION_SOURCES})
  xgrad_library_options(${target}_operations ${march} "${XGRAD_LEAN_OPTIMIZATION}")
  # Kernels first: where several compiled the same template, the linker takes the first one's.
  add_library(${target} $<TARGET_OBJECTS:${target}_kernels> ${XGRAD_COMPUTING_SOURCES} $<TARGET_OBJECTS:xgrad_common>
    $<TARGET_OBJECTS:${target}_operations> $<TARGET_OBJECTS:xgrad_small>)
  xgrad_library_options(${target} ${march} "-O2;${XGRAD_VECTORIZE}")
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME xgrad VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} DEFINE_SYMBOL "")
  if(BUILD_SHARED_LIBS)
    # Calls within the library go straight to their function: small operations are made of many.
    target_link_options(${target} PRIVATE LINKER:-Bsymbolic-functions "LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/xgrad.map")
    # Without the names of what is local: a fifth of the file. Profile a build with debug information (RelWithDebInfo).
    target_link_options(${target} PRIVATE $<$<CONFIG:Release>:LINKER:--strip-all>)
    # Nor what the linker took the place of by another copy, and with what it corrects when it loads in a short form.
    target_link_options(${target} PRIVATE LINKER:--gc-sections LINKER:-O2)
    if(XGRAD_PACKS_RELOCATIONS)
      target_link_options(${target} PRIVATE LINKER:-z,pack-relative-relocs)
    endif()
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/xgrad.map)
  endif()
endfunction()

# What every part of the library is compiled for, and the levels beyond it that have a variant of their own.
if(XGRAD_ARCH STREQUAL "native")
  if(CMAKE_CROSSCOMPILING)
    message(FATAL_ERROR "XGRAD_ARCH=native means the machine that builds: cross-compile with XGRAD_ARCH=portable")
  endif()
  set(XGRAD_BASELINE native)
  set(XGRAD_LEVELS)
elseif(NOT XGRAD_ARCH STREQUAL "portable")
  message(FATAL_ERROR "XGRAD_ARCH is '${XGRAD_ARCH}': expected native or portable")
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(XGRAD_BASELINE armv8-a)
  set(XGRAD_LEVELS)
else()
  set(XGRAD_BASELINE x86-64)
  set(XGRAD_LEVELS x86-64-v3 x86-64-v4)
endif()

# What is the same for every instruction set.
add_library(xgrad_common OBJECT ${XGRAD_COMMON_SOURCES})
xgrad_library_options(xgrad_common ${XGRAD_BASELINE} "-O2;${XGRAD_VECTORIZE}")
add_library(xgrad_small OBJECT ${XGRAD_SMALL_SOURCES})
xgrad_library_options(xgrad_small ${XGRAD_BASELINE} "${XGRAD_SMALL_OPTIMIZATION}")
xgrad_add_library(xgrad ${XGRAD_BASELINE})
set(XGRAD_VARIANTS)
if(XGRAD_LEVELS)
  if(NOT BUILD_SHARED_LIBS)
    message(FATAL_ERROR "XGRAD_ARCH=portable needs BUILD_SHARED_LIBS=ON: the loader chooses among shared libraries")
  endif()
  # glibc's loader looks below glibc-hwcaps/ beside the library that a program was linked with, and takes the best.
  foreach(level IN LISTS XGRAD_LEVELS)
    set(variant xgrad_${level})
    xgrad_add_library(${variant} ${level})
    set_target_properties(${variant} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/glibc-hwcaps/${level})
    # Whoever builds a program gets every variant.
    add_dependencies(xgrad ${variant})
    list(APPEND XGRAD_VARIANTS ${variant})
    set(XGRAD_LEVEL_${variant} ${level})
  endforeach()
endif()
add_library(xgrad::xgrad ALIAS xgrad)
