// The smallest parts of an instruction's text as plan9x.go prints them (Go 1.27): numbers, registers, and the operands
// of string instructions.
#pragma once

#include <cstdint>
#include <string>

#include "core/insn/plan9_decode.h"

namespace lldbgo {

void append_decimal(std::uint64_t value, std::string& out);
/// With 0x in front.
void append_hex(std::uint64_t value, std::string& out);
void append_signed_hex(std::int64_t value, std::string& out);
/// Without a size, as the assembler names it: AX, whether RAX, EAX or AX. Nothing for what has no name there.
void append_register(ZydisRegister reg, std::string& out);

/// A pattern for the operands of a string instruction, of which Zydis shows none. S: the source DS:0(SI), D: the
/// destination ES:0(DI), T: the table DS:0(BX) of XLAT; anything else stands for itself. Null: not such an instruction.
const char* hidden_operands(const DecodedText& insn);

}  // namespace lldbgo
