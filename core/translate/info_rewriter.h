// .debug_info as LLDB understands it.
//
// LLDB has no type system for Go. Its C one reads Go's debug information well once nine things are said differently:
//
//   * the language of every Go unit is C99;
//   * a variable whose type is a DW_TAG_subroutine_type (a Go func value is a pointer to a closure; C has no such
//   variable)
//     is a pointer. The tag is one of the abbreviation table, so the DIEs stay;
//   * Clang merges base types by size and encoding: Go's `int` would be called `long`, `*main.T` and `[3]int` have no
//   names
//     of their own. A C99 unit is added with a typedef for each such type that is referred to, and the reference goes
//     there;
//   * the same unit has a structure for the entries of each map type: a map's key and value have no common place that
//     could be shown as one;
//   * a variable on the heap is described by gc as a pointer called `&x`. It becomes `x`, at the pointer's target;
//   * a variable that is not optimised has its place from its declaration on (declared.h), not in all of its block;
//   * temporaries are described like variables (temporaries.h): they go;
//   * a type that leads to itself through pointers alone (`type P *P`) makes LLDB follow it until its stack is used up:
//     such pointers point at a uintptr;
//   * of a value in parts gc leaves out parts without a place, or gives the place of one part for the whole
//     (cmd/compile/internal/ssa/debug.go). LLDB shows neighbouring bytes for them: such a place goes.
//
// DIEs change their size here, so references, which in Go's units are all section-relative, are moved to follow.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/base/error.h"
#include "core/translate/declared.h"

namespace lldbgo {

struct DebugInfo {
  Bytes info, abbreviations;
  Bytes locations;   ///< .debug_loc
  Bytes locations5;  ///< .debug_loclists
  Bytes ranges;      ///< .debug_ranges
  Bytes addresses;   ///< .debug_addr
};

struct RewrittenInfo {
  std::vector<std::byte> info, abbreviations, ranges;
  std::vector<std::byte> more_locations;  ///< to go behind what .debug_loc has, or .debug_loclists
  bool version5 = false;                  ///< .debug_loclists
  std::size_t units = 0, typedefs = 0, map_entries = 0, heap_variables = 0, places_removed = 0;
  std::size_t temporaries_removed = 0;
  std::size_t places_limited = 0;  ///< variables that have their place from the declaration on
};

/// Errors: not_found (no Go unit), malformed, unsupported, limit.
Result<RewrittenInfo> rewrite_info(const DebugInfo& in, const LineSource& lines);

}  // namespace lldbgo
