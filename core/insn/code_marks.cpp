// The assembler writes prologue, stack check and epilogue itself (cmd/internal/obj/x86/obj6.go, 1.15 - 1.27):
//
//   frame <= 128    CMPQ SP, 0x10(g)                                    JLS grow
//   frame <= 4096   LEAQ -(frame-128)(SP), R12; CMPQ R12, 0x10(g)       JLS grow        AX instead of R12 up to 1.16
//   larger          MOVQ SP, R12; SUBQ $(frame-128), R12; JCS grow; CMPQ R12, 0x10(g); JLS grow
//                   up to 1.16: MOVQ 0x10(g), SI; CMPQ SI, $stackPreempt; JEQ grow; LEAQ 928(SP), AX; SUBQ SI, AX;
//                               CMPQ AX, $(frame+800); JLS grow
//
// A nil check reads a byte of what the pointer leads to and compares it with nothing: TESTB AX, (reg)
// (cmd/compile/internal/amd64/ssa.go LoweredNilCheck).
#include "core/insn/code_marks.h"

#include <algorithm>

#include "core/insn/decoder.h"
#include "core/insn/prologue.h"

namespace lldbgo {
namespace {

using Kind = CodeMark::Kind;

constexpr std::int64_t kGuardOffset = 0x10, kCGuardOffset = 0x18;  // g.stackguard0, g.stackguard1

class Marker {
 public:
  explicit Marker(Bytes code) : code_(code), prologue_(find_prologue(code)) {}

  std::vector<CodeMark> run() {
    for (std::uint64_t at = 0; at < code_.size();) {
      Decoder decoder(code_, at);
      std::uint64_t start = at;
      while (auto insn = decoder.next()) {
        step(*insn);
        at = insn->end();
      }
      if (at == start || at < code_.size()) ++at;
    }
    return std::move(marks_);
  }

 private:
  CodeMark& mark(const Instruction& insn, Kind kind) {
    CodeMark& made = marks_.emplace_back();
    made.offset = insn.offset;
    made.kind = kind;
    return made;
  }

  void step(const Instruction& insn) {
    bool growing = prologue_.morestack_at && insn.offset >= *prologue_.morestack_at && !grown_;
    if (insn.offset < prologue_.body_at) {
      in_prologue(insn);
    } else if (growing) {
      in_grow_block(insn);
      return;
    }
    if (insn.is_reg(0, ZYDIS_REGISTER_R14) && loads_g(insn)) mark(insn, Kind::load_g).reg = Reg::r14;
    if (is_nil_check(insn)) {
      mark(insn, Kind::nil_check).reg = general_register(insn.operands[0].mem.base);
    } else if (insn.info.meta.category == ZYDIS_CATEGORY_CALL) {
      mark(insn, Kind::call).target = insn.relative_target();
    } else if (insn.mnemonic() == ZYDIS_MNEMONIC_JMP) {
      auto target = insn.relative_target();
      if (target && *target >= code_.size()) mark(insn, Kind::jump).target = target;
    } else if (insn.mnemonic() == ZYDIS_MNEMONIC_RET) {
      epilogue(insn);
    }
    remember(insn);
  }

  static bool loads_g(const Instruction& insn) {
    return insn.mnemonic() == ZYDIS_MNEMONIC_MOV && insn.info.operand_count > 1 &&
           insn.operands[1].type == ZYDIS_OPERAND_TYPE_MEMORY && insn.operands[1].mem.segment == ZYDIS_REGISTER_FS;
  }

  static bool is_guard(const ZydisDecodedOperand& op) {
    return op.type == ZYDIS_OPERAND_TYPE_MEMORY && op.mem.index == ZYDIS_REGISTER_NONE &&
           op.mem.base != ZYDIS_REGISTER_RSP && op.mem.base != ZYDIS_REGISTER_NONE &&
           (op.mem.disp.value == kGuardOffset || op.mem.disp.value == kCGuardOffset);
  }

  void stack_check(const Instruction& insn) {
    if (insn.mnemonic() == ZYDIS_MNEMONIC_CMP && is_guard(insn.operands[1])) {
      if (insn.is_reg(0, ZYDIS_REGISTER_RSP)) {
        mark(insn, Kind::check_small);
      } else {
        mark(insn, large_ ? Kind::check_large : Kind::check_medium).value = below_;
      }
    } else if (insn.mnemonic() == ZYDIS_MNEMONIC_LEA && !large_) {
      if (auto n = insn.displacement_from(1, ZYDIS_REGISTER_RSP); n && *n < 0) {
        below_ = static_cast<std::uint64_t>(-*n);
      }
    } else if (insn.mnemonic() == ZYDIS_MNEMONIC_SUB && !insn.is_reg(0, ZYDIS_REGISTER_RSP)) {
      large_ = true;
      if (auto n = insn.immediate(1); n && *n > 0) below_ = static_cast<std::uint64_t>(*n);
    } else if (insn.mnemonic() == ZYDIS_MNEMONIC_CMP && large_ && insn.immediate(1)) {
      constexpr std::int64_t kGuard = 928, kSmall = 128;  // _StackGuard and StackSmall up to 1.16
      mark(insn, Kind::check_large).value = static_cast<std::uint64_t>(*insn.immediate(1) - kGuard + kSmall);
    } else if (insn.is_conditional_branch() && insn.relative_target() == prologue_.morestack_at) {
      mark(insn, Kind::check_jump);
    }
  }

