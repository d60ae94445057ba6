#include "core/insn/calls.h"

#include <algorithm>

#include "core/insn/decoder.h"

namespace lldbgo {

bool is_call_before(Bytes code_before) {
  // CALL is 2 (FF /2 register) to 8 (prefix, REX, FF, ModRM, SIB, disp32) bytes; the linker may put prefixes in front.
  constexpr std::size_t kShortest = 2, kLongest = 15;
  for (std::size_t n = kShortest; n <= std::min(kLongest, code_before.size()); ++n) {
    auto insn = Decoder(code_before.last(n)).next();
    if (insn && insn->info.length == n && insn->mnemonic() == ZYDIS_MNEMONIC_CALL) return true;
  }
  return false;
}

std::optional<std::uint64_t> call_just_before(Bytes code, std::uint64_t offset) {
  constexpr std::uint64_t kFar = 16 * 1024;
  if (offset > code.size()) return std::nullopt;
  if (offset > kFar) return is_call_before(code.subspan(offset - 16, 16)) ? std::optional(offset - 1) : std::nullopt;
  Decoder decoder(code.first(offset));
  std::optional<std::uint64_t> call;
  std::uint64_t end = 0;
  while (auto insn = decoder.next()) {
    if (insn->mnemonic() == ZYDIS_MNEMONIC_CALL) call = insn->offset;
    else if (insn->mnemonic() != ZYDIS_MNEMONIC_NOP) call.reset();
    end = insn->end();
  }
  return end == offset ? call : std::nullopt;
}

std::vector<RipReference> rip_references(Bytes code, FileAddr at, std::size_t max_instructions) {
  std::vector<RipReference> out;
  Decoder decoder(code);
  for (std::size_t i = 0; i < max_instructions; ++i) {
    auto insn = decoder.next();
    if (!insn) break;
    for (unsigned o = 0; o < insn->info.operand_count; ++o) {
      const auto& op = insn->operands[o];
      if (op.type != ZYDIS_OPERAND_TYPE_MEMORY || op.mem.base != ZYDIS_REGISTER_RIP) continue;
      RipReference ref;
      ref.offset = insn->offset;
      ref.target = (at + insn->end()).offset(op.mem.disp.value);
      ref.size = op.mem.type == ZYDIS_MEMOP_TYPE_AGEN ? 0 : static_cast<std::uint16_t>(op.size / 8);
      ref.write = (op.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
      out.push_back(ref);
    }
  }
  return out;
}

std::optional<FileAddr> rip_relative_target(Bytes code, FileAddr at) {
  auto refs = rip_references(code, at, 1);
  return refs.empty() ? std::nullopt : std::optional(refs.front().target);
}

}  // namespace lldbgo
