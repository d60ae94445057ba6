// Which layouts a Go version writes: of pclntab, and of what little else is read from the file's tables.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/gofacts/go_version.h"
#include "core/pclntab/layout.h"

namespace lldbgo {

/// The layout of a version; a newer version than all measured ones gets the newest.
PclntabLayout pclntab_layout(const GoVersion& version);

/// The versions a table of unknown origin can come from, `lo`..`hi` inclusive (`hi` 0: and newer).
struct VersionRange {
  int lo = 0, hi = 0;
  GoVersion best() const;  ///< the newest of them that was measured
  std::string text() const;
};

/// What the magic and the text start of the header tell. Errors: unsupported (magic).
Result<VersionRange> versions_of_magic(std::uint32_t magic, bool has_text_start);
/// Narrows a range by the raw funcID of runtime.sigpanic, which was renumbered in 1.17, 1.18, 1.22 and 1.25.
VersionRange narrow_by_sigpanic(VersionRange range, std::uint8_t raw_func_id);

/// The length of a name in a runtime type descriptor is a uvarint (1.17+); before it is two bytes, big-endian.
bool varint_type_names(const GoVersion& version);

/// The offset of a field in a struct's type descriptor is shifted left by one, its lowest bit says "embedded" (until 1.18).
bool shifted_field_offsets(const GoVersion& version);

/// ABIInternal passes arguments and results in registers (1.17+ on amd64).
bool has_register_abi(const GoVersion& version);

}  // namespace lldbgo
