// Go's own build record (.go.buildinfo): version, module, dependencies, build settings.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/elf/elf_file.h"

namespace lldbgo {

struct GoModule {
  std::string path, version, sum;
  std::string replaced_by;  ///< "path version" of a `=>` line, "" where none
};

struct BuildInfo {
  std::string go_version;  ///< "go1.24.4", may carry " X:experiment,..."
  std::string main_path;   ///< package path of main ("path" line)
  GoModule main_module;
  std::vector<GoModule> dependencies;
  std::vector<std::pair<std::string, std::string>> settings;  ///< "-buildmode" -> "exe", "CGO_ENABLED" -> "1", ...
};

/// Both layouts (inline strings since 1.18, pointers to Go strings before; debug/buildinfo). Finds the record without
/// section headers too. Errors: not_go, malformed, truncated.
Result<BuildInfo> read_build_info(const ElfFile& elf);

/// The Go string whose header {address, length} is at `header` in the file, where a position independent one too has
/// link-time addresses; "" for no header and for length 0. Errors: malformed (longer than `limit`), those of
/// ElfFile::bytes.
Result<std::string_view> go_string(const ElfFile& elf, FileAddr header, std::uint64_t limit);

}  // namespace lldbgo
