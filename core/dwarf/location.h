// Location expressions, reduced to the forms that name a place; private to core/dwarf.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "core/dwarf/dwarf_info.h"

namespace lldbgo {

/// The DW_AT_location of `die`. Until 1.24 Go's linker and compiler gave expressions the form block1 in DWARF 4 too, where
/// libdw insists on exprloc; below 128 bytes both have the same bytes, so it is presented as exprloc.
std::optional<Dwarf_Attribute> location_of(Dwarf_Die& die);

/// The pieces an expression describes; a value of `size` bytes that is not cut into pieces is one piece. What we cannot
/// follow becomes Where::none, an empty expression ("optimised out") no piece at all. The frame base is taken to be the
/// CFA, as in every Go function.
std::vector<Piece> pieces_of(Dwarf_Attribute& attribute, const Dwarf_Op* ops, std::size_t count, std::uint64_t size);

/// Where a variable lives.
struct Places {
  std::vector<Piece> pieces;               ///< at the asked pc
  std::vector<std::int64_t> homes;         ///< CFA offsets of the variable or of a known piece of it, at any pc, ascending
  std::vector<std::int64_t> part_homes;    ///< CFA offsets of the variable or of an unknown component of it
  bool list = false;                       ///< the places change from pc to pc
};

/// All about a variable whose DW_AT_location is `attribute`. With optimisation gc tracks the components of a string,
/// slice, interface or small struct one by one, and ends the place of each with DW_OP_piece only where it tracks more
/// than one (cmd/compile/internal/ssa/debug.go writePendingEntry, 1.15..1.27). Where the pointer of a string is dead, all
/// that is left is the place of its length, written like the place of the whole. So in a list without a single piece the
/// place of such a type is Where::none, and its CFA offsets are `part_homes`.
Places places_of(Dwarf_Attribute& attribute, const Type& type, std::optional<FileAddr> pc);

/// The places in the frame alone, in the order of the bytes that are there, each with the pcs where it holds (empty:
/// everywhere). What is not about the location is left to the caller.
std::vector<FrameHome> frame_homes_of(Dwarf_Attribute& attribute, const Type& type);

}  // namespace lldbgo