  void in_prologue(const Instruction& insn) {
    if (prologue_.morestack_at) stack_check(insn);
    bool mov = insn.mnemonic() == ZYDIS_MNEMONIC_MOV;
    if (prologue_.saves_bp && insn.end() == prologue_.bp_saved_at) {
      mark(insn, Kind::save_bp);
    } else if (prologue_.bp_set_at != 0 && insn.end() == prologue_.bp_set_at) {
      mark(insn, Kind::set_bp);
    } else if (insn.is_reg(0, ZYDIS_REGISTER_RSP) && !mov) {
      auto n = insn.immediate(1);
      if (!n) return;
      if (insn.mnemonic() == ZYDIS_MNEMONIC_SUB) mark(insn, Kind::allocate).value = static_cast<std::uint64_t>(*n);
      if (insn.mnemonic() == ZYDIS_MNEMONIC_ADD) mark(insn, Kind::allocate).value = static_cast<std::uint64_t>(-*n);
    } else if (mov && !insn.is_reg(0, ZYDIS_REGISTER_R14) && loads_g(insn) && prologue_.morestack_at) {
      mark(insn, Kind::load_g).reg = general_register(insn.operands[0].reg.value);
    }
  }

  void in_grow_block(const Instruction& insn) {
    if (insn.info.meta.category == ZYDIS_CATEGORY_CALL) {
      mark(insn, Kind::grow).target = insn.relative_target();
      called_ = true;
    } else if (insn.mnemonic() == ZYDIS_MNEMONIC_JMP) {
      mark(insn, Kind::retry).target = insn.relative_target();
      grown_ = true;
    } else if (insn.info.operand_count > 1 && insn.mnemonic() != ZYDIS_MNEMONIC_NOP) {
      unsigned reg = called_ ? 0 : 1, memory = called_ ? 1 : 0;
      if (insn.operands[reg].type != ZYDIS_OPERAND_TYPE_REGISTER ||
          insn.operands[memory].type != ZYDIS_OPERAND_TYPE_MEMORY) {
        return;
      }
      ZydisRegister whole = ZydisRegisterGetLargestEnclosing(insn.info.machine_mode, insn.operands[reg].reg.value);
      CodeMark& made = mark(insn, called_ ? Kind::reload : Kind::spill);
      made.reg = general_register(whole);
      if (whole >= ZYDIS_REGISTER_XMM0 && whole <= ZYDIS_REGISTER_ZMM31) made.vector = ZydisRegisterGetId(whole);
    }
  }

  static bool is_nil_check(const Instruction& insn) {
    return insn.mnemonic() == ZYDIS_MNEMONIC_TEST && insn.operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY &&
           insn.operands[0].size == 8 && insn.is_reg(1, ZYDIS_REGISTER_AL) &&
           insn.operands[0].mem.index == ZYDIS_REGISTER_NONE && general_register(insn.operands[0].mem.base);
  }

  struct Step {
    std::uint64_t offset = 0, end = 0;
    Kind kind = Kind::call;
    std::uint64_t value = 0;
  };

  // The last instructions, as far as an epilogue may have them: before a return they are one.
  void remember(const Instruction& insn) {
    Step step{insn.offset, insn.end()};
    bool pop = insn.mnemonic() == ZYDIS_MNEMONIC_POP && insn.is_reg(0, ZYDIS_REGISTER_RBP);
    bool load = insn.mnemonic() == ZYDIS_MNEMONIC_MOV && insn.is_reg(0, ZYDIS_REGISTER_RBP) &&
                insn.displacement_from(1, ZYDIS_REGISTER_RSP);
    bool add = insn.is_reg(0, ZYDIS_REGISTER_RSP) && insn.immediate(1) &&
               (insn.mnemonic() == ZYDIS_MNEMONIC_ADD || insn.mnemonic() == ZYDIS_MNEMONIC_SUB);
    if (pop || load) {
      step.kind = Kind::restore_bp;
    } else if (add) {
      step.kind = Kind::release;
      std::int64_t n = *insn.immediate(1);
      step.value = static_cast<std::uint64_t>(insn.mnemonic() == ZYDIS_MNEMONIC_ADD ? n : -n);
    } else {
      last_.clear();
      return;
    }
    last_.push_back(step);
  }

  void epilogue(const Instruction& ret) {
    if (last_.empty() || last_.back().end != ret.offset) return;
    for (const Step& step : last_) {
      if (ret.offset - step.offset > 32) continue;
      CodeMark made;
      made.offset = step.offset;
      made.kind = step.kind;
      made.value = step.value;
      marks_.push_back(made);
    }
  }

  Bytes code_;
  Prologue prologue_;
  std::vector<CodeMark> marks_;
  std::vector<Step> last_;
  std::uint64_t below_ = 0;
  bool large_ = false, called_ = false, grown_ = false;
};

}  // namespace

std::vector<CodeMark> code_marks(Bytes function) {
  std::vector<CodeMark> out = Marker(function).run();
  std::stable_sort(out.begin(), out.end(), [](const CodeMark& a, const CodeMark& b) { return a.offset < b.offset; });
  return out;
}

}  // namespace lldbgo
