// Names of the runtime's own type descriptors (internal/abi.Type), for the dynamic type of an interface.
#pragma once

#include <string>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/target/memory.h"

namespace lldbgo {

struct RuntimeTypes {
  Range<LoadAddr> section;   ///< moduledata.types .. etypes: name offsets count from its start
  bool varint_names = true;  ///< 1.17+: a name's length is a uvarint; before: two bytes, big-endian
};

/// "main.T", "*main.T", "[]int"; the package by its name, as Go's %T prints it. Errors: not_found (the descriptor lies
/// outside of the section: made at run time by reflect, or no descriptor), unreadable, malformed.
Result<std::string> runtime_type_name(Memory& memory, const RuntimeTypes& types, LoadAddr descriptor);

}  // namespace lldbgo
