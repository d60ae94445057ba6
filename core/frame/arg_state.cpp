// An argument that came in a register has a spill slot in the caller's frame, but the slot is empty until this function
// stores it. Three sources know whether it has:
//
//   the code      The run of instructions behind the prologue dominates the rest of the function, so a store in it has
//                 happened for every later pc; up to the end of that run the answer is exact. With -N all arguments are
//                 stored there. Before morestack all are stored, too, in a block of its own. A slot that no instruction
//                 of the body writes is empty, whatever the other two say.
//   ArgLiveInfo   FUNCDATA 6 with PCDATA 3, Go 1.18+ (cmd/compile/internal/liveness/arg.go): for the slots within 255
//                 bytes of fp, at most 10, whether they are stored on all paths. It begins behind the prologue, so it
//                 says "all" there, which is wrong. So is "live" for an unused structure of five and more fields
//                 (1.26).
//   DWARF         names the slot as the value's place from the point where its register is reused, stored or not
//                 (Go 1.17 - 1.27): alone it is not to be believed, except under -N. A blank parameter has a slot in it
//                 that nobody ever stores to.
#include "core/frame/arg_state.h"

#include <algorithm>

namespace lldbgo {
namespace {

bool covers(const RegisterStore& s, std::int64_t offset, std::uint64_t size) {
  return s.fp_offset <= offset &&
         offset + static_cast<std::int64_t>(size) <= s.fp_offset + static_cast<std::int64_t>(s.size);
}

bool stored_in(const StraightLine& line, std::uint64_t pc_offset, std::int64_t offset, std::uint64_t size) {
  for (const RegisterStore& s : line.stores) {
    if (s.end <= pc_offset && covers(s, offset, size)) return true;
  }
  return false;
}

/// As with -N: no variable ever moves, and the body begins with stores to spill slots.
bool stores_all_arguments(const FrameContext& c) {
  if (!c.dwarf || c.has_arg_live_table) return false;
  auto moves = [](const Variable& v) { return v.has_location_list && !v.result; };
  if (std::any_of(c.dwarf->parameters.begin(), c.dwarf->parameters.end(), moves)) return false;
  return std::any_of(c.entry.stores.begin(), c.entry.stores.end(),
                     [](const RegisterStore& s) { return s.fp_offset >= 0; });
}

}  // namespace

bool register_untouched(const FrameContext& c, ArgRegister reg) {
  if (c.phase == Phase::prologue || c.phase == Phase::grow_before) return true;
  if (c.phase != Phase::body || c.offset > c.entry.end) return false;
  auto overwritten = c.entry.overwritten_at(reg);
  return !overwritten || *overwritten > c.offset;
}

Liveness slot_stored(const FrameContext& c, std::int64_t offset, std::uint64_t size, bool always_home) {
  auto answer = [](bool yes) { return yes ? Liveness::yes : Liveness::no; };
  switch (c.phase) {
    case Phase::prologue:
      return Liveness::no;
    case Phase::grow_before:
      return answer(stored_in(*c.grow, c.offset, offset, size));
    case Phase::grow_after:
      return answer(stored_in(*c.grow, ~std::uint64_t{0}, offset, size));
    case Phase::body:
    case Phase::epilogue:
      break;
  }
  if (stored_in(c.entry, c.offset, offset, size)) return Liveness::yes;
  if (c.offset <= c.entry.end || c.never_stored(offset, size)) return Liveness::no;
  if (always_home && stores_all_arguments(c)) return Liveness::yes;
  if (c.has_arg_live_table) {
    std::size_t i = 0;
    for (const ArgComponent& a : c.arg_info) {
      if (a.kind != ArgComponent::Kind::value) continue;
      if (a.offset == offset) return answer(c.arg_live.empty() || (i < c.arg_live.size() && c.arg_live[i]));
      ++i;
    }
  }
  // What the garbage collector scans here is a value.
  return c.scanned_argument(offset, size).value_or(false) ? Liveness::yes : Liveness::unknown;
}

}  // namespace lldbgo
