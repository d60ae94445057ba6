// What stands in a function where no routine is called (cmd/compile/internal/amd64/ssa.go and ssa/_gen/AMD64.rules).
//
// Up to 64 bytes, and up to 191 from Go 1.26 on: a run of 16-byte stores. X15 is zero in Go code since the register
// ABI, X0 was cleared before. A copy is a load and a store each time, through X0 or, from 1.26 on, X14. What is no
// multiple of 16 is done by a last (1.26+) or first store that overlaps its neighbour.
//
// 192 to 1408 bytes from Go 1.26 on, where Duff's device is gone: MOVL $n, counter; four of those stores; ADDQ $64 to
// the pointers; DECL counter; JNE; then the rest as a run, whose only store may lie below the pointer (-8(AX)).
//
// More: REP STOSQ or REP MOVSQ, CX words. 1.15 - 1.25 do so from 1025 bytes on.
//
// The assembler puts NOPs anywhere to keep jumps off the 32-byte boundaries. A run ends at a source line's end, so
// that two variables cleared one behind the other remain two.
#include "core/insn/inline_moves.h"

#include <algorithm>

namespace lldbgo {
namespace {

constexpr std::uint64_t kMostRounds = std::uint64_t{1} << 32;

std::optional<unsigned> xmm(const Instruction& in, unsigned operand) {
  const auto& op = in.operands[operand];
  if (op.type != ZYDIS_OPERAND_TYPE_REGISTER) return std::nullopt;
  if (op.reg.value < ZYDIS_REGISTER_XMM0 || op.reg.value > ZYDIS_REGISTER_XMM15) return std::nullopt;
  return static_cast<unsigned>(op.reg.value - ZYDIS_REGISTER_XMM0);
}

bool is_move16(ZydisMnemonic m) {
  return m == ZYDIS_MNEMONIC_MOVUPS || m == ZYDIS_MNEMONIC_MOVDQU || m == ZYDIS_MNEMONIC_MOVUPD;
}

}  // namespace

std::optional<InlineMoves::Access> InlineMoves::access(const Instruction& in, unsigned operand) const {
  const auto& op = in.operands[operand];
  if (op.type != ZYDIS_OPERAND_TYPE_MEMORY || op.size != 128 || op.mem.index != ZYDIS_REGISTER_NONE)
    return std::nullopt;
  if (op.mem.base == ZYDIS_REGISTER_RIP) {
    return Access{std::nullopt, static_cast<std::int64_t>(in.end()) + op.mem.disp.value};
  }
  auto base = general_register(op.mem.base);
  if (!base || op.mem.segment == ZYDIS_REGISTER_FS || op.mem.segment == ZYDIS_REGISTER_GS) return std::nullopt;
  return Access{base, op.mem.disp.value};
}

Place InlineMoves::place(const Access& at, const RegisterValues& values) const {
  if (at.base) return values.place(*at.base, at.at);
  Place out;
  out.base = Place::Base::image;
  out.address = entry_.offset(at.at);
  return out;
}

void InlineMoves::start_block(std::optional<RegisterValues> before) {
  before_block_ = std::move(before);
  new_block_ = true;
  zero_.reset();
  zero_.set(15, x15_is_zero_);
}

void InlineMoves::start_line() {
  new_line_ = true;
}

void InlineMoves::note_zero(const Instruction& in) {
  if (in.info.meta.category == ZYDIS_CATEGORY_CALL) {
    bool x15 = zero_[15];
    zero_.reset();
    zero_.set(15, x15);
    return;
  }
  bool clears = in.mnemonic() == ZYDIS_MNEMONIC_XORPS || in.mnemonic() == ZYDIS_MNEMONIC_PXOR;
  for (unsigned x = 0; x < 16; ++x) {
    auto reg = static_cast<ZydisRegister>(ZYDIS_REGISTER_XMM0 + x);
    if (in.writes(reg)) zero_.set(x, clears && in.is_reg(0, reg) && in.is_reg(1, reg));
  }
}

bool InlineMoves::extends(const Access& to, bool copy) const {
  if (!run_ || new_block_ || new_line_ || is_copy(run_->site.device) != copy || run_->moved != 0) return false;
  if (to.base != run_->first_to.base) return false;
  if (copy) {
    if (load_->from.base != run_->first_from.base) return false;
    if (load_->from.at - run_->first_from.at != to.at - run_->first_to.at && !run_->tail) return false;
    if (run_->tail && load_->from.at != to.at) return false;
  }
  if (run_->tail && run_->site.tail_stores.empty()) return to.at > -16 && to.at <= 0;
  return to.at > run_->last && to.at <= run_->last + 16;
}

void InlineMoves::store(const Instruction& in, const RegisterValues& values, const Access& to, bool copy,
                        std::vector<BlockSite>& out) {
  std::uint64_t begin = copy ? load_->begin : in.offset;
  if (!extends(to, copy)) {
    flush(out);
    Run run;
    run.site.device = copy ? BlockDevice::inline_copy : BlockDevice::inline_zero;
    run.site.lead = run.site.begin = begin;
    run.first_to = to;
    run.lo = run.hi = run.last = to.at;
    run.site.destination_disp = to.at;
    run.site.destination = place(to, values);
    if (to.base) {
      run.site.destination_reg = *to.base;
      run.site.adjust = to.at;
    }
    if (copy) {
      run.first_from = load_->from;
      run.site.source = load_->place;
      run.site.source_disp = load_->from.at;
      if (load_->from.base) run.site.source_reg = *load_->from.base;
    }
    run_ = std::move(run);
  }
  Run& run = *run_;
  bool tail = run.tail;
  if (tail && run.site.tail_stores.empty()) run.lo = run.hi = 0;
  run.last = to.at;
  run.hi = std::max(run.hi, to.at + 16);
  run.site.end = in.end();
  auto& stores = tail ? run.site.tail_stores : run.site.head_stores;
  stores.push_back({in.end(), static_cast<std::uint64_t>(run.hi - run.lo)});
}

/// ADDQ, DECL and JNE behind a run: is this the next part of the loop?
bool InlineMoves::loops(const Instruction& in) {
  if (!run_ || run_->tail || new_block_ || new_line_ || run_->lo != 0) return false;
  Run& run = *run_;
  bool copy = is_copy(run.site.device);
  auto step = run.hi - run.lo;
  if (in.mnemonic() == ZYDIS_MNEMONIC_ADD && run.counted == 0 && in.immediate(1) == step) {
    auto to =
        in.operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER ? general_register(in.operands[0].reg.value) : std::nullopt;
    if (!to || run.site.head_stores.size() < 2) return false;
    if (copy && to == run.first_from.base && run.source_moved == 0) {
      run.source_moved = in.end();
    } else if (to == run.first_to.base && run.moved == 0) {
      run.moved = in.end();
    } else {
      return false;
    }
    return true;
  }
  if (in.mnemonic() == ZYDIS_MNEMONIC_DEC && run.moved != 0 && run.counted == 0 && (!copy || run.source_moved != 0)) {
    const auto& op = in.operands[0];
    if (op.type != ZYDIS_OPERAND_TYPE_REGISTER || op.size < 32) return false;
    auto counter = general_register(ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, op.reg.value));
    if (!counter) return false;
    run.counter = *counter;
    run.counted = in.end();
    return true;
  }
  if (in.mnemonic() != ZYDIS_MNEMONIC_JNZ || run.counted == 0 || in.relative_target() != run.site.begin) return false;
  // How often, and where the pointers start, is known where the loop is entered from above.
  if (block_.at != run.site.begin || !block_.values || !block_.count) return false;
  const Count& count = *block_.count;
  if (count.reg != run.counter || count.n > kMostRounds || !run.first_to.base) return false;
  if (copy && (!run.first_from.base || run.first_from.at != 0)) return false;
  InlineLoop loop;
  loop.head = run.site.begin;
  loop.moved = run.moved;
  if (copy) loop.source_moved = run.source_moved;
  loop.counted = run.counted;
  loop.end = in.end();
  loop.counter = run.counter;
  loop.rounds = count.n;
  loop.step = static_cast<std::uint64_t>(step);
  run.site.loop = loop;
  run.site.lead = run.site.begin = count.begin;
  run.site.destination = block_.values->place(*run.first_to.base, 0);
  if (copy) run.site.source = block_.values->place(*run.first_from.base, 0);
  run.site.end = in.end();
  run.tail = true;
  run.moved = 0;
  return true;
}

