// Where an argument is changes as the function runs, and no single source is right at every pc:
//
//   * Before the frame is set up it is in its register, whatever DWARF says: with -N that names the spill slot already.
//   * DWARF names a register: there, where this frame still has it; callers' registers are gone. DWARF is late to let
//     go of it, by the NOPs that align the next instruction, and at times wrong for blocks that are laid out behind
//     (1.24): a filled spill slot must agree. With -N it may be computed with before it is spilled (1.21).
//   * DWARF names the address of a copy (`&x`): an argument that escapes moves to the heap in the first instructions,
//   and
//     is there whatever place DWARF goes on to give for `x` itself (-N, stack-assigned arguments).
//   * DWARF names a frame offset: there; but a spill slot only when it has been stored (arg_state.h). DWARF may not
//     notice that another slot was used again for something else (1.21): its own spill slot, if filled, must agree.
//   * DWARF names nothing: if its address is taken it lives in its spill slot, for which optimised code of every
//     version up to 1.27 has no location. Else the compiler needs it no more, and what was spilled is the value that
//     was passed, or a later one, but maybe not the last.
#include "core/frame/argument_places.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/frame/arg_slots.h"
#include "core/frame/arg_state.h"

namespace lldbgo {
namespace {

class Gatherer {
 public:
  Gatherer(const FrameContext& c, const Parameter& p, ValueBytes& into) : c_(c), p_(p), into_(into) {}

  ArgStatus run() {
    if (p_.type->size == 0) return ArgStatus::live;
    if (p_.heap_pointer) return through_heap_pointer();
    std::vector<AbiWord> words = p_.place.words;
    if (words.empty() && p_.place.offset_fp) return on_stack();
    if (p_.result && not_set_yet()) return missing("not set yet", before_body() ? ArgStatus::dead : ArgStatus::unknown);
    if (words.empty()) {
      for (const Piece& piece : p_.pieces) words.push_back({{}, piece.offset, piece.size});
      if (words.empty()) return missing("it is nowhere at this pc", ArgStatus::dead);
      ArgStatus status = ArgStatus::live;
      for (const AbiWord& w : words) status = worse(status, by_dwarf(w).value_or(ArgStatus::unknown));
      return status;
    }
    ArgStatus status = ArgStatus::live;
    for (const AbiWord& w : words) status = worse(status, p_.result ? result_word(w) : param_word(w));
    fill_padding(words);
    return status;
  }

 private:
  /// What lies between the words of a value in registers is nowhere, and nobody's business.
  void fill_padding(std::vector<AbiWord> words) {
    std::sort(words.begin(), words.end(), [](const AbiWord& a, const AbiWord& b) { return a.offset < b.offset; });
    words.push_back({{}, into_.size(), 0});
    std::uint64_t at = 0;
    for (const AbiWord& w : words) {
      if (w.offset > at) into_.put(at, std::vector<std::byte>(w.offset - at));
      at = std::max(at, w.offset + w.size);
    }
  }

  bool before_body() const {
    return c_.phase == Phase::prologue || c_.phase == Phase::grow_before || c_.phase == Phase::grow_after;
  }

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
      if (c_.lost_in_morestack(w.reg)) return missing("morestack was called and did not keep it", ArgStatus::unknown);
      if (register_untouched(c_, w.reg)) return from_register(w.reg, w);
      if (slot && slot_stored(c_, *slot, w.size, p_.one_home) == Liveness::yes)
        return from_frame(*slot, w, ArgStatus::live);
      return missing("it is nowhere at this pc", ArgStatus::unknown);
    }
    if (auto status = by_dwarf(w)) return *status;
    if (slot && slot_stored(c_, *slot, w.size, p_.one_home) == Liveness::yes) {
      bool home = c_.address_taken(*p_.place.offset_fp, p_.type->size);
      return from_frame(*slot, w, home ? ArgStatus::live : ArgStatus::stale);
    }
    return missing(p_.has_places ? "it is nowhere at this pc" : "not spilled", ArgStatus::dead);
  }

  /// A result is zeroed somewhere in the first run of the body.
  bool not_set_yet() const { return before_body() || (p_.one_home && c_.offset <= c_.entry.end); }

  /// gc drops the zero of a result that it sets in the same block, and a branch may come before that.
  bool word_is_set(const AbiWord& w) const {
    return !p_.one_home || c_.stored_before_here(p_.pieces[0].cfa_offset + static_cast<std::int64_t>(w.offset), w.size);
  }

