// LLDB's values as core/values takes them.
#pragma once

#include <lldb/API/LLDB.h>

#include <optional>

#include "core/values/value_reader.h"

namespace lldbgo {

/// Absent: not of a type that the program's debug information has, or LLDB cannot say where its bytes are.
std::optional<GoValue> go_value(lldb::SBValue value, const ValueReader& reader);

}  // namespace lldbgo
