# Compiler and linker flags that make defects harder to exploit: checked library calls, stack canaries
# and probes, code and data at random addresses, and no memory that is both writable and executable.
# tests/consumer/hardening.sh checks the result.
include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C CXX)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(TT_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL Debug)
  return()                               # checked calls need optimisation, and sanitizers find more
endif()

# clang 14 supports only level 2.
set(_level 2)
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 12)
  set(_level 3)
endif()
target_compile_options(tt_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${_level})
foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  string(MAKE_C_IDENTIFIER "TT_HAS${flag}" _has)
  check_c_compiler_flag("-Werror ${flag}" ${_has})
  if(${_has})
    target_compile_options(tt_flags INTERFACE ${flag})
  endif()
endforeach()
if(NOT APPLE)
  target_link_options(tt_flags INTERFACE LINKER:-z,relro,-z,now,-z,noexecstack)
endif()
