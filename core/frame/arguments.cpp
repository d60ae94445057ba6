// Where an argument is changes as the function runs, and no single source is right at every pc:
//
//   before the frame is set up      its register, whatever DWARF says (with -N it names the spill slot from the first pc on)
//   DWARF: a register               that register, where this frame still has it: callers' registers are gone. DWARF is late
//                                   to let go of it, by the NOPs that align the next instruction, and sometimes wrong for
//                                   blocks that are laid out behind (1.24): a filled spill slot must agree
//   DWARF: the address of a copy    an argument that escapes moves to the heap in the first instructions (`&x` in DWARF)
//   DWARF: a frame offset           that place; but the spill slot only when it has been stored (arg_state.h)
//   DWARF: nothing                  if its address is taken, it lives in its spill slot (optimised code of every version up to
//                                   1.27 has no location for that); else the compiler needs it no more, and what was
//                                   spilled is the value that was passed, or a later one, but maybe not the last
#include "core/frame/arguments.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/frame/arg_slots.h"
#include "core/frame/arg_state.h"
#include "core/insn/calls.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxValue = 64 * 1024;

ArgStatus worse(ArgStatus a, ArgStatus b) {
  auto rank = [](ArgStatus s) { return s == ArgStatus::live ? 0 : s == ArgStatus::stale ? 1 : s == ArgStatus::unknown ? 2 : 3; };
  return rank(a) > rank(b) ? a : b;
}

class Gatherer {
 public:
  Gatherer(const FrameContext& c, const Parameter& p, ValueBytes& into) : c_(c), p_(p), into_(into) {}

  ArgStatus run() {
    if (p_.type->size == 0) return ArgStatus::live;
    if (p_.heap_pointer && p_.pieces.empty() && !before_body()) return through_heap_pointer();
    std::vector<AbiWord> words = p_.place.words;
    if (words.empty() && p_.place.offset_fp) return on_stack();
    if (words.empty()) {
      for (const Piece& piece : p_.pieces) words.push_back({{}, piece.offset, piece.size});
      if (words.empty()) return missing("it is nowhere at this pc", ArgStatus::dead);
      ArgStatus status = ArgStatus::live;
      for (const AbiWord& w : words) status = worse(status, by_dwarf(w).value_or(ArgStatus::unknown));
      return status;
    }
    ArgStatus status = ArgStatus::live;
    for (const AbiWord& w : words) status = worse(status, p_.result ? result_word(w) : param_word(w));
    return status;
  }

 private:
  bool before_body() const { return c_.phase == Phase::prologue || c_.phase == Phase::grow_before || c_.phase == Phase::grow_after; }

  ArgStatus missing(std::string why, ArgStatus status) {
    if (into_.why_missing.empty()) into_.why_missing = std::move(why);
    return status;
  }

  ArgStatus from_register(ArgRegister reg, const AbiWord& w) {
    if (auto value = c_.register_value(reg)) {
      into_.put_word(w.offset, *value, w.size);
      return ArgStatus::live;
    }
    return missing(std::string(reg.go_name()) + " is not known in this frame", ArgStatus::unknown);
  }

  ArgStatus from_frame(std::int64_t offset, const AbiWord& w, ArgStatus status) {
    c_.bytes.copy(offset, w.size, into_, w.offset);
    if (into_.has(w.offset, w.size)) return status;
    return missing("unreadable at " + hex(c_.frame.fp.offset(offset).value), ArgStatus::unknown);
  }

  ArgStatus param_word(const AbiWord& w) {
    std::optional<std::int64_t> slot;
    if (p_.place.offset_fp) slot = *p_.place.offset_fp + static_cast<std::int64_t>(w.offset);
    if (before_body()) {
      if (register_untouched(c_, w.reg)) return from_register(w.reg, w);
      if (slot && slot_stored(c_, *slot, w.size, p_.one_home) == Liveness::yes) return from_frame(*slot, w, ArgStatus::live);
      return missing("it is nowhere at this pc", ArgStatus::unknown);
    }
    if (auto status = by_dwarf(w)) return *status;
    if (slot && slot_stored(c_, *slot, w.size, p_.one_home) == Liveness::yes) {
      bool home = c_.address_taken(*p_.place.offset_fp, p_.type->size);
      return from_frame(*slot, w, home ? ArgStatus::live : ArgStatus::stale);
    }
    return missing(p_.has_places ? "it is nowhere at this pc" : "not spilled", ArgStatus::dead);
  }

