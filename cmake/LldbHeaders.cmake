# LLDBGO_LLDB_INCLUDE: the headers of the oldest supported LLDB, so that one library suits every newer one.
#
# Debian's liblldb-14-dev where it is installed. It excludes every other python3-lldb-N, and Debian 13 has none, so
# elsewhere the same package is unpacked into the cache of tools/toolchains and installed nowhere.

find_path(LLDBGO_LLDB_INCLUDE lldb/API/LLDB.h PATHS /usr/lib/llvm-14/include NO_DEFAULT_PATH
  DOC "folder with lldb/API/LLDB.h of the oldest supported LLDB; liblldb.so is in ../lib")
if(NOT LLDBGO_LLDB_INCLUDE)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/toolchains sdk 14
    OUTPUT_VARIABLE sdk OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set_property(CACHE LLDBGO_LLDB_INCLUDE PROPERTY VALUE ${sdk}/include)
endif()
