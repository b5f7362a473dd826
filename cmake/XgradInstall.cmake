# Installation: library, headers, and what find_package(xgrad) and pkg-config need.

option(XGRAD_INSTALL "Install xgrad" ${PROJECT_IS_TOP_LEVEL})
if(NOT XGRAD_INSTALL)
  return()
endif()
include(CMakePackageConfigHelpers)

# `cmake --install BUILD --component runtime` installs what running programs need, `development` what building them needs.
install(
  TARGETS xgrad xgrad_torch_compat
  EXPORT xgradTargets
  LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
  ARCHIVE COMPONENT development)
foreach(variant IN LISTS XGRAD_VARIANTS)
  # Only what the loader looks for: programs are linked with the baseline library.
  install(
    TARGETS ${variant}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/glibc-hwcaps/${XGRAD_LEVEL_${variant}} COMPONENT runtime NAMELINK_SKIP)
endforeach()
install(
  DIRECTORY autograd nn optim data metrics distributions
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad
  COMPONENT development
  FILES_MATCHING PATTERN *.h PATTERN *.def)
install(
  DIRECTORY xgrad/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad
  COMPONENT development
  FILES_MATCHING PATTERN *.h PATTERN distributed.h EXCLUDE)
if(XGRAD_DISTRIBUTED)
  # Components of their own, and packages: who trains in one process needs neither them nor MPI.
  install(
    TARGETS xgrad_distributed
    EXPORT xgradTargets
    LIBRARY COMPONENT distributed NAMELINK_COMPONENT development)
  foreach(engine IN LISTS XGRAD_ENGINES)
    string(REPLACE xgrad_ "" component ${engine})
    install(
      TARGETS ${engine}
      LIBRARY COMPONENT ${component} NAMELINK_SKIP)
  endforeach()
  install(
    DIRECTORY distributed
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad
    COMPONENT development
    FILES_MATCHING PATTERN *.h)
  install(
    FILES xgrad/distributed.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad
    COMPONENT development)
endif()
install(
  DIRECTORY ${XGRAD_TORCH_COMPAT_HEADERS}/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad/torch_compat
  COMPONENT development)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/xgrad)
install(
  EXPORT xgradTargets
  NAMESPACE xgrad::
  DESTINATION ${package_folder}
  COMPONENT development)
set(XGRAD_LIBRARY_KIND static)
if(BUILD_SHARED_LIBS)
  set(XGRAD_LIBRARY_KIND shared)
endif()
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/xgradConfig.cmake.in ${PROJECT_BINARY_DIR}/xgradConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/xgradConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/xgradConfig.cmake ${PROJECT_BINARY_DIR}/xgradConfigVersion.cmake
  DESTINATION ${package_folder}
  COMPONENT development)

# The places in xgrad.pc are relative to the file, so that an installation can be moved.
file(RELATIVE_PATH XGRAD_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH XGRAD_PC_LIBDIR ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH XGRAD_PC_INCLUDEDIR ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
set(XGRAD_PC_LIBS -lxgrad)
if(NOT BUILD_SHARED_LIBS)
  string(APPEND XGRAD_PC_LIBS " -lfmt -ltbb -ltbbmalloc -lopenblas -lutf8proc -lzip -ldeflate -lz -lpthread")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/xgrad.pc.in ${PROJECT_BINARY_DIR}/xgrad.pc @ONLY)
install(
  FILES ${PROJECT_BINARY_DIR}/xgrad.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT development)

if(PROJECT_IS_TOP_LEVEL)
  include(XgradPackage)
endif()