  ArgStatus result_word(const AbiWord& w) {
    if (before_body()) return missing("not set yet", ArgStatus::dead);
    if (p_.one_home && c_.offset <= c_.entry.end) return missing("not set yet", ArgStatus::unknown);
    if (auto status = by_dwarf(w)) return *status;
    return missing("it is nowhere at this pc", ArgStatus::dead);
  }

  /// Absent: DWARF names no place for these bytes, or one that is not to be believed.
  std::optional<ArgStatus> by_dwarf(const AbiWord& w) {
    for (const Piece& piece : p_.pieces) {
      if (w.offset < piece.offset || w.offset + w.size > piece.offset + piece.size) continue;
      std::uint64_t into_piece = w.offset - piece.offset;
      switch (piece.where) {
        case Piece::Where::none: return std::nullopt;
        case Piece::Where::reg: {
          auto reg = FrameContext::dwarf_register(piece.dwarf_register);
          if (!reg || into_piece != 0 || just_overwritten(*reg)) return std::nullopt;
          ArgStatus status = from_register(*reg, w);
          return status == ArgStatus::live && contradicted(w) ? missing("its register and its spill slot disagree", ArgStatus::unknown) : status;
        }
        case Piece::Where::implicit:
          into_.put_word(w.offset, into_piece < 8 ? piece.value >> (8 * into_piece) : 0, w.size);
          return ArgStatus::live;
        case Piece::Where::address: {
          auto bytes = c_.process.memory().bytes(c_.process.to_load(piece.address) + into_piece, w.size);
          if (!bytes) return missing("unreadable", ArgStatus::unknown);
          into_.put(w.offset, *bytes);
          return ArgStatus::live;
        }
        case Piece::Where::frame: {
          std::int64_t at = piece.cfa_offset + static_cast<std::int64_t>(into_piece);
          bool spill_slot = p_.place.in_registers() && p_.place.offset_fp && !p_.result &&
                            at == *p_.place.offset_fp + static_cast<std::int64_t>(w.offset);
          if (!spill_slot) return from_frame(at, w, ArgStatus::live);
          switch (slot_stored(c_, at, w.size, p_.one_home)) {
            case Liveness::yes: return from_frame(at, w, ArgStatus::live);
            case Liveness::unknown: return missing("nothing tells whether it was spilled", ArgStatus::unknown);
            case Liveness::no:
              if (p_.one_home && register_untouched(c_, w.reg)) return from_register(w.reg, w);
              return std::nullopt;
          }
        }
      }
    }
    return std::nullopt;
  }

  // The home of a stack-assigned argument holds what was passed for as long as the function runs.
  ArgStatus on_stack() {
    std::int64_t home = *p_.place.offset_fp;
    if (p_.result && before_body()) return missing("not set yet", ArgStatus::dead);
    c_.bytes.copy(home, into_.size(), into_, 0);
    ArgStatus status = ArgStatus::live;
    for (const Component& x : components_of(p_.type)) {
      if (x.offset >= into_.size()) break;
      AbiWord w{{}, x.offset, std::min<std::uint64_t>(x.size, into_.size() - x.offset)};
      Liveness live = stack_home_live(c_, p_, x);
      std::optional<ArgStatus> elsewhere = live == Liveness::yes || before_body() ? std::nullopt : by_dwarf(w);
      if (elsewhere) {
        status = worse(status, *elsewhere);
      } else if (live != Liveness::yes && p_.result) {
        status = worse(status, missing("nothing tells whether it is set", live == Liveness::no ? ArgStatus::dead : ArgStatus::unknown));
      } else {
        status = worse(status, from_frame(home + static_cast<std::int64_t>(x.offset), w, live == Liveness::yes ? ArgStatus::live : ArgStatus::stale));
      }
    }
    return status;
  }

