# Installs the library, the header, and the files by which CMake and pkg-config find them. cli/ installs
# the command and its manual pages.

set(_package ${CMAKE_INSTALL_LIBDIR}/cmake/twicetold)

install(TARGETS twicetold EXPORT twicetoldtargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/include/twicetold.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

install(EXPORT twicetoldtargets NAMESPACE twicetold:: DESTINATION ${_package})
configure_package_config_file(cmake/twicetold-config.cmake.in twicetold-config.cmake
                              INSTALL_DESTINATION ${_package})
write_basic_package_version_file(twicetold-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/twicetold-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/twicetold-config-version.cmake DESTINATION ${_package})

# pkg-config derives the prefix from the location of its file, so that the tree can be moved.
file(RELATIVE_PATH TT_PC_UP ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" TT_PC_UP "${TT_PC_UP}")
cmake_path(IS_ABSOLUTE CMAKE_INSTALL_LIBDIR _fixed)
if(_fixed)
  set(TT_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
  set(TT_PC_LIBDIR ${CMAKE_INSTALL_FULL_LIBDIR})
  set(TT_PC_INCLUDEDIR ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
  set(TT_PC_PREFIX "\${pcfiledir}/${TT_PC_UP}")
  set(TT_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  set(TT_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
# Users of a static library link its dependencies themselves, so these are public: `pkg-config --libs`
# is enough. --static also names the dependencies of those, for fully static programs. libarchive is
# named by its library: its .pc file asks --static for libraries that Debian's libarchive-dev lacks.
set(_libs "${TT_PC_ARCHIVE} -lm ${CMAKE_THREAD_LIBS_INIT}")
foreach(_library IN LISTS TT_CXX_RUNTIME)
  string(APPEND _libs " -l${_library}")
endforeach()
if(TT_OPENMP)
  string(APPEND _libs " ${OpenMP_C_FLAGS}")
endif()
string(REGEX REPLACE " +" " " _libs "${_libs}")
if(BUILD_SHARED_LIBS)
  set(TT_PC_PRIVATE .private)
  set(TT_PC_PRIVATE_LIBS "${_libs}")
else()
  set(TT_PC_PUBLIC_LIBS "${_libs}")
endif()
configure_file(cmake/twicetold.pc.in twicetold.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/twicetold.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
