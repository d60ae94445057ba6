// The Go assembler writes the prologue itself (cmd/internal/obj/x86/obj6.go, preprocess), so only two shapes exist:
//
//   Go 1.15 - 1.20                      Go 1.21 -
//     <stack check>                       <stack check>
//     SUBQ $N, SP                         PUSHQ BP
//     MOVQ BP, N-8(SP)                    MOVQ SP, BP
//     LEAQ N-8(SP), BP                    SUBQ $(N-8), SP        left out for N == 8
//
// Both put the caller's BP at fp-16, right below the return address, and leave BP pointing there. A frame of 128 bytes
// is allocated with ADDQ $-128, SP, whose immediate fits a byte. The stack check ends in a forward jump, over the whole
// body, to a block that stores the register arguments in their spill slots, calls morestack, and jumps back to the
// entry:
//
//     CMPQ SP, 16(R14); JLS grow  ...  grow: MOVQ AX, 8(SP); CALL runtime.morestack_noctxt; MOVQ 8(SP), AX; JMP entry
//
// Frames above 4096 bytes have two jumps to it. Code behind such a jump belongs to the prologue; any other branch ends
// it.
#include "core/insn/prologue.h"

#include "core/insn/decoder.h"

namespace lldbgo {
namespace {

constexpr unsigned kMaxPrologueInstructions = 48;
constexpr unsigned kMaxMorestackInstructions = 96;  // 9 + 15 registers spilled and unspilled, with room

bool is_stack_check_jump(const Instruction& insn) {
  return insn.mnemonic() == ZYDIS_MNEMONIC_JBE || insn.mnemonic() == ZYDIS_MNEMONIC_JB ||
         insn.mnemonic() == ZYDIS_MNEMONIC_JZ;
}

/// Straight-line code, one call, straight-line code, a jump back to at or before `jump_offset`.
bool is_morestack_block(Bytes code, std::uint64_t at, std::uint64_t jump_offset) {
  Decoder decoder(code, at);
  bool called = false;
  for (unsigned i = 0; i < kMaxMorestackInstructions; ++i) {
    auto insn = decoder.next();
    if (!insn) return false;
    if (insn->info.meta.category == ZYDIS_CATEGORY_CALL) {
      if (called) return false;
      called = true;
    } else if (insn->ends_straight_line()) {
      auto target = insn->relative_target();
      return called && insn->mnemonic() == ZYDIS_MNEMONIC_JMP && target && *target <= jump_offset;
    }
  }
  return false;
}

/// What an instruction adds to the stack; absent: it changes SP in a way a prologue does not.
std::optional<std::int64_t> stack_growth(const Instruction& insn) {
  constexpr std::int64_t kMaxFrame = std::int64_t{1} << 31;  // runtime.call1073741824 has more than 1 GB
  auto bounded = [](std::int64_t n) { return n > -kMaxFrame && n < kMaxFrame ? std::optional(n) : std::nullopt; };
  if (!insn.writes(ZYDIS_REGISTER_RSP)) return 0;
  bool push = insn.mnemonic() == ZYDIS_MNEMONIC_PUSH || insn.mnemonic() == ZYDIS_MNEMONIC_PUSHFQ;
  if (push && insn.info.operand_width == 64) return 8;
  if (insn.is_reg(0, ZYDIS_REGISTER_RSP)) {
    if (auto n = insn.immediate(1)) {
      if (insn.mnemonic() == ZYDIS_MNEMONIC_SUB) return bounded(*n);
      if (insn.mnemonic() == ZYDIS_MNEMONIC_ADD && bounded(*n)) return -*n;
    }
    if (insn.mnemonic() == ZYDIS_MNEMONIC_LEA) {
      if (auto n = insn.displacement_from(1, ZYDIS_REGISTER_RSP); n && bounded(*n)) return -*n;
    }
  }
  return std::nullopt;
}

}  // namespace

Prologue find_prologue(Bytes code) {
  Prologue out;
  std::int64_t depth = 0;  // bytes between the return address and SP
  Decoder decoder(code);
  for (unsigned i = 0; i < kMaxPrologueInstructions; ++i) {
    auto insn = decoder.next();
    if (!insn) break;
    if (insn->is_conditional_branch()) {
      auto target = insn->relative_target();
      if (depth != 0 || !target || !is_stack_check_jump(*insn) || *target <= insn->offset) break;
      if (*target < code.size()) {
        if (!is_morestack_block(code, *target, insn->offset)) break;
        out.morestack_at = *target;
      }
      continue;
    }
    if (insn->ends_straight_line()) break;

    auto growth = stack_growth(*insn);
    if (!growth) break;
    if (*growth != 0) {
      if (insn->mnemonic() == ZYDIS_MNEMONIC_PUSH && insn->is_reg(0, ZYDIS_REGISTER_RBP) && depth == 0) {
        out.saves_bp = true;
        out.bp_saved_at = insn->end();
      }
      depth += *growth;
      if (depth < 0) break;
      out.frame_bytes = static_cast<std::uint64_t>(depth);
      out.body_at = insn->end();
      continue;
    }
    if (insn->mnemonic() == ZYDIS_MNEMONIC_MOV && insn->is_reg(1, ZYDIS_REGISTER_RBP) && !out.saves_bp) {
      if (auto at = insn->displacement_from(0, ZYDIS_REGISTER_RSP); at && depth >= 8 && *at == depth - 8) {
        out.saves_bp = true;
        out.bp_saved_at = out.body_at = insn->end();
        continue;
      }
    }
    if (insn->writes(ZYDIS_REGISTER_RBP)) {
      bool from_sp = insn->mnemonic() == ZYDIS_MNEMONIC_MOV && insn->is_reg(1, ZYDIS_REGISTER_RSP) && depth == 8;
      if (insn->mnemonic() == ZYDIS_MNEMONIC_LEA) {
        auto at = insn->displacement_from(1, ZYDIS_REGISTER_RSP);
        from_sp = at && depth >= 8 && *at == depth - 8;
      }
      if (!out.saves_bp || out.bp_set_at != 0 || !from_sp) break;
      out.bp_set_at = out.body_at = insn->end();
      continue;
    }
    if (out.bp_set_at != 0) break;  // first instruction of the body
  }
  return out;
}

}  // namespace lldbgo
