// Known faults of the compiler's debug information, put right.
#pragma once

#include "core/base/error.h"
#include "core/dwarf/dwarf_info.h"

namespace lldbgo {

/// DwarfInfo::function with its faults repaired; what cannot be repaired has no places.
Result<FunctionInfo> repaired_function(const DwarfInfo& dwarf, FileAddr pc);
/// The repairs alone.
void repair(FunctionInfo& info);

}  // namespace lldbgo
