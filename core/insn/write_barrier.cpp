// How the compiler guards a pointer store (cmd/compile/internal/ssa/writebarrier.go, runtime/asm_amd64.s).
//
// Until Go 1.20 the barrier replaces the store: with the slot's address in DI and the value in AX (or the register that
// the routine is named after)
//
//	CMPL runtime.writeBarrier(SB), $0 ; JNE wb ; MOVQ AX, slot ; back: ...
//	wb: LEAQ slot, DI ; CALL runtime.gcWriteBarrier ; JMP back
//
// From 1.21 on one call makes room for all words of several stores, the code fills it, and the stores follow on both
// paths. What needs no recording is left out: a value that is nil or static, a slot that is known to be zero. So the
// words alternate between new and old only by accident:
//
//	CMPL runtime.writeBarrier(SB), $0 ; JEQ join
//	CALL runtime.gcWriteBarrier2 ; MOVQ AX, (R11) ; MOVQ slot, DX ; MOVQ DX, 8(R11)
//	join: MOVQ AX, slot
//
// From 1.25 on MOVQ slot, DX stands in front of the call.
//
// What is behind the test and in front of the join exists for the barrier alone. A word loaded there from memory is
// what a slot holds, so old, except where it comes off the stack: stores to the stack have no barrier, so that is a
// register the allocator had spilled. The stores behind the join are the second witness, and say which slot it is.
#include "core/insn/write_barrier.h"

#include <algorithm>
#include <set>

#include "core/insn/barrier_test.h"
#include "core/insn/decoder.h"

namespace lldbgo {
namespace {

constexpr std::size_t kMaxInstructions = 1 << 18, kMaxSteps = 512, kMaxStores = 48, kMaxSites = 1 << 14;

// What a register holds, as far as the sequence itself has put it there.
struct Held {
  enum class Kind { before, operand, buffer, lost } kind = Kind::before;
  BarrierOperand operand;
};

std::optional<Reg> whole_register(const ZydisDecodedOperand& op) {
  if (op.type != ZYDIS_OPERAND_TYPE_REGISTER) return std::nullopt;
  return general_register(op.reg.value);
}

// Walks one sequence.
class Walker {
 public:
  Walker(Bytes code, FileAddr entry, const RoutineAt& routine_at, std::vector<BarrierSite>& out)
      : code_(code), entry_(entry), routine_at_(routine_at), out_(out) {}

  /// From behind a test's branch, or, without a test, from a call of its own.
  void walk(std::uint64_t from, std::optional<BarrierTest> test);

 private:
  BarrierOperand memory_operand(const Instruction& insn, unsigned operand) const;
  void follow(const Instruction& insn);
  void record(const Instruction& insn);
  void call(const Instruction& insn, FileAddr target, const BarrierRoutine& routine,
            const std::optional<BarrierTest>& test);
  void stores(std::uint64_t from);
  void match(BarrierSite& site);
  void finish();

  struct Store {
    std::uint64_t at = 0;
    BarrierOperand slot, source;
    unsigned size = 8;
  };
  static std::optional<BarrierOperand> slot_of(const Store& store, const BarrierOperand& place);