  ArgStatus through_heap_pointer() {
    const Piece& piece = *p_.heap_pointer;
    std::optional<std::uint64_t> at;
    if (piece.where == Piece::Where::frame) at = c_.bytes.word(piece.cfa_offset, 8);
    if (piece.where == Piece::Where::reg) {
      if (auto reg = FrameContext::dwarf_register(piece.dwarf_register)) at = c_.register_value(*reg);
    }
    if (!at) return missing("it escaped to the heap, and its address is not known here", ArgStatus::unknown);
    auto bytes = c_.process.memory().bytes(LoadAddr(*at), std::min(p_.type->size, kMaxValue));
    if (!bytes) return missing("unreadable at " + hex(*at), ArgStatus::unknown);
    into_.put(0, *bytes);
    // Between the allocation, which is zeroed, and the copy the argument is still in its spill slot.
    for (const AbiWord& w : p_.place.words) {
      std::int64_t slot = p_.place.offset_fp.value_or(0) + static_cast<std::int64_t>(w.offset);
      if (!p_.place.offset_fp || slot_stored(c_, slot, w.size, false) != Liveness::yes) continue;
      if (into_.word(w.offset, w.size) == std::uint64_t{0} && c_.bytes.word(slot, w.size).value_or(0) != 0) {
        return missing("it moves to the heap; the copy may not be made yet", ArgStatus::unknown);
      }
    }
    return ArgStatus::live;
  }

  /// DWARF names the register both at the instruction that overwrites it and behind the padding that follows.
  bool just_overwritten(ArgRegister reg) const {
    const DwarfInfo* dwarf = c_.process.image().dwarf();
    if (c_.at_call || c_.phase != Phase::body || dwarf == nullptr) return false;
    auto before = preceding_instruction(c_.code, c_.offset);
    if (!before || !(before->call || before->padded) || !before->writes[reg.number + (reg.xmm ? 16 : 0)]) return false;
    auto then = dwarf->function(c_.func.entry + before->offset);
    if (!then) return true;
    for (const Variable& v : then->parameters) {
      if (printable(v.name, 200) != p_.name) continue;
      for (const Piece& piece : v.pieces) {
        if (piece.where == Piece::Where::reg && FrameContext::dwarf_register(piece.dwarf_register) == reg) return true;
      }
    }
    return false;
  }

  /// The word's spill slot is filled and holds something else.
  bool contradicted(const AbiWord& w) const {
    if (!p_.place.in_registers() || !p_.place.offset_fp || p_.result) return false;
    std::int64_t slot = *p_.place.offset_fp + static_cast<std::int64_t>(w.offset);
    if (slot_stored(c_, slot, w.size, false) != Liveness::yes) return false;
    return c_.bytes.word(slot, w.size) != into_.word(w.offset, w.size);
  }

  const FrameContext& c_;
  const Parameter& p_;
  ValueBytes& into_;
};

Argument typed(const FrameContext& c, const Parameter& p) {
  Argument out;
  out.name = p.name;
  out.result = p.result;
  out.in_registers = p.place.in_registers();
  for (const AbiWord& w : p.place.words) out.registers.push_back(w.reg.go_name());
  out.offset_fp = p.place.offset_fp;
  if (!p.type) return out;
  out.type = printable(p.type->name, 200);
  out.size = p.type->size;
  ValueBytes bytes(std::min(p.type->size, kMaxValue));
  out.status = Gatherer(c, p, bytes).run();
  // A value whose status is unknown may be garbage: it stays in its slot, where its word can be seen.
  bool shown = out.status == ArgStatus::live || out.status == ArgStatus::stale;
  if (shown && (p.type->size == 0 || bytes.has(0, bytes.size()))) {
    ValueContext context = c.value_context();
    out.value = format_value(context, *p.type, bytes);
    out.brief = format_brief(context, *p.type, bytes);
  } else {
    out.unavailable = bytes.why_missing.empty() ? "nothing tells whether its place holds it" : bytes.why_missing;
  }
  return out;
}

// The runtime's own traceback knows no more than this: words in hex, aggregates in braces (runtime/traceback.go printArgs).
class Untyped {
 public:
  explicit Untyped(const FrameContext& c) : c_(c) {}

