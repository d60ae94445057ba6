#include "core/insn/decoder.h"

namespace lldbgo {

bool Instruction::is_reg(unsigned operand, ZydisRegister reg) const {
  return operand < info.operand_count && operands[operand].type == ZYDIS_OPERAND_TYPE_REGISTER &&
         operands[operand].reg.value == reg;
}

std::optional<std::int64_t> Instruction::immediate(unsigned operand) const {
  if (operand >= info.operand_count || operands[operand].type != ZYDIS_OPERAND_TYPE_IMMEDIATE) return std::nullopt;
  return operands[operand].imm.value.s;
}

std::optional<std::int64_t> Instruction::displacement_from(unsigned operand, ZydisRegister base) const {
  if (operand >= info.operand_count || operands[operand].type != ZYDIS_OPERAND_TYPE_MEMORY) return std::nullopt;
  const auto& mem = operands[operand].mem;
  if (mem.base != base || mem.index != ZYDIS_REGISTER_NONE) return std::nullopt;
  if (mem.segment == ZYDIS_REGISTER_FS || mem.segment == ZYDIS_REGISTER_GS) return std::nullopt;
  return mem.disp.value;
}

std::optional<std::uint64_t> Instruction::relative_target() const {
  if (info.operand_count == 0 || operands[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE || !operands[0].imm.is_relative) {
    return std::nullopt;
  }
  return end() + static_cast<std::uint64_t>(operands[0].imm.value.s);
}

bool Instruction::ends_straight_line() const {
  switch (info.meta.category) {
    case ZYDIS_CATEGORY_CALL:
    case ZYDIS_CATEGORY_COND_BR:
    case ZYDIS_CATEGORY_UNCOND_BR:
    case ZYDIS_CATEGORY_RET:
    case ZYDIS_CATEGORY_INTERRUPT:
    case ZYDIS_CATEGORY_SYSCALL:
    case ZYDIS_CATEGORY_SYSRET:
      return true;
    default:
      return info.mnemonic == ZYDIS_MNEMONIC_UD0 || info.mnemonic == ZYDIS_MNEMONIC_UD1 ||
             info.mnemonic == ZYDIS_MNEMONIC_UD2 || info.mnemonic == ZYDIS_MNEMONIC_HLT;
  }
}

bool Instruction::writes(ZydisRegister reg64) const {
  for (unsigned i = 0; i < info.operand_count; ++i) {
    const auto& op = operands[i];
    if (op.type != ZYDIS_OPERAND_TYPE_REGISTER || (op.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0) continue;
    if (ZydisRegisterGetLargestEnclosing(info.machine_mode, op.reg.value) ==
        ZydisRegisterGetLargestEnclosing(info.machine_mode, reg64)) {
      return true;
    }
  }
  return false;
}

Decoder::Decoder(Bytes code, std::uint64_t from) : code_(code), at_(from) {
  ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
}

std::optional<Instruction> Decoder::next() {
  if (at_ >= code_.size()) return std::nullopt;
  Instruction out;
  if (!ZYAN_SUCCESS(
          ZydisDecoderDecodeFull(&decoder_, code_.data() + at_, code_.size() - at_, &out.info, out.operands))) {
    return std::nullopt;
  }
  out.offset = at_;
  at_ += out.info.length;
  return out;
}

namespace {

// In the order of Reg.
constexpr ZydisRegister kGeneral[16] = {ZYDIS_REGISTER_RAX, ZYDIS_REGISTER_RDX, ZYDIS_REGISTER_RCX, ZYDIS_REGISTER_RBX,
                                        ZYDIS_REGISTER_RSI, ZYDIS_REGISTER_RDI, ZYDIS_REGISTER_RBP, ZYDIS_REGISTER_RSP,
                                        ZYDIS_REGISTER_R8,  ZYDIS_REGISTER_R9,  ZYDIS_REGISTER_R10, ZYDIS_REGISTER_R11,
                                        ZYDIS_REGISTER_R12, ZYDIS_REGISTER_R13, ZYDIS_REGISTER_R14, ZYDIS_REGISTER_R15};

}  // namespace

std::optional<Reg> general_register(ZydisRegister reg64) {
  for (unsigned i = 0; i < 16; ++i) {
    if (kGeneral[i] == reg64) return static_cast<Reg>(i);
  }
  return std::nullopt;
}

ZydisRegister general_register_at(unsigned number) {
  return kGeneral[number & 15];
}

}  // namespace lldbgo
