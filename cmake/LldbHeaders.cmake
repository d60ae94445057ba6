# LLDBGO_LLDB_INCLUDE_DIR: the headers of the oldest supported LLDB, so that one library suits every newer one.
#
# Debian's liblldb-14-dev where it is installed. It excludes every other python3-lldb-N, and Debian 13 has none, so
# elsewhere the same package is unpacked into the cache of tools/toolchains and installed nowhere.

find_path(LLDBGO_LLDB_INCLUDE_DIR lldb/API/LLDB.h PATHS /usr/lib/llvm-14/include NO_DEFAULT_PATH)
if(NOT LLDBGO_LLDB_INCLUDE_DIR)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/toolchains headers 14
    OUTPUT_VARIABLE headers OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(LLDBGO_LLDB_INCLUDE_DIR ${headers} CACHE PATH "folder with lldb/API/LLDB.h of LLDB 14" FORCE)
endif()
