// .debug_ranges without base addresses. Go writes each list as an entry that selects a base address, then ranges
// relative to it; LLDB 14 to 19 take the ranges to be relative to the unit's own base whatever the entry says. A list
// becomes one relative to the unit, in the place it has: it loses an entry, so it fits.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/base/error.h"

namespace lldbgo {

/// Rewrites the list at `offset` of `debug_ranges` for a unit whose base address is `unit_base`. A list that selects no
/// base stays as it is. Errors: malformed.
Result<> make_relative_to_unit(std::vector<std::byte>& debug_ranges, std::uint64_t offset, std::uint64_t unit_base);

}  // namespace lldbgo
