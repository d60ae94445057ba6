// Text out of the SB API.
#pragma once

#include <lldb/API/LLDB.h>

#include <string>

namespace lldbgo {

/// The SB API answers null for "none".
inline std::string text_of(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

inline std::string path_text(const lldb::SBFileSpec& file) {
  if (!file.IsValid()) return {};
  std::string directory = text_of(file.GetDirectory()), name = text_of(file.GetFilename());
  return directory.empty() ? name : directory + (directory == "/" ? "" : "/") + name;
}

}  // namespace lldbgo