void InlineMoves::flush(std::vector<BlockSite>& out) {
  if (!run_) return;
  Run run = std::move(*run_);
  run_.reset();
  BlockSite& site = run.site;
  std::uint64_t head = site.head_stores.empty() ? 0 : site.head_stores.back().done;
  if (site.loop) {
    std::uint64_t tail = site.tail_stores.empty() ? 0 : site.tail_stores.back().done;
    site.bytes = site.loop->rounds * site.loop->step + tail;
    site.stores = site.loop->rounds * site.head_stores.size() + site.tail_stores.size();
  } else {
    site.bytes = head;
    site.stores = site.head_stores.size();
  }
  out.push_back(std::move(site));
}

void InlineMoves::repeat(const Instruction& in, const RegisterValues& values, std::vector<BlockSite>& out) {
  BlockSite site;
  bool copy = in.mnemonic() == ZYDIS_MNEMONIC_MOVSQ;
  site.device = copy ? BlockDevice::rep_movs : BlockDevice::rep_stos;
  site.lead = site.begin = in.offset;
  site.end = in.end();
  site.destination = values.place(Reg::rdi, 0);
  if (copy) site.source = values.place(Reg::rsi, 0);
  if (auto words = values.of(Reg::rcx).constant(); words && *words < (std::uint64_t{1} << 60)) {
    site.stores = *words;
    site.bytes = *words * 8;
  }
  out.push_back(std::move(site));
}