  ArgStatus result_word(const AbiWord& w) {
    if (!word_is_set(w)) return missing("nothing tells whether it is set", ArgStatus::unknown);
    if (auto status = by_dwarf(w)) return *status;
    return missing("it is nowhere at this pc", ArgStatus::dead);
  }

  /// Absent: DWARF names no place for these bytes, or one that is not to be believed.
  std::optional<ArgStatus> by_dwarf(const AbiWord& w) {
    for (const Piece& piece : p_.pieces) {
      if (w.offset < piece.offset || w.offset + w.size > piece.offset + piece.size) continue;
      std::uint64_t into_piece = w.offset - piece.offset;
      switch (piece.where) {
        case Piece::Where::none:
          return std::nullopt;
        case Piece::Where::reg: {
          auto reg = FrameContext::dwarf_register(piece.dwarf_register);
          if (!reg || into_piece != 0 || c_.just_overwritten(*reg, p_.source_name)) return std::nullopt;
          if (!p_.result && *reg == w.reg && c_.lost_in_morestack(*reg))
            return missing("morestack may have been called, which does not keep it", ArgStatus::unknown);
          if (!p_.result && *reg == w.reg && c_.phase == Phase::body && c_.offset <= c_.entry.end &&
              !register_untouched(c_, *reg))
            return missing("its register has been written to", ArgStatus::unknown);
          ArgStatus status = from_register(*reg, w);
          return status == ArgStatus::live && contradicted(w)
                     ? missing("its register and its spill slot disagree", ArgStatus::unknown)
                     : status;
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
          if (!spill_slot) {
            ArgStatus status = from_frame(at, w, ArgStatus::live);
            if (status == ArgStatus::live && c_.stored_again(at, w.size) && contradicted(w)) return std::nullopt;
            return status;
          }
          switch (slot_stored(c_, at, w.size, p_.one_home)) {
            case Liveness::yes:
              return from_frame(at, w, ArgStatus::live);
            case Liveness::unknown:
              return missing("nothing tells whether it was spilled", ArgStatus::unknown);
            case Liveness::no:
              if (p_.one_home && register_untouched(c_, w.reg) && !c_.lost_in_morestack(w.reg)) return from_register(w.reg, w);
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
    if (p_.result && not_set_yet()) return missing("not set yet", before_body() ? ArgStatus::dead : ArgStatus::unknown);
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
        status = worse(status, missing("nothing tells whether it is set",
                                       live == Liveness::no ? ArgStatus::dead : ArgStatus::unknown));
      } else {
        status = worse(status, from_frame(home + static_cast<std::int64_t>(x.offset), w,
                                          live == Liveness::yes ? ArgStatus::live : ArgStatus::stale));
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
    auto bytes = c_.process.memory().bytes(LoadAddr(*at), std::min(p_.type->size, kMaxArgumentBytes));
    if (!bytes) return missing("unreadable at " + hex(*at), ArgStatus::unknown);
    into_.put(0, *bytes);
    // Between the allocation, which is zeroed, and the copy the argument is still where it was passed. No call lies
    // between the two, so that only a stop at another instruction can see it.
    if (!c_.at_call && !p_.result && part_is_zero(*bytes))
      return missing("it moves to the heap; the copy may not be made yet", ArgStatus::unknown);
    return ArgStatus::live;
  }

  /// A whole word of the value is zero.
  bool part_is_zero(Bytes bytes) const {
    for (const Component& x : components_of(p_.type)) {
      if (x.offset + x.size > bytes.size()) break;
      Bytes part = bytes.subspan(x.offset, x.size);
      if (x.size != 0 && std::all_of(part.begin(), part.end(), [](std::byte b) { return b == std::byte{0}; }))
        return true;
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

}  // namespace

ArgStatus worse(ArgStatus a, ArgStatus b) {
  auto rank = [](ArgStatus s) {
    return s == ArgStatus::live ? 0 : s == ArgStatus::stale ? 1 : s == ArgStatus::unknown ? 2 : 3;
  };
  return rank(a) > rank(b) ? a : b;
}

ArgStatus gather_argument(const FrameContext& c, const Parameter& p, ValueBytes& into) {
  return Gatherer(c, p, into).run();
}

}  // namespace lldbgo
