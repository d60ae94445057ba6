#include "core/insn/code_flow.h"

#include <algorithm>

#include "core/insn/decoder.h"

namespace lldbgo {
namespace {

std::optional<CallSite> indirect(const Instruction& in) {
  CallSite out;
  out.offset = in.offset;
  const ZydisDecodedOperand& to = in.operands[0];
  if (to.type == ZYDIS_OPERAND_TYPE_REGISTER) {
    out.base = general_register(to.reg.value);
    return out.base ? std::optional(out) : std::nullopt;
  }
  if (to.type != ZYDIS_OPERAND_TYPE_MEMORY) return std::nullopt;
  out.memory = true;
  out.base = general_register(to.mem.base);
  out.index = general_register(to.mem.index);
  // Relative to RIP, or a register that is none of ours.
  if ((to.mem.base != ZYDIS_REGISTER_NONE && !out.base) || (to.mem.index != ZYDIS_REGISTER_NONE && !out.index))
    return std::nullopt;
  out.scale = to.mem.scale;
  out.displacement = to.mem.disp.value;
  return out;
}

}  // namespace

CodeFlow code_flow(Bytes code) {
  CodeFlow out;
  Decoder decoder(code);
  while (auto in = decoder.next()) {
    out.instructions.push_back(in->offset);
    bool call = in->info.meta.category == ZYDIS_CATEGORY_CALL;
    bool jump = in->mnemonic() == ZYDIS_MNEMONIC_JMP;
    if (!call && !jump && !in->is_conditional_branch()) continue;
    if (auto target = in->relative_target()) {
      if (!call && *target < code.size()) {
        out.branch_targets.push_back(*target);
      } else if (call || jump) {
        CallSite site;
        site.offset = in->offset;
        site.target = target;
        site.jump = jump;
        out.calls.push_back(site);
      }
    } else if (auto site = indirect(*in)) {
      site->jump = jump;
      out.calls.push_back(*site);
    }
  }
  std::sort(out.branch_targets.begin(), out.branch_targets.end());
  out.branch_targets.erase(std::unique(out.branch_targets.begin(), out.branch_targets.end()), out.branch_targets.end());
  return out;
}

}  // namespace lldbgo
