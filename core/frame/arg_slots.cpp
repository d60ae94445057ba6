#include "core/frame/arg_slots.h"

#include <algorithm>

#include "core/frame/arg_state.h"
#include "core/frame/variable_slots.h"

namespace lldbgo {
namespace {

bool names_frame(const std::vector<Piece>& pieces, std::int64_t home, std::uint64_t offset, std::uint64_t size) {
  for (const Piece& p : pieces) {
    if (p.where == Piece::Where::frame && p.offset <= offset && offset + size <= p.offset + p.size &&
        p.cfa_offset - static_cast<std::int64_t>(p.offset) == home) {
      return true;
    }
  }
  return false;
}

// A variable in memory lives as a whole, and the map marks all its pointers or none. A result that the optimiser has
// taken apart is put together where it is returned, and is not taken out of its place again.
bool result_marked(const FrameContext& c, const Parameter& result) {
  if (!c.args_map) return false;
  std::int64_t home = *result.place.offset_fp;
  std::int64_t mapped = std::int64_t{c.args_map->words} * 8;
  std::int64_t end = std::min<std::int64_t>(mapped, home + static_cast<std::int64_t>(result.type->size));
  for (std::int64_t at = home; at < end; at += 8)
    if (c.scanned_argument(at, 8).value_or(false)) return true;
  return false;
}

void claim_parameter(const FrameContext& c, const Parameter& p, const std::string& why, SlotTable& table) {
  if (!p.place.offset_fp || !p.type || *p.place.offset_fp < 0) return;
  VariableClaim claim;
  claim.name = p.name;
  claim.type = p.type;
  claim.offset = *p.place.offset_fp;
  claim.why = why;
  claim.padding = true;
  claim.kind = p.place.in_registers() ? SlotKind::spill : p.result ? SlotKind::result : SlotKind::arg;
  if (p.heap_pointer) {  // what is left here is what was passed
    claim.live = [&](const Component& x) {
      std::int64_t at = claim.offset + static_cast<std::int64_t>(x.marked_at);
      return c.scanned_argument(at, x.size).value_or(false) ? Liveness::yes : Liveness::no;
    };
  } else if (p.place.in_registers()) {
    claim.live = [&](const Component& x) {
      return slot_stored(c, claim.offset + static_cast<std::int64_t>(x.offset), x.size, p.one_home);
    };
  } else {
    claim.live = [&](const Component& x) { return stack_home_live(c, p, x); };
  }
  if (p.place.in_registers()) {
    claim.reg = [&](const Component& x) -> std::string {
      for (const AbiWord& w : p.place.words) {
        if (w.offset == x.offset) return w.reg.go_name();
      }
      return "";
    };
  }
  claim_variable(c, claim, table);
}

// Without types there are the components of the runtime's own traceback, and the registers that the code spills there.
void claim_arg_info(const FrameContext& c, SlotTable& table) {
  std::size_t i = 0;
  for (const ArgComponent& a : c.arg_info) {
    if (a.kind != ArgComponent::Kind::value) continue;
    bool stored = c.arg_live.empty() || (i < c.arg_live.size() && c.arg_live[i]);
    ++i;
    Slot slot;
    slot.kind = SlotKind::arg;
    slot.offset_fp = a.offset;
    slot.size = a.size;
    slot.why = "ArgInfo";
    for (const StraightLine* line : {c.grow ? &*c.grow : nullptr, &c.entry}) {
      if (line == nullptr || !slot.reg.empty()) continue;
      for (const RegisterStore& s : line->stores) {
        if (s.fp_offset == slot.offset_fp) slot.reg = s.reg.go_name();
      }
    }
    bool in_register = !slot.reg.empty();
    if (in_register) {
      slot.kind = SlotKind::spill;
      slot.why = "ArgInfo, spill code";
      slot.live = slot_stored(c, slot.offset_fp, slot.size, false);
    } else {
      // A stack argument is there from the start; a register argument that the code never spills before the first call
      // is not.
      slot.live = c.has_arg_live_table && !stored ? Liveness::no : Liveness::unknown;
      if (c.stack_argument_unless_spilled()) slot.live = Liveness::yes;
    }
    if (c.scanned_argument(a.offset, a.size).value_or(false)) slot.pointer = Pointerness::pointer;
    if (table.is_free(slot.offset_fp, slot.size)) table.claim(std::move(slot));
  }
}

// Assembly names its arguments in the source; ArgInfo knows their sizes, and which are no results.
void claim_asm_operands(const FrameContext& c, SlotTable& table) {
  std::int64_t arguments_end = 0;
  for (const ArgComponent& a : c.arg_info) {
    if (a.kind == ArgComponent::Kind::value) arguments_end = std::max<std::int64_t>(arguments_end, a.offset + a.size);
  }
  for (const AsmOperand& o : c.asm_operands) {
    if (!o.fp || o.offset < 0) continue;
    Slot slot;
    slot.offset_fp = o.offset;
    slot.size = o.size;
    for (const ArgComponent& a : c.arg_info) {
      if (a.kind == ArgComponent::Kind::value && a.offset == o.offset) slot.size = a.size;
    }
    if (slot.size == 0 || !table.is_free(o.offset, slot.size)) continue;
    slot.name = o.name;
    slot.kind = !c.arg_info.empty() && o.offset >= arguments_end ? SlotKind::result : SlotKind::arg;
    slot.live = slot.kind == SlotKind::arg && !c.arg_info.empty() ? Liveness::yes : Liveness::unknown;
    if (c.scanned_argument(o.offset, slot.size).value_or(false)) slot.pointer = Pointerness::pointer;
    slot.why = "assembly source";
    table.claim(std::move(slot));
  }
}

// What nothing has named: the pointer map still tells which words are pointers.
void claim_mapped(const FrameContext& c, SlotTable& table) {
  if (!c.args_map) return;
  for (std::int32_t i = 0; i < c.args_map->words && std::int64_t{i} * 8 < table.hi(); ++i) {
    if (!c.args_map->pointer(i) || !table.is_free(std::int64_t{i} * 8, 8)) continue;
    Slot slot;
    slot.kind = SlotKind::arg;
    slot.offset_fp = std::int64_t{i} * 8;
    slot.pointer = Pointerness::pointer;
    slot.live = Liveness::yes;
    slot.why = "args pointer map";
    table.claim(std::move(slot));
  }
}

}  // namespace

Liveness stack_home_live(const FrameContext& c, const Parameter& p, const Component& x) {
  std::int64_t mark = *p.place.offset_fp + static_cast<std::int64_t>(x.marked_at);
  auto pointer = x.pointer ? c.scanned_argument(mark, x.size) : std::nullopt;
  if (pointer && *pointer) return Liveness::yes;
  if (p.result && result_marked(c, p)) return Liveness::yes;
  if (p.result && (c.phase == Phase::prologue || c.phase == Phase::grow_before || c.phase == Phase::grow_after))
    return Liveness::no;
  if (!p.has_places) return p.result ? Liveness::unknown : Liveness::yes;  // assembly: the home is all there is
  if (!p.result && c.phase != Phase::body && c.phase != Phase::epilogue) return Liveness::yes;
  if (!p.result && c.address_taken(*p.place.offset_fp, p.type->size)) return Liveness::yes;
  if (pointer && !*pointer && !p.one_home) return Liveness::no;
  if (names_frame(p.pieces, *p.place.offset_fp, x.offset, x.size)) {
    // Results get their zero at some point of the entry; nothing says where.
    bool unset = p.result && p.one_home && c.offset <= c.entry.end;
    return unset ? Liveness::unknown : Liveness::yes;
  }
  return Liveness::unknown;
}

void claim_arg_slots(const FrameContext& c, const Prototype& prototype, SlotTable& table) {
  for (const Parameter& p : prototype.parameters) claim_parameter(c, p, prototype.why, table);
  if (prototype.parameters.empty()) {
    claim_asm_operands(c, table);
    claim_arg_info(c, table);
  }
  claim_mapped(c, table);
  if (!prototype.exact) return;
  for (const Slot& gap : table.finish()) {
    if (gap.kind != SlotKind::unknown || gap.offset_fp < 0 || !gap.why.empty()) continue;
    Slot slot = gap;
    slot.kind = SlotKind::padding;
    slot.live = Liveness::no;
    slot.pointer = Pointerness::scalar;
    slot.why = "alignment between arguments";
    table.claim(std::move(slot));
  }
}

}  // namespace lldbgo
