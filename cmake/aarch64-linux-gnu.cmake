# Cross-compiles for 64-bit Arm on Debian (g++-aarch64-linux-gnu): cmake --toolchain cmake/aarch64-linux-gnu.cmake. Libraries are
# those of Debian's packages for arm64, installed beside the machine's own after `dpkg --add-architecture arm64`, or extracted
# into the folder XGRAD_SYSROOT, as tests/arm/run.sh does. Programs run in qemu (qemu-user-static).

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_CXX_COMPILER ${CMAKE_LIBRARY_ARCHITECTURE}-g++)
set(emulator qemu-aarch64-static)
set(XGRAD_ARCH portable CACHE STRING "native does not know the machine that programs are for")
set(XGRAD_SYSROOT "" CACHE PATH "A folder with Debian's packages for arm64")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES XGRAD_SYSROOT)

if(XGRAD_SYSROOT)
  set(CMAKE_FIND_ROOT_PATH ${XGRAD_SYSROOT})
  set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
  # OpenBLAS is one of several, which an installation would link to the common place.
  set(libraries ${XGRAD_SYSROOT}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE} ${XGRAD_SYSROOT}/lib/${CMAKE_LIBRARY_ARCHITECTURE}
    ${XGRAD_SYSROOT}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread)
  list(APPEND CMAKE_LIBRARY_PATH ${XGRAD_SYSROOT}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread)
  list(APPEND CMAKE_INCLUDE_PATH ${XGRAD_SYSROOT}/usr/include/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread)
  string(REPLACE ";" ":" libraries "${libraries}")
  string(APPEND CMAKE_SHARED_LINKER_FLAGS_INIT " -Wl,-rpath-link,${libraries}")
  string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -Wl,-rpath-link,${libraries}")
  list(APPEND emulator -L ${XGRAD_SYSROOT} -E LD_LIBRARY_PATH=${libraries})
endif()
set(CMAKE_CROSSCOMPILING_EMULATOR "${emulator}" CACHE STRING "What runs programs for Arm")
