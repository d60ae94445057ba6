#include "core/insn/barrier_test.h"

namespace lldbgo {
namespace {

constexpr unsigned kMaxBetween = 8;

bool moves_only(const Instruction& insn) {
  switch (insn.mnemonic()) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_MOVUPS:
    case ZYDIS_MNEMONIC_MOVSD:
    case ZYDIS_MNEMONIC_MOVZX:
      return true;
    default:
      return false;
  }
}

// The register allocator may need registers reloaded on the branch without a barrier, or a comparison done again; then
// that branch jumps to the join.
std::uint64_t join_behind(Bytes code, std::uint64_t other) {
  Decoder decoder(code, other);
  for (unsigned i = 0; i < kMaxBetween; ++i) {
    auto insn = decoder.next();
    if (!insn) break;
    auto to = insn->relative_target();
    if (insn->mnemonic() == ZYDIS_MNEMONIC_JMP && to && *to < code.size()) return *to;
    bool compares = insn->mnemonic() == ZYDIS_MNEMONIC_CMP || insn->mnemonic() == ZYDIS_MNEMONIC_TEST;
    bool moves = moves_only(*insn) && insn->operands[0].type != ZYDIS_OPERAND_TYPE_MEMORY;
    if (!compares && !moves) break;
  }
  return other;
}

}  // namespace

std::optional<BarrierTest> barrier_test_at(Bytes code, FileAddr entry, const Instruction& compare,
                                           std::optional<FileAddr> flag) {
  if (compare.mnemonic() != ZYDIS_MNEMONIC_CMP || compare.operands[0].type != ZYDIS_OPERAND_TYPE_MEMORY)
    return std::nullopt;
  const auto& mem = compare.operands[0];
  if (mem.mem.base != ZYDIS_REGISTER_RIP || mem.size != 32 || compare.immediate(1) != 0) return std::nullopt;
  FileAddr target = (entry + compare.end()).offset(mem.mem.disp.value);
  if (flag && target != *flag) return std::nullopt;
  Decoder decoder(code, compare.end());
  for (unsigned i = 0; i < kMaxBetween; ++i) {
    auto insn = decoder.next();
    if (!insn) return std::nullopt;
    auto to = insn->relative_target();
    bool equal = insn->mnemonic() == ZYDIS_MNEMONIC_JZ, other = insn->mnemonic() == ZYDIS_MNEMONIC_JNZ;
    if (to && *to < code.size() && (equal || other)) {
      std::uint64_t without = equal ? *to : insn->end();
      return BarrierTest{compare.offset, equal ? insn->end() : *to, without, join_behind(code, without)};
    }
    if (!moves_only(*insn)) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace lldbgo
