// One pass over a function: calls of routines that clear or copy, and what does so in place.
//
// A call of Duff's device looks like this (cmd/internal/obj/x86/obj6.go writes the three instructions about BP since Go
// 1.9 or so, and not where the routine is reached through R15, with -dynlink):
//     LEAQ 0x68(SP), DI
//     LEAQ -0x30(DI), DI        the bias, see duff_routine.cpp
//     MOVQ BP, -0x10(SP)        a frame for the frame-pointer unwinder, below SP: the call puts its return address at
//     LEAQ -0x10(SP), BP        -0x8(SP), just above the saved BP
//     CALL runtime.duffzero+0x150
//     MOVQ 0(BP), BP
#include "core/insn/block_sites.h"

#include <algorithm>

#include "core/insn/code_flow.h"
#include "core/insn/decoder.h"
#include "core/insn/inline_moves.h"
#include "core/insn/register_values.h"

namespace lldbgo {

const char* block_device_name(BlockDevice d) {
  switch (d) {
    case BlockDevice::duffzero:
      return "duffzero";
    case BlockDevice::duffcopy:
      return "duffcopy";
    case BlockDevice::inline_zero:
      return "inline-zero";
    case BlockDevice::inline_copy:
      return "inline-copy";
    case BlockDevice::rep_stos:
      return "rep-stos";
    case BlockDevice::rep_movs:
      return "rep-movs";
    case BlockDevice::memclr:
      return "memclr";
    case BlockDevice::memmove:
      return "memmove";
  }
  return "";
}

bool is_duff(BlockDevice d) {
  return d == BlockDevice::duffzero || d == BlockDevice::duffcopy;
}

bool is_copy(BlockDevice d) {
  return d == BlockDevice::duffcopy || d == BlockDevice::inline_copy || d == BlockDevice::rep_movs ||
         d == BlockDevice::memmove;
}

bool is_inline(BlockDevice d) {
  return d == BlockDevice::inline_zero || d == BlockDevice::inline_copy || d == BlockDevice::rep_stos ||
         d == BlockDevice::rep_movs;
}

namespace {

/// The instructions that lead to a call of Duff's device and serve nothing else.
class Lead {
 public:
  void next(const Instruction& in) {
    if (in.mnemonic() == ZYDIS_MNEMONIC_NOP) return;
    bool lea = in.mnemonic() == ZYDIS_MNEMONIC_LEA;
    if (lea && in.is_reg(0, ZYDIS_REGISTER_RDI) && in.displacement_from(1, ZYDIS_REGISTER_RDI)) {
      *this = {};
      begin_ = in.offset;
    } else if (in.mnemonic() == ZYDIS_MNEMONIC_MOV && in.is_reg(1, ZYDIS_REGISTER_RBP) &&
               in.displacement_from(0, ZYDIS_REGISTER_RSP) == -16) {
      if (!begin_) begin_ = in.offset;
      stored_ = true;
    } else if (lea && stored_ && in.is_reg(0, ZYDIS_REGISTER_RBP) &&
               in.displacement_from(1, ZYDIS_REGISTER_RSP) == -16) {
      saves_ = true;
    } else {
      *this = {};
    }
  }
  std::optional<std::uint64_t> begin() const { return begin_; }
  bool saves_bp() const { return saves_; }

 private:
  std::optional<std::uint64_t> begin_;
  bool stored_ = false, saves_ = false;
};

class Finder {
 public:
  Finder(Bytes code, FileAddr entry, const BlockContext& context)
      : code_(code), entry_(entry), context_(context), values_(entry), moves_(entry, context.register_abi) {}

  std::vector<BlockSite> run() {
    CodeFlow flow = code_flow(code_);
    auto target = flow.branch_targets.begin();
    auto line = context_.lines.begin();
    // Where a jump table leads is not known. What it leads to starts a source line.
    bool table =
        std::any_of(flow.calls.begin(), flow.calls.end(), [](const CallSite& c) { return c.jump && !c.target; });
    bool falls = true;
    Decoder decoder(code_);
    while (auto in = decoder.next()) {
      while (target != flow.branch_targets.end() && *target < in->offset) ++target;
      while (line != context_.lines.end() && *line < in->offset) ++line;
      bool new_line = line != context_.lines.end() && *line == in->offset;
      bool new_block = !falls || (target != flow.branch_targets.end() && *target == in->offset);
      if (new_block || (table && new_line)) {
        moves_.start_block(falls ? std::optional(values_) : std::nullopt);
        values_.forget(in->offset);
        lead_ = {};
      }
      if (new_line) moves_.start_line();
      one(*in);
      falls = in->info.meta.category != ZYDIS_CATEGORY_UNCOND_BR && in->info.meta.category != ZYDIS_CATEGORY_RET;
    }
    moves_.finish(out_);
    std::stable_sort(out_.begin(), out_.end(),
                     [](const BlockSite& a, const BlockSite& b) { return a.begin < b.begin; });
    return std::move(out_);
  }

