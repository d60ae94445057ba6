// Duff's device in machine code (runtime/mkduff.go writes it, runtime/duff_amd64.s holds it, Go 1.15 - 1.25).
//
// duffzero is one block sixteen times over: four stores of 16 zero bytes at 0, 16, 32 and 48(DI), then DI moves on
// by 64. duffcopy is one block sixty-four times over: 16 bytes from (SI) to (DI), both move on. The compiler calls
// neither at its start; it calls the instruction from which on exactly the wanted number of bytes is left to do. For a
// copy that is the start of a block. For zeroing it may be in the middle of one: then the first store executed is not
// at 0(DI), and the caller takes that distance off DI before the call: the bias.
//
// Nothing of this is taken for granted here. The instructions are executed on paper from every possible entry, and
// an entry is valid where what follows writes one range without gap or overlap, from a range read in the same order.
#include "core/insn/duff_routine.h"

#include <algorithm>

#include "core/insn/decoder.h"

namespace lldbgo {
namespace {

constexpr std::size_t kMostSteps = 1024;

bool is_xmm(ZydisRegister reg) {
  return reg >= ZYDIS_REGISTER_XMM0 && reg <= ZYDIS_REGISTER_XMM15;
}

struct Decoded {
  DuffStep step;
  std::optional<unsigned> xmm;
};

std::optional<Decoded> decode(const Instruction& in) {
  Decoded out;
  out.step.offset = in.offset;
  out.step.end = in.end();
  switch (in.mnemonic()) {
    case ZYDIS_MNEMONIC_MOVUPS: {
      bool load = in.operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER;
      auto at = in.displacement_from(load ? 1 : 0, load ? ZYDIS_REGISTER_RSI : ZYDIS_REGISTER_RDI);
      ZydisRegister reg = in.operands[load ? 0 : 1].reg.value;
      if (!at || !is_xmm(reg)) return std::nullopt;
      out.step.does = load ? DuffStep::Does::load : DuffStep::Does::store;
      out.step.at = *at;
      out.step.size = 16;
      out.xmm = static_cast<unsigned>(reg - ZYDIS_REGISTER_XMM0);
      return out;
    }
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_ADD: {
      bool lea = in.mnemonic() == ZYDIS_MNEMONIC_LEA;
      for (ZydisRegister reg : {ZYDIS_REGISTER_RDI, ZYDIS_REGISTER_RSI}) {
        if (!in.is_reg(0, reg)) continue;
        auto n = lea ? in.displacement_from(1, reg) : in.immediate(1);
        if (!n || *n <= 0 || *n > 4096) return std::nullopt;
        out.step.does = DuffStep::Does::advance;
        (reg == ZYDIS_REGISTER_RDI ? out.step.di : out.step.si) = *n;
        return out;
      }
      return std::nullopt;
    }
    case ZYDIS_MNEMONIC_RET:
      out.step.does = DuffStep::Does::leave;
      return out;
    default:
      return std::nullopt;
  }
}

/// Executed from step `first` on; absent where that is no valid entry.
std::optional<DuffEntry> entered_at(const DuffRoutine& r, std::size_t first) {
  using Does = DuffStep::Does;
  if (r.steps[first].does != (r.kind == DuffKind::zero ? Does::store : Does::load)) return std::nullopt;
  DuffEntry out;
  out.offset = r.steps[first].offset;
  std::int64_t di = 0, si = 0, next = 0;
  bool loaded = false;
  std::int64_t from = 0;  // distance from SI at the entry of what the register holds
  for (std::size_t i = first; i < r.steps.size(); ++i) {
    const DuffStep& s = r.steps[i];
    if (s.does == Does::load) {
      loaded = true;
      from = si + s.at;
    }
    if (s.does == Does::store) {
      std::int64_t at = di + s.at;
      if (out.stores == 0) out.adjust = next = at;
      if (at != next) return std::nullopt;
      if (r.kind == DuffKind::copy && (!loaded || from != at)) return std::nullopt;
      loaded = false;
      next = at + s.size;
      out.bytes += s.size;
      ++out.stores;
    }
    di += s.di;
    si += s.si;
  }
  if (out.stores == 0) return std::nullopt;  // loads for nothing
  return out;
}

}  // namespace

const DuffEntry* DuffRoutine::entry(std::uint64_t offset) const {
  auto it = std::lower_bound(entries.begin(), entries.end(), offset,
                             [](const DuffEntry& e, std::uint64_t o) { return e.offset < o; });
  return it != entries.end() && it->offset == offset ? &*it : nullptr;
}

const DuffStep* DuffRoutine::step(std::uint64_t offset) const {
  auto it = std::lower_bound(steps.begin(), steps.end(), offset,
                             [](const DuffStep& s, std::uint64_t o) { return s.offset < o; });
  return it != steps.end() && it->offset == offset ? &*it : nullptr;
}

std::uint64_t DuffRoutine::remaining(std::uint64_t offset) const {
  std::uint64_t out = 0;
  for (const DuffStep& s : steps) {
    if (s.does == DuffStep::Does::store && s.offset >= offset) out += s.size;
  }
  return out;
}

std::uint64_t DuffRoutine::block_of(std::uint64_t offset) const {
  std::uint64_t start = 0;
  for (const DuffStep& s : steps) {
    if (s.end > offset) break;
    if (s.di != 0) start = s.end;
  }
  return start;
}

std::uint64_t DuffRoutine::blocks() const {
  return static_cast<std::uint64_t>(
      std::count_if(steps.begin(), steps.end(), [](const DuffStep& s) { return s.di != 0; }));
}

std::optional<DuffRoutine> decode_duff_routine(Bytes code) {
  DuffRoutine out;
  std::optional<unsigned> xmm;
  Decoder decoder(code);
  bool left = false;
  while (!left && out.steps.size() < kMostSteps) {
    auto in = decoder.next();
    if (!in) return std::nullopt;
    auto decoded = decode(*in);
    if (!decoded) return std::nullopt;
    if (decoded->xmm && xmm.value_or(*decoded->xmm) != *decoded->xmm) return std::nullopt;
    if (decoded->xmm) xmm = decoded->xmm;
    if (decoded->step.does == DuffStep::Does::load) out.kind = DuffKind::copy;
    left = decoded->step.does == DuffStep::Does::leave;
    out.steps.push_back(decoded->step);
  }
  // A device has room for many entries; a helper that stores once and returns is none.
  constexpr std::size_t kFewest = 8;
  if (!left || !xmm || out.blocks() < kFewest) return std::nullopt;
  out.xmm = *xmm;
  for (std::size_t i = 0; i < out.steps.size(); ++i) {
    if (auto entry = entered_at(out, i)) out.entries.push_back(*entry);
  }
  if (out.entries.size() < kFewest || out.entries.front().offset != 0) return std::nullopt;
  return out;
}

}  // namespace lldbgo
