// What lies below the saved BP, strongest evidence first:
//
//   * variables whose DWARF location at this pc is a frame offset; inner scopes before outer ones, because variables of
//     disjoint scopes share slots;
//   * the names that an assembly function's source gives to its locals;
//   * the argument area of the call this frame waits for, at the bottom;
//   * variables that some other pc keeps here, when only one does: theirs is the slot, not the value;
//   * the locals pointer map (FUNCDATA 1, anchored at varp: runtime/stkframe.go) and stack objects (FUNCDATA 2).
//
// The pointer map describes the pc of a call. Between calls, and where a goroutine was preempted asynchronously, the
// runtime itself scans the frame conservatively, so nothing is concluded there.
#include "core/frame/local_slots.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/frame/variable_slots.h"

namespace lldbgo {
namespace {

/// Does the map call the word at fp+offset a pointer? Absent: the map does not hold here or does not cover the word.
std::optional<bool> scanned(const FrameContext& c, std::int64_t offset) {
  if (!c.locals_map) return std::nullopt;
  std::int64_t from_base = offset - (c.varp() - std::int64_t{c.locals_map->words} * 8);
  if (from_base < 0 || from_base % 8 != 0 || offset >= c.varp()) return std::nullopt;
  return c.locals_map->pointer(static_cast<std::int32_t>(from_base / 8));
}

std::string origin(const Variable& v, const char* how) {
  return v.inline_depth == 0 ? std::string(how) : std::string(how) + ", inlined " + printable(v.owner, 200);
}

class Locals {
 public:
  Locals(const FrameContext& c, SlotTable& table) : c_(c), table_(table) {}

  void claim_live() {
    if (!c_.dwarf) return;
    for (auto v = c_.dwarf->locals.rbegin(); v != c_.dwarf->locals.rend(); ++v) claim_places(*v, SlotKind::local);
    for (const Variable& v : c_.dwarf->parameters) claim_places(v, v.result ? SlotKind::result : SlotKind::local);
  }

  void claim_asm_operands() {
    for (const AsmOperand& o : c_.asm_operands) {
      if (o.fp || o.size == 0 || o.offset >= 0) continue;
      Slot slot;
      slot.kind = SlotKind::local;
      slot.offset_fp = c_.pseudo_sp() + o.offset;
      slot.size = o.size;
      slot.name = o.name;
      slot.why = "assembly source";
      if (slot.offset_fp >= table_.lo() && table_.is_free(slot.offset_fp, slot.size)) table_.claim(std::move(slot));
    }
  }

  // A variable that is in scope but not here now. One candidate names the slot; several make it nobody's.
  void claim_elsewhere() {
    if (!c_.dwarf) return;
    std::map<std::int64_t, std::vector<const Variable*>> at;  // word -> variables that other pcs keep there
    auto note = [&](const Variable& v) {
      for (std::int64_t home : v.frame_homes) {
        if (home < 0 && home >= table_.lo()) at[home].push_back(&v);
      }
    };
    for (const Variable& v : c_.dwarf->locals) note(v);
    for (const Variable& v : c_.dwarf->parameters) note(v);
    for (const auto& [home, variables] : at) {
      const Variable& v = *variables.front();
      bool whole = variables.size() == 1 && v.frame_homes.size() == 1 && v.type && v.type->size > 0 &&
                   table_.is_free(home, v.type->size);
      auto next = at.upper_bound(home);
      if (whole && next != at.end() && next->first < home + static_cast<std::int64_t>(v.type->size)) whole = false;
      if (whole && components_of(v.type).size() == 1) {
        VariableClaim claim = basic(v, home, "DWARF, at other pcs");
        claim.live = [](const Component&) { return Liveness::no; };
        claim_variable(c_, claim, table_);
      } else if (table_.is_free(home, 8)) {
        Slot slot;
        slot.kind = SlotKind::temp;
        slot.offset_fp = home;
        slot.why = "DWARF, at other pcs:";
        for (const Variable* candidate : variables) slot.why.append(" ").append(printable(candidate->name, 200));
        describe_by_map(slot);
        table_.claim(std::move(slot));
      }
    }
  }

