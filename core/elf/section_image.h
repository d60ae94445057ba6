// A small ELF image in memory, made of chosen sections of another: libelf and libdw inflate a section by rewriting the
// image it is in, and the mapped file must not change.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/elf/elf_file.h"

namespace lldbgo {

/// The image of `sections` as they are in the file (compressed ones stay so), in that order from index 1 on, without
/// segments. Errors: truncated, limit (a section claims to inflate to more than its bytes can hold).
Result<std::vector<std::byte>> make_section_image(const ElfFile& elf, std::span<const Section* const> sections);

}  // namespace lldbgo
