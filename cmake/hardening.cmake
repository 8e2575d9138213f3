# What the compiler and the linker can do against a mistake that input finds: checked library calls,
# stack canaries and probes, code and data where they cannot be foreseen, and nothing that is both
# written and run. tests/consumer/hardening.sh looks at the result.
include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C CXX)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(TT_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL Debug)
  return()                               # checked calls need optimising, and sanitizers see more
endif()

# clang 14 knows level 2 only.
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
