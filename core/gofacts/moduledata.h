// runtime.firstmoduledata as the linker wrote it (runtime/symtab.go): the bases other tables are relative to.
#pragma once

#include <optional>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/elf/elf_file.h"
#include "core/gofacts/go_version.h"

namespace lldbgo {

struct Moduledata {
  FileAddr address;  ///< of the record itself
  Range<FileAddr> text, noptrdata, data, bss, noptrbss, types;
  FileAddr minpc, maxpc;
  std::optional<FileAddr> gofunc;  ///< 1.18+
};

/// Symbol, section .go.module, or the scan for a word that points at the pclntab, validated. Errors: not_found,
/// malformed.
Result<Moduledata> find_moduledata(const ElfFile& elf, const GoVersion& version, FileAddr pclntab);

}  // namespace lldbgo
