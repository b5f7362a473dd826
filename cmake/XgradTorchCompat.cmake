# For programs written for libtorch: <torch/torch.h>, in which torch:: means xgrad::. libtorch's other headers include that one:
# they are made here from the list xgrad/torch_compat/headers.txt.

set(XGRAD_TORCH_COMPAT_HEADERS ${PROJECT_BINARY_DIR}/torch_compat)
set(list ${PROJECT_SOURCE_DIR}/xgrad/torch_compat/headers.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
file(READ ${list} lines)
string(REPLACE ";" "\\;" lines "${lines}")
string(REPLACE "\n" ";" lines "${lines}")
foreach(line IN LISTS lines)
  if(line MATCHES "^([^#\t]+)\t(.+)$")
    set(content "#pragma once\n#error \"xgrad has no ${CMAKE_MATCH_2}\"\n")
  elseif(line MATCHES "^([^#\t]+)$")
    set(content "#pragma once\n#include <torch/torch.h>\n")
  else()
    continue()
  endif()
  file(CONFIGURE OUTPUT ${XGRAD_TORCH_COMPAT_HEADERS}/${CMAKE_MATCH_1} CONTENT "${content}" @ONLY)
endforeach()

add_library(xgrad_torch_compat INTERFACE)
add_library(xgrad::torch_compat ALIAS xgrad_torch_compat)
set_target_properties(xgrad_torch_compat PROPERTIES EXPORT_NAME torch_compat)
target_include_directories(xgrad_torch_compat INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/xgrad/torch_compat>
  $<BUILD_INTERFACE:${XGRAD_TORCH_COMPAT_HEADERS}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/xgrad/torch_compat>)
# See torch/torch.h.
target_compile_definitions(xgrad_torch_compat INTERFACE torch=xgrad)
target_link_libraries(xgrad_torch_compat INTERFACE xgrad)
