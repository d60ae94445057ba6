// Questions about single instructions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/address.h"
#include "core/base/byte_reader.h"

namespace lldbgo {

/// Does a CALL (relative, register or memory) end exactly at the end of these bytes? Give the 16 bytes before a return
/// address, or as many as there are. A false "yes" is possible (x86 can be read from several starts), a false "no" is not.
bool is_call_before(Bytes code_before);

/// The offset of the CALL behind which `offset` lies with nothing but padding (NOPs) in between; absent: there is none.
/// Decodes from the start of `code`; further than 16 KB in only the instruction right before counts.
std::optional<std::uint64_t> call_just_before(Bytes code, std::uint64_t offset);

/// An instruction that addresses memory relative to its own address.
struct RipReference {
  std::uint64_t offset = 0;  ///< of the instruction
  FileAddr target;
  std::uint16_t size = 0;    ///< bytes accessed; 0 for LEA
  bool write = false;
};

/// References made by up to `max_instructions` instructions that follow each other at `at`; decoding goes on across branches.
std::vector<RipReference> rip_references(Bytes code, FileAddr at, std::size_t max_instructions);
/// The first of the single instruction at `code`.
std::optional<FileAddr> rip_relative_target(Bytes code, FileAddr at);

}  // namespace lldbgo