 private:
  void one(const Instruction& in) {
    if (context_.compiled) moves_.next(in, values_, out_);
    restore(in);
    if (in.info.meta.category == ZYDIS_CATEGORY_CALL) call(in);
    lead_.next(in);
    values_.apply(in);
  }

  void restore(const Instruction& in) {
    if (!restore_ || in.mnemonic() == ZYDIS_MNEMONIC_NOP) return;
    if (in.mnemonic() == ZYDIS_MNEMONIC_MOV && in.is_reg(0, ZYDIS_REGISTER_RBP) &&
        in.displacement_from(1, ZYDIS_REGISTER_RBP) == 0) {
      out_[*restore_].end = in.end();
    }
    restore_.reset();
  }

  void call(const Instruction& in) {
    std::optional<FileAddr> target;
    if (auto relative = in.relative_target()) {
      target = entry_ + *relative;
    } else if (in.info.operand_count > 0 && in.operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER) {
      auto reg = general_register(in.operands[0].reg.value);
      if (reg && values_.of(*reg).symbol == RegisterValue::kImage)
        target = FileAddr(static_cast<std::uint64_t>(values_.of(*reg).offset));
    }
    if (!target) return;
    for (const auto& [at, routine] : context_.duff) {
      if (*target >= at && *target < at + routine->size()) return duff(in, *target, at, *routine);
    }
    auto it = std::lower_bound(context_.callees.begin(), context_.callees.end(), *target,
                               [](const BlockContext::Callee& c, FileAddr a) { return c.entry < a; });
    if (it != context_.callees.end() && it->entry == *target) library(in, *it);
  }

  void duff(const Instruction& in, FileAddr target, FileAddr at, const DuffRoutine& routine) {
    BlockSite site;
    bool copy = routine.kind == DuffKind::copy;
    site.device = copy ? BlockDevice::duffcopy : BlockDevice::duffzero;
    site.lead = lead_.begin().value_or(in.offset);
    site.begin = in.offset;
    site.end = in.end();
    site.target = target;
    site.offset = target.value - at.value;
    site.saves_bp = lead_.saves_bp();
    if (const DuffEntry* entry = routine.entry(*site.offset)) {
      site.bytes = entry->bytes;
      site.stores = entry->stores;
      site.adjust = entry->adjust;
    }
    site.destination = values_.place(Reg::rdi, site.adjust);
    if (copy) site.source = values_.place(Reg::rsi, site.adjust);
    if (site.saves_bp) restore_ = out_.size();
    out_.push_back(std::move(site));
  }

  void library(const Instruction& in, const BlockContext::Callee& callee) {
    BlockSite site;
    bool copy = callee.device == BlockDevice::memmove;
    site.device = callee.device;
    site.lead = site.begin = in.offset;
    site.end = in.end();
    site.target = callee.entry;
    std::optional<RegisterValue> size;
    if (context_.register_abi) {
      site.destination_reg = Reg::rax;
      site.destination = values_.place(Reg::rax, 0);
      if (copy) {
        site.source = values_.place(Reg::rbx, 0);
        site.source_reg = Reg::rbx;
      }
      size = values_.of(copy ? Reg::rcx : Reg::rbx);
    } else {
      site.destination = argument(0);
      if (copy) site.source = argument(8);
      size = values_.stored(copy ? 16 : 8);
    }
    if (size) site.bytes = size->constant();
    out_.push_back(std::move(site));
  }

  Place argument(std::int64_t sp_offset) const {
    if (auto value = values_.stored(sp_offset)) {
      if (auto place = values_.place(*value)) return *place;
    }
    Place out;
    out.base = Place::Base::word;
    out.reg = Reg::rsp;
    out.offset = sp_offset;
    return out;
  }

  Bytes code_;
  FileAddr entry_;
  const BlockContext& context_;
  RegisterValues values_;
  InlineMoves moves_;
  Lead lead_;
  std::optional<std::size_t> restore_;  // the site whose BP is to be restored next
  std::vector<BlockSite> out_;
};

}  // namespace

std::vector<BlockSite> find_block_sites(Bytes code, FileAddr entry, const BlockContext& context) {
  return Finder(code, entry, context).run();
}

}  // namespace lldbgo
