# What `cmake --install` puts in place: the library, the header, and what lets others find them. The
# command and its man page are installed by cli/.

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

# pkg-config finds the prefix from its own place, so that the tree can be moved.
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
# An archive's users link what it needs themselves, so its direct needs are public: `pkg-config --libs`
# is enough, and --static, which also names the needs of those, is for programs all of archives.
set(_libs " -lm ${CMAKE_THREAD_LIBS_INIT}")
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
