// Which Go built this file: the sources of the version, best first.
#pragma once

#include <string>
#include <vector>

#include "core/elf/build_info.h"
#include "core/elf/elf_file.h"
#include "core/gofacts/go_version.h"
#include "core/gofacts/pclntab_facts.h"

namespace lldbgo {

struct Identity {
  GoVersion version;
  const char* source = "pclntab";  ///< "buildinfo"|"symbol"|"dwarf"|"pclntab"
  BuildInfo build_info;            ///< empty where the file has none
  bool guessed = false;            ///< only the table's format told
  std::vector<std::string> problems;
};

/// Build info, runtime.buildVersion, the compiler's name in DWARF, the format of the pclntab at `pclntab`; a source
/// that contradicts the table's magic is passed over and reported. Errors: unsupported (Go older than 1.15; unknown
/// table).
Result<Identity> identify(const ElfFile& elf, FileAddr pclntab);

}  // namespace lldbgo
