// The bytes in front of an opcode, as cmd/vendor/golang.org/x/arch/x86/x86asm (Go 1.27) reads and shows them.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/byte_reader.h"

namespace lldbgo {

/// At most one prefix of each kind acts: the last. VEX and EVEX are none.
struct LegacyPrefixes {
  Bytes bytes;           ///< without REX
  std::uint8_t rex = 0;  ///< 0: none
  int repeat_at = -1;    ///< index of the acting 0xf2 or 0xf3
  int segment_at = -1;   ///< of 0x64 or 0x65: the other segments do nothing in 64-bit mode
  bool operand_size = false, address_size = false, lock = false;
  bool plain = true;  ///< no kind twice, no LOCK and no old segment: safe to leave to Zydis

  std::size_t size() const { return bytes.size() + (rex != 0 ? 1 : 0); }
  std::uint8_t at(int index) const { return std::to_integer<std::uint8_t>(bytes[static_cast<std::size_t>(index)]); }
  std::uint8_t repeat() const { return repeat_at < 0 ? std::uint8_t{0} : at(repeat_at); }
  std::uint8_t segment() const { return segment_at < 0 ? std::uint8_t{0} : at(segment_at); }
};

LegacyPrefixes read_prefixes(Bytes code);

/// What the instruction made of them.
struct PrefixUse {
  bool repeat = false;       ///< 0xf2 or 0xf3 selects the instruction
  bool segment = false;      ///< the segment is printed with an operand
  bool lock = false;         ///< LOCK is part of the instruction (MOV of CR8)
  bool conditional = false;  ///< a conditional jump: 0x2e and 0x3e are hints
};

/// Appends "REP; ", "LOCK " and the like.
void append_prefixes(const LegacyPrefixes& prefixes, const PrefixUse& use, std::string& out);

}  // namespace lldbgo
