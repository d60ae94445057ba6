#include "core/insn/calls.h"

#include <algorithm>

#include "core/insn/decoder.h"

namespace lldbgo {

namespace {

/// What the compiler puts behind a call before the first instruction of the program's own: alignment, and after a call
/// of ABI0 code X15 = 0 and R14 = g (compile/internal/amd64/ssa.go, OpAMD64CALLstatic).
bool is_call_tail(const Instruction& insn) {
  if (insn.mnemonic() == ZYDIS_MNEMONIC_NOP) return true;
  if (insn.mnemonic() == ZYDIS_MNEMONIC_XORPS)
    return insn.is_reg(0, ZYDIS_REGISTER_XMM15) && insn.is_reg(1, ZYDIS_REGISTER_XMM15);
  return insn.mnemonic() == ZYDIS_MNEMONIC_MOV && insn.is_reg(0, ZYDIS_REGISTER_R14);
}

/// An opcode of CALL, a REX or another prefix: what is no such byte needs no decoding.
bool may_start_call(std::byte first) {
  auto b = std::to_integer<unsigned>(first);
  if (b == 0xe8 || b == 0xff || (b & 0xf0) == 0x40) return true;
  constexpr unsigned kPrefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
  return std::find(std::begin(kPrefixes), std::end(kPrefixes), b) != std::end(kPrefixes);
}

}  // namespace

bool is_call_before(Bytes code_before) {
  // CALL is 2 (FF /2 register) to 8 (prefix, REX, FF, ModRM, SIB, disp32) bytes; the linker may put prefixes in front.
  constexpr std::size_t kShortest = 2, kLongest = 15, kUsual = 5;
  auto ends_here = [&](std::size_t n) {
    if (n > code_before.size() || !may_start_call(code_before[code_before.size() - n])) return false;
    auto insn = Decoder(code_before.last(n)).next();
    return insn && insn->info.length == n && insn->mnemonic() == ZYDIS_MNEMONIC_CALL;
  };
  if (ends_here(kUsual)) return true;
  for (std::size_t n = kShortest; n <= kLongest; ++n) {
    if (ends_here(n)) return true;
  }
  return false;
}

std::optional<PrecedingInstruction> preceding_instruction(Bytes code, std::uint64_t offset) {
  if (offset > code.size()) return std::nullopt;
  PrecedingInstruction out;
  if (offset > kPrecedingInstructionReach) {
    if (!is_call_before(code.subspan(offset - 16, 16))) return std::nullopt;
    out.offset = offset - 1;
    out.call = true;
    out.writes.set();
    return out;
  }
  Decoder decoder(code.first(offset));
  std::optional<Instruction> last;
  std::uint64_t end = 0;
  while (auto insn = decoder.next()) {
    end = insn->end();
    out.padded = is_call_tail(*insn);
    if (!out.padded || !last) last = insn;
  }
  if (!last || end != offset) return std::nullopt;
  out.offset = last->offset;
  out.call = last->mnemonic() == ZYDIS_MNEMONIC_CALL;
  for (unsigned r = 0; r < 16; ++r) {
    if (out.call || last->writes(general_register_at(r))) out.writes.set(r);
    if (out.call || last->writes(static_cast<ZydisRegister>(ZYDIS_REGISTER_XMM0 + r))) out.writes.set(16 + r);
  }
  return out;
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