  void claim_mapped() {
    if (c_.locals_map) {
      std::int64_t base = c_.varp() - std::int64_t{c_.locals_map->words} * 8;
      for (std::int32_t i = 0; i < c_.locals_map->words; ++i) {
        std::int64_t at = base + std::int64_t{i} * 8;
        if (at < table_.lo() || !c_.locals_map->pointer(i) || !table_.is_free(at, 8)) continue;
        Slot slot;
        slot.kind = SlotKind::temp;
        slot.offset_fp = at;
        slot.why = "locals pointer map";
        describe_by_map(slot);
        table_.claim(std::move(slot));
      }
    }
    constexpr std::int64_t kMaxObjectWords = 4096;
    for (const StackObject& o : c_.stack_objects) {
      std::int64_t at = o.offset < 0 ? c_.varp() + o.offset : o.offset;
      if (at < table_.lo() || at >= 0 || at % 8 != 0) continue;
      for (std::int64_t word = at; word < std::min<std::int64_t>(at + std::min(o.size, kMaxObjectWords * 8), c_.varp());
           word += 8) {
        if (!table_.is_free(word, 8)) continue;
        Slot slot;
        slot.kind = SlotKind::temp;
        slot.offset_fp = word;
        slot.why = "stack object of " + std::to_string(o.size) + " bytes at FP" + signed_hex(at);
        table_.claim(std::move(slot));
      }
    }
  }

 private:
  VariableClaim basic(const Variable& v, std::int64_t home, const char* how) const {
    VariableClaim claim;
    claim.name = printable(v.name, 200);
    claim.type = v.type;
    claim.offset = home;
    claim.why = origin(v, how);
    claim.padding = true;
    return claim;
  }

  void claim_places(const Variable& v, SlotKind kind) {
    if (!v.type || v.type->size == 0) return;
    for (const Piece& p : v.pieces) {
      if (p.where != Piece::Where::frame || p.cfa_offset >= 0 || p.cfa_offset < table_.lo()) continue;
      VariableClaim claim = basic(v, p.cfa_offset - static_cast<std::int64_t>(p.offset), "DWARF");
      claim.kind = kind;
      claim.from = p.offset;
      claim.size = p.size;
      claim.live = [&](const Component& x) { return live(v, p, x); };
      claim_variable(c_, claim, table_);
    }
  }

  /// The map's word on a component of what lies in a piece of the frame. Absent: it has none.
  std::optional<bool> marked_live(const Piece& piece, const Component& x) const {
    bool mark_inside = piece.offset <= x.marked_at && x.marked_at + x.size <= piece.offset + piece.size;
    if (!x.pointer || x.size != 8 || !mark_inside) return std::nullopt;
    std::int64_t mark = piece.cfa_offset + static_cast<std::int64_t>(x.marked_at - piece.offset);
    return c_.in_stack_object(mark) ? std::nullopt : scanned(c_, mark);
  }

  Liveness live(const Variable& v, const Piece& piece, const Component& x) const {
    if (c_.phase != Phase::body) return c_.phase == Phase::epilogue ? Liveness::unknown : Liveness::no;
    if (auto marked = marked_live(piece, x)) return *marked ? Liveness::yes : Liveness::no;
    if (v.has_location_list) return Liveness::yes;
    // One place for the whole scope: nothing says when it gets its first value, but neither before its declaration,
    // which may go on for lines, nor before the first instruction that stores there.
    std::int64_t offset = piece.cfa_offset + static_cast<std::int64_t>(x.offset - piece.offset);
    int line = c_.frame.entries.empty() ? 0 : c_.frame.entries.back().line;
    bool declared = v.inline_depth == 0 && v.decl_line > 0 && line > v.decl_line && c_.offset > c_.entry.end &&
                    c_.stored_before_here(offset, x.size);
    return declared || (v.parameter && !v.result) ? Liveness::yes : Liveness::unknown;
  }

  void describe_by_map(Slot& slot) const {
    auto pointer = scanned(c_, slot.offset_fp);
    if (pointer && *pointer) {
      slot.pointer = Pointerness::pointer;
      slot.live = Liveness::yes;
    }
  }

  const FrameContext& c_;
  SlotTable& table_;
};

void claim_outgoing(const FrameContext& c, const Outgoing& outgoing, SlotTable& table) {
  std::int64_t sp = c.frame.sp - c.frame.fp;
  for (Slot slot : outgoing.slots) {
    slot.offset_fp += sp;
    if (slot.offset_fp >= c.varp()) continue;
    slot.name = slot.name.empty() ? "" : outgoing.callee + "." + slot.name;
    slot.why = "argument area of " + outgoing.callee + (slot.why.empty() ? "" : ": " + slot.why);
    if (slot.kind != SlotKind::padding) slot.kind = SlotKind::outgoing;
    table.claim(std::move(slot));
  }
}

}  // namespace

void claim_local_slots(const FrameContext& c, const Outgoing* outgoing, SlotTable& table) {
  Locals locals(c, table);
  locals.claim_live();
  if (outgoing != nullptr) claim_outgoing(c, *outgoing, table);
  locals.claim_asm_operands();
  locals.claim_elsewhere();
  locals.claim_mapped();
}

}  // namespace lldbgo
