#include "core/insn/stack_switch.h"

#include "core/insn/decoder.h"

namespace lldbgo {

std::vector<SwitchedCall> switched_calls(Bytes function) {
  std::vector<SwitchedCall> calls;
  Decoder decoder(function);
  bool away = false;
  while (auto insn = decoder.next()) {
    if (insn->mnemonic() == ZYDIS_MNEMONIC_MOV && insn->is_reg(0, ZYDIS_REGISTER_RSP)) away = !away;
    if (insn->info.meta.category == ZYDIS_CATEGORY_CALL)
      calls.push_back({insn->offset, insn->end(), !insn->relative_target(), away});
  }
  return calls;
}

}  // namespace lldbgo
