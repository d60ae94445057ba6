// Machine code as x86asm (Go 1.27) understands it, decoded by Zydis.
#pragma once

#include <Zydis/Zydis.h>

#include <cstdint>
#include <string>

#include "core/base/byte_reader.h"
#include "core/insn/plan9_prefixes.h"

namespace lldbgo {

inline constexpr std::size_t kLongestInstruction = 15;

struct DecodedText {
  ZydisDecodedInstruction info;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT_VISIBLE];
  std::size_t size = 0;
  bool vector = false;            ///< VEX or EVEX: read by avx.go, by rules of its own
  const char* name = nullptr;     ///< in place of the mnemonic's
  std::string suffix;             ///< behind the mnemonic: "X", ".BCST", ".RN_SAE.Z"
  const char* control = nullptr;  ///< "CR", "DR", "TR": MOV between a general register and this one
  unsigned control_number = 0;
};

/// Only visible operands are decoded. False: no instruction for Zydis.
bool zydis_decode(Bytes code, DecodedText& out);
/// The mnemonic, its extension and this form of it are known to x86asm.
bool is_known(const DecodedText& insn);

/// False: unknown to x86asm. `code`: at most 15 bytes.
bool decode_legacy(Bytes code, const LegacyPrefixes& prefixes, DecodedText& out);
/// The same for code that begins with 0xc4, 0xc5 or 0x62.
bool decode_vector(Bytes code, DecodedText& out);

}  // namespace lldbgo