  Bytes code_;
  FileAddr entry_;
  const RoutineAt& routine_at_;
  std::vector<BarrierSite>& out_;
  std::array<Held, 16> held_{};
  std::array<std::uint32_t, 16> version_{};
  std::size_t first_ = 0;            // of out_, that is this walk's
  std::optional<std::size_t> open_;  // site whose words are being filled
  std::vector<std::pair<std::int64_t, BarrierRecord>> words_;
  std::vector<BarrierStep> steps_, behind_;  // up to the join, and from there on
  std::vector<Store> stores_;
};

BarrierOperand Walker::memory_operand(const Instruction& insn, unsigned operand) const {
  const auto& mem = insn.operands[operand].mem;
  BarrierOperand out;
  if (mem.segment == ZYDIS_REGISTER_FS || mem.segment == ZYDIS_REGISTER_GS) return out;
  out.displacement = mem.disp.value;
  out.scale = mem.scale;
  if (mem.base == ZYDIS_REGISTER_RIP) {
    out.absolute = (entry_ + insn.end()).offset(mem.disp.value);
    out.displacement = 0;
  } else if (mem.base != ZYDIS_REGISTER_NONE) {
    out.base = general_register(mem.base);
    if (!out.base) return out;
    out.base_version = version_[static_cast<unsigned>(*out.base)];
  }
  if (mem.index != ZYDIS_REGISTER_NONE) {
    out.index = general_register(mem.index);
    if (!out.index) return out;
    out.index_version = version_[static_cast<unsigned>(*out.index)];
  }
  out.kind = mem.type == ZYDIS_MEMOP_TYPE_AGEN ? BarrierOperand::Kind::address : BarrierOperand::Kind::memory;
  return out;
}

BarrierOperand register_operand(Reg reg, std::uint32_t version) {
  BarrierOperand out;
  out.kind = BarrierOperand::Kind::reg;
  out.reg = reg;
  out.reg_version = version;
  return out;
}

// What an instruction does to the registers.
void Walker::follow(const Instruction& insn) {
  std::optional<Reg> to;
  Held next{Held::Kind::lost, {}};
  bool move = insn.mnemonic() == ZYDIS_MNEMONIC_MOV, lea = insn.mnemonic() == ZYDIS_MNEMONIC_LEA;
  if (move || lea) {
    to = whole_register(insn.operands[0]);
    const auto& source = insn.operands[1];
    if (source.type == ZYDIS_OPERAND_TYPE_MEMORY) {
      next = {Held::Kind::operand, memory_operand(insn, 1)};
    } else if (auto from = whole_register(source)) {
      next = held_[static_cast<unsigned>(*from)];
      if (next.kind == Held::Kind::before) {
        next = {Held::Kind::operand, register_operand(*from, version_[static_cast<unsigned>(*from)])};
      }
    } else if (source.type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
      next.kind = Held::Kind::operand;
      next.operand.kind = BarrierOperand::Kind::immediate;
      next.operand.displacement = source.imm.value.s;
    }
  }
  for (unsigned r = 0; r < 16; ++r) {
    if (!insn.writes(general_register_at(r))) continue;
    held_[r] = to && static_cast<unsigned>(*to) == r ? next : Held{Held::Kind::lost, {}};
    ++version_[r];
  }
}

// MOVQ source, k(R11)
void Walker::record(const Instruction& insn) {
  if (!open_ || insn.mnemonic() != ZYDIS_MNEMONIC_MOV || insn.operands[0].type != ZYDIS_OPERAND_TYPE_MEMORY) return;
  const auto& mem = insn.operands[0].mem;
  auto base = general_register(mem.base);
  if (!base || mem.index != ZYDIS_REGISTER_NONE || insn.operands[0].size != 64) return;
  if (held_[static_cast<unsigned>(*base)].kind != Held::Kind::buffer) return;
  BarrierRecord out;
  out.at = insn.offset;
  if (auto from = whole_register(insn.operands[1])) {
    unsigned r = static_cast<unsigned>(*from);
    const Held& held = held_[r];
    out.role = BarrierRole::new_value;
    out.source = register_operand(*from, version_[r]);
    if (held.kind == Held::Kind::operand) {
      out.source = held.operand;
      bool stack = held.operand.base == Reg::rsp;
      if (held.operand.kind == BarrierOperand::Kind::memory && !stack) out.role = BarrierRole::old_value;
    } else if (held.kind != Held::Kind::before) {
      out.role = BarrierRole::value;
      out.source.kind = BarrierOperand::Kind::unknown;
    }
  } else if (auto value = insn.immediate(1)) {
    out.source.kind = BarrierOperand::Kind::immediate;
    out.source.displacement = *value;
  }
  words_.emplace_back(mem.disp.value, out);
  BarrierSite& site = out_[*open_];
  if (words_.size() < site.what.words) return;
  std::stable_sort(words_.begin(), words_.end(), [](auto& a, auto& b) { return a.first < b.first; });
  bool whole = true;
  for (std::size_t i = 0; i < words_.size(); ++i) whole = whole && words_[i].first == static_cast<std::int64_t>(i * 8);
  for (auto& [at, word] : words_) {
    if (whole && word.source.kind != BarrierOperand::Kind::unknown) site.records.push_back(word);
  }
  words_.clear();
  open_.reset();
}

void Walker::call(const Instruction& insn, FileAddr target, const BarrierRoutine& routine,
                  const std::optional<BarrierTest>& test) {
  BarrierSite site;
  site.call = insn.offset;
  site.call_end = insn.end();
  site.routine = target;
  site.what = routine;
  if (test) site.test = test->at;
  if (routine.form == BarrierRoutine::Form::pair) {
    const Held& di = held_[static_cast<unsigned>(Reg::rdi)];
    BarrierOperand slot;
    slot.kind = BarrierOperand::Kind::memory;
    slot.base = Reg::rdi;
    slot.base_version = version_[static_cast<unsigned>(Reg::rdi)];
    if (di.kind == Held::Kind::operand && di.operand.kind == BarrierOperand::Kind::address) {
      slot = di.operand;
      slot.kind = BarrierOperand::Kind::memory;
    } else if (di.kind == Held::Kind::operand && di.operand.kind == BarrierOperand::Kind::reg) {
      slot.base = di.operand.reg;
      slot.base_version = di.operand.reg_version;
    }
    BarrierRecord fresh{BarrierRole::new_value,
                        register_operand(routine.value, version_[static_cast<unsigned>(routine.value)]), insn.offset};
    const Held& value = held_[static_cast<unsigned>(routine.value)];
    if (value.kind == Held::Kind::operand) fresh.source = value.operand;
    site.records = {fresh, {BarrierRole::old_value, slot, insn.offset}};
    site.stores = {{insn.offset, slot}};
  }
  out_.push_back(site);
  words_.clear();
  open_.reset();
  if (routine.form != BarrierRoutine::Form::words) return;
  open_ = out_.size() - 1;
  held_[static_cast<unsigned>(Reg::r11)] = {Held::Kind::buffer, {}};
  ++version_[static_cast<unsigned>(Reg::r11)];
}

// Behind the join: what is stored where.
void Walker::stores(std::uint64_t from) {
  Decoder decoder(code_, from);
  for (std::size_t i = 0; i < kMaxStores; ++i) {
    auto insn = decoder.next();
    if (!insn || insn->ends_straight_line()) return;
    behind_.push_back({insn->offset, version_});
    const auto& to = insn->operands[0];
    bool stored = insn->info.operand_count >= 2 && to.type == ZYDIS_OPERAND_TYPE_MEMORY &&
                  (to.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
    if (stored) {
      Store store{insn->offset, memory_operand(*insn, 0), {}, to.size / 8u};
      if (auto source = whole_register(insn->operands[1])) {
        store.source = register_operand(*source, version_[static_cast<unsigned>(*source)]);
        const Held& held = held_[static_cast<unsigned>(*source)];
        if (held.kind == Held::Kind::operand) store.source = held.operand;
      }
      stores_.push_back(store);
    }
    follow(*insn);
  }
}

// Of the slots that a store writes, 16 bytes are two, the one that is `place`.
std::optional<BarrierOperand> Walker::slot_of(const Store& store, const BarrierOperand& place) {
  BarrierOperand slot = store.slot;
  for (unsigned part = 0; part < store.size && part < 64; part += 8, slot.displacement += 8)
    if (same_place(slot, place)) return slot;
  return std::nullopt;
}

void Walker::match(BarrierSite& site) {
  if (site.what.form != BarrierRoutine::Form::words) return;
  std::set<std::pair<std::uint64_t, std::int64_t>> guarded;  // instruction, displacement of the slot
  for (BarrierRecord& record : site.records) {
    for (const Store& store : stores_) {
      if (store.slot.base == Reg::rsp) continue;  // the stack has no barrier
      auto within = slot_of(store, record.source);
      // What is loaded again behind the join is what the store has left there.
      bool reloaded = store.source.kind == BarrierOperand::Kind::memory && store.source.base != Reg::rsp;
      bool stored = !reloaded && same_place(store.source, record.source);
      if (!within && !stored) continue;
      BarrierRole by_store = within ? BarrierRole::old_value : BarrierRole::new_value;
      if (record.role != by_store) record.role = BarrierRole::value;  // the two witnesses disagree
      const BarrierOperand& slot = within ? *within : store.slot;
      if (guarded.emplace(store.at, slot.displacement).second) site.stores.push_back({store.at, slot});
    }
  }
  std::sort(site.stores.begin(), site.stores.end(), [](auto& a, auto& b) {
    return std::pair(a.at, a.slot.displacement) < std::pair(b.at, b.slot.displacement);
  });
}

void Walker::finish() {
  for (std::size_t i = first_; i < out_.size(); ++i) {
    match(out_[i]);
    out_[i].steps = steps_;
    auto last = std::find_if(behind_.rbegin(), behind_.rend(), [&](const BarrierStep& step) {
      return std::any_of(out_[i].stores.begin(), out_[i].stores.end(),
                         [&](auto& store) { return store.at == step.at; });
    });
    out_[i].steps.insert(out_[i].steps.end(), behind_.begin(), last.base());
  }
}

void Walker::walk(std::uint64_t from, std::optional<BarrierTest> test) {
  first_ = out_.size();
  held_ = {};
  version_ = {};
  open_.reset();
  words_.clear();
  steps_.clear();
  behind_.clear();
  stores_.clear();
  if (test) steps_.push_back({test->at, version_});
  Decoder decoder(code_, from);
  auto joins = [&](std::uint64_t at) { return test && (at == test->join || at == test->other); };
  for (std::size_t i = 0; i < kMaxSteps; ++i) {
    auto insn = decoder.next();
    if (!insn) break;
    if (joins(insn->offset)) {
      stores(insn->offset);
      break;
    }
    // Without a test: the words are there, so the stores follow.
    if (!test && !open_ && out_.size() > first_ && out_.back().what.form == BarrierRoutine::Form::words &&
        insn->mnemonic() != ZYDIS_MNEMONIC_JMP) {
      stores(insn->offset);
      break;
    }
    steps_.push_back({insn->offset, version_});
    if (insn->mnemonic() == ZYDIS_MNEMONIC_JMP) {
      auto to = insn->relative_target();
      bool words = out_.size() > first_ && out_.back().what.form == BarrierRoutine::Form::words;
      if (!to || *to >= code_.size()) break;
      if (test && !joins(*to) && out_.size() > first_ && !words) break;  // back, behind the store
      decoder = Decoder(code_, *to);
      continue;
    }
    if (insn->mnemonic() == ZYDIS_MNEMONIC_CALL) {
      auto to = insn->relative_target();
      FileAddr target = to ? entry_ + *to : FileAddr();
      auto routine = to ? routine_at_(target) : std::nullopt;
      if (!routine || out_.size() >= kMaxSites) {
        steps_.pop_back();
        break;
      }
      call(*insn, target, *routine, test);
      if (!test && routine->form != BarrierRoutine::Form::words) break;
      continue;
    }
    if (insn->ends_straight_line()) {
      steps_.pop_back();
      break;
    }
    record(*insn);
    follow(*insn);
  }
  finish();
}

}  // namespace

std::vector<BarrierSite> barrier_sites(Bytes code, FileAddr entry, const RoutineAt& routine_at,
                                       std::optional<FileAddr> flag) {
  std::vector<BarrierTest> tests;
  std::vector<std::uint64_t> calls;
  Decoder decoder(code);
  for (std::size_t i = 0; i < kMaxInstructions; ++i) {
    auto insn = decoder.next();
    if (!insn) break;
    if (auto test = barrier_test_at(code, entry, *insn, flag)) tests.push_back(*test);
    if (insn->mnemonic() != ZYDIS_MNEMONIC_CALL) continue;
    auto to = insn->relative_target();
    if (to && routine_at(entry + *to)) calls.push_back(insn->offset);
  }
  std::vector<BarrierSite> out;
  if (calls.empty()) return out;
  Walker walker(code, entry, routine_at, out);
  for (const BarrierTest& test : tests) walker.walk(test.barrier, test);
  std::set<std::uint64_t> seen;
  std::erase_if(out, [&](const BarrierSite& site) { return !seen.insert(site.call).second; });
  for (std::uint64_t call : calls) {
    if (!seen.contains(call)) walker.walk(call, std::nullopt);
  }
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.call < b.call; });
  return out;
}

}  // namespace lldbgo
