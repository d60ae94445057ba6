// The one door to Zydis inside core/insn: decodes a run of bytes instruction by instruction.
#pragma once

#include <Zydis/Zydis.h>

#include <cstdint>
#include <optional>

#include "core/base/byte_reader.h"
#include "core/target/threads.h"

namespace lldbgo {

struct Instruction {
  ZydisDecodedInstruction info{};
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT]{};
  std::uint64_t offset = 0;  ///< of its first byte in the decoded run

  std::uint64_t end() const { return offset + info.length; }
  ZydisMnemonic mnemonic() const { return info.mnemonic; }
  bool is_reg(unsigned operand, ZydisRegister reg) const;
  /// The signed immediate of an operand; absent where it is none.
  std::optional<std::int64_t> immediate(unsigned operand) const;
  /// Displacement of a plain [base+disp] memory operand without index; absent for any other form.
  std::optional<std::int64_t> displacement_from(unsigned operand, ZydisRegister base) const;
  /// Offset (in the decoded run) that a relative branch or call goes to; absent for any other form.
  std::optional<std::uint64_t> relative_target() const;
  bool is_conditional_branch() const { return info.meta.category == ZYDIS_CATEGORY_COND_BR; }
  /// Control does not simply fall through to the next instruction.
  bool ends_straight_line() const;
  /// Writes any part of the 64-bit register (hidden operands included).
  bool writes(ZydisRegister reg64) const;
};

class Decoder {
 public:
  explicit Decoder(Bytes code, std::uint64_t from = 0);
  /// The next instruction; absent at the end and where the bytes are none.
  std::optional<Instruction> next();

 private:
  ZydisDecoder decoder_{};
  Bytes code_;
  std::uint64_t at_;
};

/// rax..r15 as our own register, absent for every other register (also for their narrow parts).
std::optional<Reg> general_register(ZydisRegister reg64);

/// The other way round, for 0..15.
ZydisRegister general_register_at(unsigned number);

}  // namespace lldbgo
