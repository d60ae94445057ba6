// A copy of an ELF file in which some sections have other bytes. Everything that is loaded stays where it is.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/elf/elf_file.h"

namespace lldbgo {

struct SectionChange {
  std::size_t index = 0;        ///< of the section, which must not be one that is loaded
  std::string name;             ///< its new name; empty: the section goes
  std::vector<Bytes> contents;  ///< one after the other; uncompressed
};

/// Writes the copy to `descriptor`, an empty regular file open for writing. What is replaced leaves a hole. Errors:
/// malformed (headers outside the file, a change of a loaded section), not_found (writing failed; errno says why).
Result<> write_elf_copy(const ElfFile& elf, const std::vector<SectionChange>& changes, int descriptor);

}  // namespace lldbgo
