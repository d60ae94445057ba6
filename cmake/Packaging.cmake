# The lldb-go command beside the plugin, `cmake --install`, and the .deb of `cpack -G DEB`.
#
# The library goes to a folder of its own: it is loaded by LLDB, nobody links it.

include(GNUInstallDirs)

configure_file(${CMAKE_SOURCE_DIR}/scripts/lldb-go.in ${CMAKE_BINARY_DIR}/lldb-go @ONLY
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

if(TARGET lldb-go)
  install(TARGETS lldb-go LIBRARY DESTINATION lib/lldb-go)
endif()
if(TARGET lldb_go_python)
  install(TARGETS lldb_go_python LIBRARY DESTINATION lib/lldb-go/lldb-go-python)
  install(FILES formatters/python/lldb_go_formatters.py DESTINATION lib/lldb-go/lldb-go-python)
endif()
install(PROGRAMS ${CMAKE_BINARY_DIR}/lldb-go DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ide docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lldb-go)
set(CPACK_PACKAGE_CONTACT "lldb-go maintainers <maintainers@lldb-go.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Go frames, stacks and goroutines in LLDB, down to the assembler")
set(CPACK_PACKAGE_VENDOR lldb-go)
set(CPACK_PACKAGE_FILE_NAME lldb-go-${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
# Which LLDB it is loaded into is the user's choice: any from 14 on, so none is depended on.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS python3)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS lldb)
include(CPack)
