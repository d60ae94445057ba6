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

/// The places at `pc` of a variable whose DW_AT_location is `attribute`.
std::vector<Piece> pieces_at(Dwarf_Attribute& attribute, FileAddr pc, std::uint64_t size);

/// The CFA offsets that any entry of the location names, ascending, without repetition.
std::vector<std::int64_t> frame_homes(Dwarf_Attribute& attribute);

}  // namespace lldbgo
