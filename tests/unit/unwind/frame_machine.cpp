#include "tests/unit/unwind/frame_machine.h"

#include <vector>

#include "core/insn/decoder.h"

namespace lldbgo::testing {
namespace {

constexpr ZydisRegister kSp = ZYDIS_REGISTER_RSP, kBp = ZYDIS_REGISTER_RBP;

// [SP+disp] or [BP+disp] of an operand.
std::optional<std::uint64_t> stack_address(const Instruction& insn, unsigned operand, const FrameState& at) {
  if (auto d = insn.displacement_from(operand, kSp)) return at.sp + static_cast<std::uint64_t>(*d);
  if (auto d = insn.displacement_from(operand, kBp)) return at.bp + static_cast<std::uint64_t>(*d);
  return std::nullopt;
}

// False: an effect on SP or BP that is not known.
bool execute(const Instruction& insn, FrameState& at) {
  auto stored = [&](std::uint64_t address) -> std::optional<std::uint64_t> {
    auto found = at.stored.find(address);
    return found == at.stored.end() ? std::nullopt : std::optional(found->second);
  };
  switch (insn.mnemonic()) {
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_PUSHFQ:
      at.sp -= 8;
      at.stored.erase(at.sp);
      if (insn.mnemonic() == ZYDIS_MNEMONIC_PUSH && insn.is_reg(0, kBp)) at.stored[at.sp] = at.bp;
      return true;
    case ZYDIS_MNEMONIC_POP:
    case ZYDIS_MNEMONIC_POPFQ: {
      auto word = stored(at.sp);
      at.sp += 8;
      if (insn.mnemonic() == ZYDIS_MNEMONIC_POP && insn.is_reg(0, kBp)) {
        if (!word) return false;
        at.bp = *word;
      }
      return true;
    }
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_SUB: {
      if (!insn.is_reg(0, kSp)) break;
      auto n = insn.immediate(1);
      if (!n) return false;
      std::uint64_t by = static_cast<std::uint64_t>(*n);
      at.sp += insn.mnemonic() == ZYDIS_MNEMONIC_ADD ? by : ~by + 1;
      return true;
    }
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_MOV: {
      bool to_sp = insn.is_reg(0, kSp), to_bp = insn.is_reg(0, kBp);
      std::optional<std::uint64_t> value;
      if (insn.mnemonic() == ZYDIS_MNEMONIC_LEA) {
        value = stack_address(insn, 1, at);
      } else if (insn.is_reg(1, kSp)) {
        value = at.sp;
      } else if (insn.is_reg(1, kBp)) {
        value = at.bp;
      } else if (auto address = stack_address(insn, 1, at)) {
        value = stored(*address);
      }
      if (to_sp || to_bp) {
        if (!value) return false;
        (to_sp ? at.sp : at.bp) = *value;
        return true;
      }
      if (auto address = stack_address(insn, 0, at); address && insn.mnemonic() == ZYDIS_MNEMONIC_MOV) {
        at.stored.erase(*address);
        if (insn.is_reg(1, kBp)) at.stored[*address] = at.bp;
      }
      return true;
    }
    case ZYDIS_MNEMONIC_CALL:
      return true;  // comes back with SP and BP as they were
    default: break;
  }
  return !insn.writes(kSp) && !insn.writes(kBp);
}

}  // namespace

std::optional<std::map<std::uint64_t, FrameState>> run_frame_machine(Bytes code, const FrameState& entry) {
  std::map<std::uint64_t, FrameState> reached;
  std::vector<std::pair<std::uint64_t, FrameState>> todo = {{0, entry}};
  while (!todo.empty()) {
    auto [offset, at] = std::move(todo.back());
    todo.pop_back();
    std::vector<std::uint64_t> nops;  // the NOPs that lead here: alignment, where the path turns out to be dead
    while (offset < code.size()) {
      auto [known, fresh] = reached.try_emplace(offset, at);
      if (!fresh) {
        if (known->second.sp != at.sp) {
          for (std::uint64_t nop : nops) reached.erase(nop);
        }
        break;
      }
      auto insn = Decoder(code, offset).next();
      if (!insn) return std::nullopt;
      if (insn->info.meta.category == ZYDIS_CATEGORY_RET) {
        if (at.sp != entry.sp) return std::nullopt;
        break;
      }
      if (insn->mnemonic() == ZYDIS_MNEMONIC_UD2) break;
      if (insn->mnemonic() == ZYDIS_MNEMONIC_INT3) {  // padding behind a call that does not come back
        reached.erase(offset);
        break;
      }
      if (insn->info.meta.category == ZYDIS_CATEGORY_UNCOND_BR) {
        auto target = insn->relative_target();
        if (!target) break;  // a jump table or a tail call
        offset = *target;
        continue;
      }
      if (insn->is_conditional_branch()) {
        // The branch first: so the block that calls morestack is entered from the stack check, and not from the call of a
        // panic function before it, which does not come back.
        todo.emplace_back(insn->end(), at);
        auto target = insn->relative_target();
        if (!target) return std::nullopt;
        offset = *target;
        continue;
      }
      if (!execute(*insn, at)) return std::nullopt;
      if (insn->mnemonic() == ZYDIS_MNEMONIC_NOP) {
        nops.push_back(offset);
      } else {
        nops.clear();
      }
      offset = insn->end();
    }
  }
  return reached;
}

}  // namespace lldbgo::testing
