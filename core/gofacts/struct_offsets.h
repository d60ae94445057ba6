// Layouts of the runtime's structs per Go version, for programs without DWARF.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/gofacts/go_version.h"
#include "core/gofacts/provenance.h"

namespace lldbgo {

struct StructOffset {
  std::uint64_t value = 0;
  Provenance from = Provenance::table;
};

/// Byte offset of a field ("runtime.g", "sched.sp"); empty where the version does not have it or the table does not
/// list it (tools/gen_offsets.d/fields.txt). Versions newer than the table take its last column and say `untested`.
std::optional<StructOffset> measured_offset(const GoVersion& version, std::string_view struct_name,
                                            std::string_view field);
/// Size of the struct in bytes.
std::optional<StructOffset> measured_size(const GoVersion& version, std::string_view struct_name);

}  // namespace lldbgo
