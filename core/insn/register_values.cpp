#include "core/insn/register_values.h"

namespace lldbgo {
namespace {

constexpr std::uint32_t kFirstSymbol = 2;
constexpr std::size_t kMostWords = 256;

std::optional<Reg> full_register(const ZydisDecodedOperand& op) {
  return op.type == ZYDIS_OPERAND_TYPE_REGISTER ? general_register(op.reg.value) : std::nullopt;
}

/// The 64-bit register whose lower half an instruction writes, clearing the upper one.
std::optional<Reg> wide_register(const ZydisDecodedOperand& op) {
  if (op.type != ZYDIS_OPERAND_TYPE_REGISTER || op.size < 32) return std::nullopt;
  return general_register(ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, op.reg.value));
}

}  // namespace

void RegisterValues::forget(std::uint64_t offset) {
  symbols_.clear();
  stack_.clear();
  for (unsigned r = 0; r < 16; ++r) fresh(static_cast<Reg>(r), offset);
}

void RegisterValues::fresh(Reg reg, std::uint64_t at, std::optional<std::int64_t> slot) {
  set(reg, {static_cast<std::uint32_t>(kFirstSymbol + symbols_.size()), 0});
  symbols_.push_back({at, reg, slot});
}

std::optional<RegisterValue> RegisterValues::stored(std::int64_t sp_offset) const {
  auto it = stack_.find(of(Reg::rsp).plus(sp_offset).offset);
  return it == stack_.end() ? std::nullopt : std::optional(it->second);
}

void RegisterValues::write_stack(const Instruction& in) {
  const ZydisDecodedOperand& to = in.operands[0];
  if (in.info.operand_count == 0 || to.type != ZYDIS_OPERAND_TYPE_MEMORY ||
      (to.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0)
    return;
  auto displacement = in.displacement_from(0, ZYDIS_REGISTER_RSP);
  if (!displacement) return;
  RegisterValue target = of(Reg::rsp).plus(*displacement);
  std::int64_t at = target.offset, size = to.size / 8;
  if (target.plus(-7).offset > at || target.plus(size).offset < at) return;
  stack_.erase(stack_.lower_bound(at - 7), stack_.lower_bound(at + size));
  if (in.mnemonic() != ZYDIS_MNEMONIC_MOV || size != 8 || stack_.size() >= kMostWords) return;
  if (auto reg = full_register(in.operands[1])) {
    stack_[at] = of(*reg);
  } else if (auto constant = in.immediate(1)) {
    stack_[at] = {RegisterValue::kConstant, *constant};
  }
}

void RegisterValues::apply(const Instruction& in) {
  if (in.info.meta.category == ZYDIS_CATEGORY_CALL) {
    stack_.clear();
    for (unsigned r = 0; r < 16; ++r) {
      auto reg = static_cast<Reg>(r);
      if (reg != Reg::rsp && reg != Reg::rbp) fresh(reg, in.end());
    }
    return;
  }
  write_stack(in);
  const ZydisDecodedOperand* ops = in.operands;
  std::optional<Reg> to = in.info.operand_count > 0 ? wide_register(ops[0]) : std::nullopt;
  bool whole = to && ops[0].size == 64;
  switch (in.mnemonic()) {
    case ZYDIS_MNEMONIC_MOV:
      if (!to) break;
      if (auto from = full_register(ops[1]); whole && from) return set(*to, of(*from));
      if (auto n = in.immediate(1)) {
        return set(*to,
                   {RegisterValue::kConstant, whole ? *n : static_cast<std::int64_t>(static_cast<std::uint32_t>(*n))});
      }
      if (auto narrow = wide_register(ops[1]); narrow && of(*narrow).constant()) {
        return set(*to, {RegisterValue::kConstant,
                         static_cast<std::int64_t>(static_cast<std::uint32_t>(*of(*narrow).constant()))});
      }
      if (auto slot = in.displacement_from(1, ZYDIS_REGISTER_RSP); whole && slot) return fresh(*to, in.end(), *slot);
      break;
    case ZYDIS_MNEMONIC_XOR:
      if (to && wide_register(ops[1]) == to) return set(*to, {RegisterValue::kConstant, 0});
      break;
    case ZYDIS_MNEMONIC_LEA: {
      const auto& mem = ops[1].mem;
      if (!whole || mem.index != ZYDIS_REGISTER_NONE) break;
      if (mem.base == ZYDIS_REGISTER_RIP) {
        return set(
            *to, {RegisterValue::kImage, static_cast<std::int64_t>((entry_ + in.end()).offset(mem.disp.value).value)});
      }
      if (auto base = general_register(mem.base)) return set(*to, of(*base).plus(mem.disp.value));
      break;
    }
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_SUB:
      if (auto n = in.immediate(1); whole && n && *n >= INT32_MIN && *n <= INT32_MAX) {
        return set(*to, of(*to).plus(in.mnemonic() == ZYDIS_MNEMONIC_ADD ? *n : -*n));
      }
      break;
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
      if (whole) return set(*to, of(*to).plus(in.mnemonic() == ZYDIS_MNEMONIC_INC ? 1 : -1));
      break;
    case ZYDIS_MNEMONIC_PUSH:
      return set(Reg::rsp, of(Reg::rsp).plus(-8));
    case ZYDIS_MNEMONIC_POP:
      if (whole) fresh(*to, in.end());
      return set(Reg::rsp, of(Reg::rsp).plus(8));
    default:
      break;
  }
  for (unsigned r = 0; r < 16; ++r) {
    if (in.writes(general_register_at(r))) fresh(static_cast<Reg>(r), in.end());
  }
}

std::optional<Place> RegisterValues::place(RegisterValue value) const {
  Place out;
  if (value.symbol == RegisterValue::kImage) {
    out.base = Place::Base::image;
    out.address = FileAddr(static_cast<std::uint64_t>(value.offset));
    return out;
  }
  if (value.symbol == RegisterValue::kConstant) return std::nullopt;
  auto reached = [&](Reg reg) {
    if (of(reg).symbol != value.symbol) return false;
    out.reg = reg;
    out.offset = value.minus(of(reg).offset).offset;
    return true;
  };
  if (reached(Reg::rsp)) return out;
  for (unsigned r = 0; r < 16; ++r) {
    if (!reached(static_cast<Reg>(r))) continue;
    const Symbol& symbol = symbols_[value.symbol - kFirstSymbol];
    out.origin = Place::Origin{symbol.at, symbol.reg, symbol.slot, value.offset};
    return out;
  }
  return std::nullopt;
}

Place RegisterValues::place(Reg reg, std::int64_t displacement) const {
  auto found = place(of(reg).plus(displacement));
  if (found && (found->base == Place::Base::image || found->reg == Reg::rsp)) return *found;
  Place out;
  out.reg = reg;
  out.offset = displacement;
  if (found) out.origin = found->origin;
  return out;
}

}  // namespace lldbgo
