// A libdw session over chosen debug sections of an ELF file; private to core/dwarf.
#pragma once

#include <elfutils/libdw.h>

#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "core/elf/elf_file.h"

namespace lldbgo {

/// libdw inflates every debug section of a file when it opens it. Go compresses them all, and most are of no use to
/// us (.debug_line: pclntab knows the lines), so libdw gets a small ELF image of its own, in memory, which holds the
/// named sections only. Not thread-safe: libdw is not.
class DebugSections {
 public:
  /// `names` without the ".debug_"; the first one must be there (not_found), the others may be absent.
  static Result<DebugSections> open(const ElfFile& elf, std::initializer_list<std::string_view> names);
  DebugSections(DebugSections&& other) noexcept;
  DebugSections& operator=(DebugSections&&) = delete;
  ~DebugSections();

  Dwarf* dwarf() const { return dwarf_; }

 private:
  DebugSections() = default;

  std::vector<std::byte> image_;
  Elf* elf_ = nullptr;
  Dwarf* dwarf_ = nullptr;
};

}  // namespace lldbgo
