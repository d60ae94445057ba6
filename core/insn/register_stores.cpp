#include "core/insn/register_stores.h"

#include <algorithm>

#include "core/insn/decoder.h"

namespace lldbgo {
namespace {

constexpr unsigned kMaxInstructions = 4096;

std::size_t slot_of(ArgRegister reg) {
  return reg.number + (reg.xmm ? 16 : 0);
}

bool is_move(ZydisMnemonic m) {
  switch (m) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVSS:
    case ZYDIS_MNEMONIC_MOVSD:
    case ZYDIS_MNEMONIC_MOVUPS:
    case ZYDIS_MNEMONIC_MOVAPS:
    case ZYDIS_MNEMONIC_MOVD:
    case ZYDIS_MNEMONIC_MOVQ:
      return true;
    default:
      return false;
  }
}

std::optional<ArgRegister> register_of(const Instruction& insn, unsigned operand) {
  if (insn.info.operand_count < 2 || insn.operands[operand].type != ZYDIS_OPERAND_TYPE_REGISTER) return std::nullopt;
  ZydisRegister reg = insn.operands[operand].reg.value;
  if (reg >= ZYDIS_REGISTER_XMM0 && reg <= ZYDIS_REGISTER_XMM15) {
    return ArgRegister{true, static_cast<unsigned>(reg - ZYDIS_REGISTER_XMM0)};
  }
  // AH..DH have an enclosing register too, but hold its second byte.
  if (reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH) return std::nullopt;
  auto general = general_register(ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg));
  if (!general) return std::nullopt;
  return ArgRegister{false, static_cast<unsigned>(*general)};
}

/// Bytes that SUB, ADD, PUSH or POP adds to the stack; absent: SP is lost.
std::optional<std::int64_t> sp_change(const Instruction& insn) {
  if (!insn.writes(ZYDIS_REGISTER_RSP)) return 0;
  if (insn.mnemonic() == ZYDIS_MNEMONIC_PUSH || insn.mnemonic() == ZYDIS_MNEMONIC_PUSHFQ) return 8;
  if (insn.mnemonic() == ZYDIS_MNEMONIC_POP && !insn.is_reg(0, ZYDIS_REGISTER_RSP)) return -8;
  auto n = insn.immediate(1);
  if (!n || *n > INT32_MAX || *n < INT32_MIN || !insn.is_reg(0, ZYDIS_REGISTER_RSP)) return std::nullopt;
  if (insn.mnemonic() == ZYDIS_MNEMONIC_SUB) return *n;
  if (insn.mnemonic() == ZYDIS_MNEMONIC_ADD) return -*n;
  return std::nullopt;
}

}  // namespace

const char* ArgRegister::go_name() const {
  static constexpr const char* kXmm[16] = {"X0", "X1", "X2",  "X3",  "X4",  "X5",  "X6",  "X7",
                                           "X8", "X9", "X10", "X11", "X12", "X13", "X14", "X15"};
  return xmm ? kXmm[number & 15] : go_reg_name(static_cast<Reg>(number & 15));
}

std::optional<std::uint64_t> StraightLine::overwritten_at(ArgRegister reg) const {
  std::uint64_t at = overwritten[slot_of(reg) & 31];
  return at == 0 ? std::nullopt : std::optional(at);
}

StraightLine straight_line(Bytes code, std::uint64_t begin, std::uint64_t sp_delta) {
  StraightLine out;
  out.begin = out.end = begin;
  std::int64_t depth = static_cast<std::int64_t>(sp_delta);
  Decoder decoder(code, begin);
  for (unsigned i = 0; i < kMaxInstructions; ++i) {
    auto insn = decoder.next();
    if (!insn) break;
    out.end = insn->offset;
    out.ends_in_call = insn->info.meta.category == ZYDIS_CATEGORY_CALL;
    if (insn->ends_straight_line()) break;
    auto change = sp_change(*insn);
    if (!change) break;

    if (is_move(insn->mnemonic())) {
      auto to = insn->displacement_from(0, ZYDIS_REGISTER_RSP);
      auto from = register_of(*insn, 1);
      if (to && from && out.overwritten[slot_of(*from)] == 0) {
        out.stores.push_back({insn->end(), *from, *to - depth - 8, insn->operands[0].size / 8u});
      }
    }
    depth += *change;
    for (unsigned r = 0; r < 16; ++r) {
      if (out.overwritten[r] == 0 && insn->writes(general_register_at(r))) out.overwritten[r] = insn->end();
      auto x = static_cast<ZydisRegister>(ZYDIS_REGISTER_XMM0 + r);
      if (out.overwritten[16 + r] == 0 && insn->writes(x)) out.overwritten[16 + r] = insn->end();
    }
    out.end = insn->end();
  }
  return out;
}