void InlineMoves::next(const Instruction& in, const RegisterValues& values, std::vector<BlockSite>& out) {
  if (in.mnemonic() == ZYDIS_MNEMONIC_NOP) return;
  if (in.mnemonic() == ZYDIS_MNEMONIC_XCHG && in.is_reg(0, ZYDIS_REGISTER_AX) && in.is_reg(1, ZYDIS_REGISTER_AX))
    return;
  if (new_block_) block_ = {in.offset, std::move(before_block_), count_};
  bool handled = false;
  std::optional<Load> load;
  if (is_move16(in.mnemonic())) {
    auto from = xmm(in, 1);
    auto to = xmm(in, 0);
    if (auto at = access(in, 0); at && from) {
      bool copy = load_ && load_->xmm == *from && !new_block_ && !new_line_;
      if (copy || zero_[*from]) {
        store(in, values, *at, copy, out);
        handled = true;
      }
    } else if (auto source = access(in, 1); source && to) {
      // Whether it belongs to a copy, the next instruction says.
      if (new_line_ || new_block_ || !run_ || !is_copy(run_->site.device) || run_->moved != 0) flush(out);
      load = Load{*to, *source, in.offset, place(*source, values)};
      handled = true;
    }
  } else if (loops(in)) {
    handled = true;
  }
  if (!handled) flush(out);
  load_ = load;
  if (in.info.attributes & ZYDIS_ATTRIB_HAS_REP) {
    if (in.mnemonic() == ZYDIS_MNEMONIC_STOSQ || in.mnemonic() == ZYDIS_MNEMONIC_MOVSQ) repeat(in, values, out);
  }
  count_.reset();
  if (in.mnemonic() == ZYDIS_MNEMONIC_MOV && in.immediate(1) && in.operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER) {
    auto reg = general_register(ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, in.operands[0].reg.value));
    if (reg && *in.immediate(1) > 0) {
      count_ = Count{*reg, static_cast<std::uint64_t>(*in.immediate(1)), in.offset};
    }
  }
  note_zero(in);
  new_block_ = new_line_ = false;
}

void InlineMoves::finish(std::vector<BlockSite>& out) {
  flush(out);
}

}  // namespace lldbgo
