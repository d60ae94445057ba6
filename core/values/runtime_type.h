// The runtime's own type descriptors (internal/abi.Type), for the dynamic type of an interface.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/dwarf/type.h"
#include "core/target/memory.h"

namespace lldbgo {

struct RuntimeTypes {
  Range<LoadAddr> section;   ///< moduledata.types .. etypes: name offsets count from its start
  bool varint_names = true;  ///< 1.17+: a name's length is a uvarint; before: two bytes, big-endian
};

struct RuntimeType {
  std::string name;  ///< "main.T", "*main.T", "[]int"; the package by its name, as Go's %T prints it
  /// Of a type whose layout its kind and size tell: a number, boolean, string, pointer or func; otherwise unknown.
  TypeKind kind = TypeKind::unknown;
  std::uint64_t size = 0;
  bool direct = false;  ///< an interface's data word holds the value itself, not its address
};

/// Errors: not_found (the descriptor lies outside of the section: made at run time by reflect, or no descriptor),
/// unreadable, malformed.
Result<RuntimeType> runtime_type(Memory& memory, const RuntimeTypes& types, LoadAddr descriptor);

}  // namespace lldbgo