  std::vector<Argument> run() {
    using Kind = ArgComponent::Kind;
    std::size_t values = 0;
    for (const ArgComponent& a : c_.arg_info) {
      if (depth_ == 0) begin();
      if (a.kind == Kind::close) {
        text_ += "}";
        first_ = false;
        --depth_;
      } else {
        if (!first_) text_ += ", ";
        first_ = false;
        switch (a.kind) {
          case Kind::open:
            text_ += "{";
            ++depth_;
            first_ = true;
            break;
          case Kind::dots: text_ += "..."; break;
          case Kind::offset_too_large: text_ += "_"; break;
          default: value(a, values++);
        }
      }
      if (depth_ <= 0) end();
    }
    asm_results();
    return std::move(out_);
  }

 private:
  // The name that assembly gives to the first word, without what marks the part (go vet asmdecl: x_base, x_len, x_cap).
  std::string asm_name(std::int64_t offset) const {
    for (const AsmOperand& o : c_.asm_operands) {
      if (!o.fp || o.offset != offset) continue;
      for (std::string_view part : {"_base", "_type", "_itable", "_real"}) {
        if (o.name.ends_with(part)) return o.name.substr(0, o.name.size() - part.size());
      }
      return o.name;
    }
    return "";
  }

  void asm_results() {
    if (c_.arg_info.empty()) return;
    std::int64_t end = 0;
    for (const ArgComponent& a : c_.arg_info) {
      if (a.kind == ArgComponent::Kind::value) end = std::max<std::int64_t>(end, a.offset + a.size);
    }
    for (const AsmOperand& o : c_.asm_operands) {
      if (!o.fp || o.offset < end || o.size == 0 || (c_.func.args && o.offset >= *c_.func.args)) continue;
      Argument result;
      result.name = o.name;
      result.result = true;
      result.offset_fp = o.offset;
      result.size = o.size;
      result.unavailable = "nothing tells whether it is set";
      out_.push_back(std::move(result));
    }
  }

  void begin() {
    argument_ = {};
    argument_.status = ArgStatus::live;
    text_.clear();
    first_ = true;
    depth_ = 0;
  }

  void end() {
    depth_ = 0;
    if (argument_.size == 0 && text_ == "...") return;
    if (argument_.offset_fp) argument_.name = asm_name(*argument_.offset_fp);
    if (argument_.status == ArgStatus::live) argument_.value = argument_.brief = text_;
    else argument_.unavailable = "nothing tells whether its place holds it";
    out_.push_back(std::move(argument_));
  }

  void value(const ArgComponent& a, std::size_t index) {
    if (!argument_.offset_fp) argument_.offset_fp = a.offset;
    argument_.size = static_cast<std::uint64_t>(a.offset + a.size - *argument_.offset_fp);
    std::optional<ArgRegister> reg;
    if (c_.grow) {
      for (const RegisterStore& s : c_.grow->stores) {
        if (s.fp_offset == a.offset) reg = s.reg;
      }
    }
    std::optional<std::uint64_t> word;
    if (reg) {
      argument_.in_registers = true;
      argument_.registers.push_back(reg->go_name());
      bool early = c_.phase == Phase::prologue || c_.phase == Phase::grow_before;
      if (early) word = c_.register_value(*reg);
      else if (slot_stored(c_, a.offset, a.size, false) == Liveness::yes) word = c_.bytes.word(a.offset, a.size);
    } else if (c_.stack_argument_unless_spilled() ||
               (c_.has_arg_live_table && c_.phase == Phase::body && index < c_.arg_live.size() && c_.arg_live[index])) {
      word = c_.bytes.word(a.offset, a.size);
    }
    if (!word) argument_.status = worse(argument_.status, ArgStatus::unknown);
    if (word && a.size < 8) *word &= (std::uint64_t{1} << (8 * a.size)) - 1;
    text_ += word ? hex(*word) : "?";
  }

  const FrameContext& c_;
  std::vector<Argument> out_;
  Argument argument_;
  std::string text_;
  int depth_ = 0;
  bool first_ = true;
};

}  // namespace

std::vector<Argument> arguments(const FrameContext& c, const Prototype& prototype) {
  if (prototype.parameters.empty()) return Untyped(c).run();
  std::vector<Argument> out;
  for (const Parameter& p : prototype.parameters) out.push_back(typed(c, p));
  return out;
}

}  // namespace lldbgo