std::vector<RegisterLoad> loads_before_return(Bytes code, std::uint64_t begin, std::uint64_t sp_delta) {
  constexpr std::size_t kMost = 9 + 15;  // as many as registers carry results
  std::vector<RegisterLoad> out;
  std::int64_t depth = static_cast<std::int64_t>(sp_delta);
  Decoder decoder(code, begin);
  while (auto insn = decoder.next()) {
    if (insn->mnemonic() == ZYDIS_MNEMONIC_NOP) continue;
    if (insn->mnemonic() == ZYDIS_MNEMONIC_RET) return depth == 0 ? out : std::vector<RegisterLoad>{};
    auto change = sp_change(*insn);
    if (!change || out.size() > kMost) break;
    depth += *change;
    if (*change != 0) continue;
    bool load = is_move(insn->mnemonic()) || insn->mnemonic() == ZYDIS_MNEMONIC_MOVZX;
    auto from = insn->displacement_from(1, ZYDIS_REGISTER_RSP);
    auto to = register_of(*insn, 0);
    if (!load || !from || !to) break;
    if (*to == ArgRegister{false, static_cast<unsigned>(Reg::rbp)}) continue;  // the caller's, until 1.20
    out.push_back({*to, *from - depth - 8, insn->operands[1].size / 8u});
  }
  return {};
}

std::optional<std::uint64_t> FrameAccesses::first_store(std::int64_t fp_offset, std::uint64_t size) const {
  for (const FrameStore& s : stores) {
    if (s.fp_offset <= fp_offset && fp_offset + static_cast<std::int64_t>(size) <= s.fp_offset + s.size) return s.end;
  }
  return std::nullopt;
}

std::size_t FrameAccesses::stores_before(std::uint64_t offset, std::int64_t fp_offset, std::uint64_t size) const {
  return static_cast<std::size_t>(std::count_if(stores.begin(), stores.end(), [&](const FrameStore& s) {
    return s.end <= offset && s.fp_offset < fp_offset + static_cast<std::int64_t>(size) &&
           fp_offset < s.fp_offset + s.size;
  }));
}

FrameAccesses frame_accesses(Bytes code, std::uint64_t begin, std::uint64_t sp_delta, std::size_t max_instructions) {
  FrameAccesses out;
  Decoder decoder(code, begin);
  std::uint64_t at = begin;
  for (std::size_t i = 0; i < max_instructions; ++i) {
    auto insn = decoder.next();
    if (!insn) break;
    at = insn->end();
    auto from_fp = [&](std::int64_t displacement) { return displacement - static_cast<std::int64_t>(sp_delta) - 8; };
    if (insn->mnemonic() == ZYDIS_MNEMONIC_LEA) {
      if (insn->writes(ZYDIS_REGISTER_RSP) || insn->writes(ZYDIS_REGISTER_RBP)) continue;
      if (auto to = insn->displacement_from(1, ZYDIS_REGISTER_RSP)) out.addressed.push_back(from_fp(*to));
    } else if (insn->info.operand_count > 0 && (insn->operands[0].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0) {
      if (auto to = insn->displacement_from(0, ZYDIS_REGISTER_RSP))
        out.stores.push_back({at, from_fp(*to), insn->operands[0].size / 8u});
    }
  }
  out.complete = at == code.size();
  std::sort(out.addressed.begin(), out.addressed.end());
  out.addressed.erase(std::unique(out.addressed.begin(), out.addressed.end()), out.addressed.end());
  return out;
}

}  // namespace lldbgo
