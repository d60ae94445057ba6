// Questions about single instructions.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/address.h"
#include "core/base/byte_reader.h"

namespace lldbgo {

/// Does a CALL (relative, register or memory) end exactly at the end of these bytes? Give the 16 bytes before a return
/// address, or as many as there are. A false "yes" is possible (x86 can be read from several starts), a false "no" is
/// not.
bool is_call_before(Bytes code_before);

/// The last instruction before some offset, padding left out.
struct PrecedingInstruction {
  std::uint64_t offset = 0;  ///< a byte of it; its first one, except where only a CALL was recognised
  bool call = false;
  bool padded = false;     ///< something that is not the program's own lies between: NOPs, and what restores Go's fixed
                           ///< registers after a call of ABI0 code
  std::bitset<32> writes;  ///< general registers by Reg 0..15, then X0..X15; all of them for a call
};
/// How far into a function preceding_instruction decodes.
inline constexpr std::uint64_t kPrecedingInstructionReach = 16384;

/// Decodes from the start of `code`. Beyond the reach only a CALL right before is recognised. Absent: none, or
/// `offset` is not at an instruction boundary.
std::optional<PrecedingInstruction> preceding_instruction(Bytes code, std::uint64_t offset);

/// An instruction that addresses memory relative to its own address.
struct RipReference {
  std::uint64_t offset = 0;  ///< of the instruction
  FileAddr target;
  std::uint16_t size = 0;  ///< bytes accessed; 0 for LEA
  bool write = false;
};

/// References made by up to `max_instructions` instructions that follow each other at `at`; decoding goes on across
/// branches.
std::vector<RipReference> rip_references(Bytes code, FileAddr at, std::size_t max_instructions);
/// The first of the single instruction at `code`.
std::optional<FileAddr> rip_relative_target(Bytes code, FileAddr at);

}  // namespace lldbgo
