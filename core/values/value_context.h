// What reading the values of a program needs of it, besides their types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "core/base/address.h"
#include "core/dwarf/type.h"
#include "core/sched/go_process.h"
#include "core/target/memory.h"

namespace lldbgo {

struct ValueLimits {
  std::size_t string_bytes = 256;
  std::size_t elements = 16;  ///< of an array or structure
  unsigned depth = 4;         ///< nested arrays, structures, interfaces
  std::size_t text = 4096;    ///< of the whole answer
};

/// What an interface says about its value.
struct DynamicType {
  std::string name;     ///< as %T prints it: "main.T", "*main.T", "[]int"; "" where nothing is known
  TypePtr type;         ///< null: of unknown layout
  bool direct = false;  ///< the interface's data word is the value; otherwise it points to it
};

/// The functions may be empty; they answer "" or an empty DynamicType for what they do not know.
struct ValueContext {
  Memory& memory;
  ValueLimits limits;
  std::function<std::string(LoadAddr)> function_name;         ///< Go function that contains a pc
  std::function<DynamicType(LoadAddr)> dynamic_type;          ///< of the runtime type descriptor at an address
  GoProcess* process = nullptr;  ///< null: only what a value's own type and bytes say

  const DwarfInfo* dwarf() const { return process != nullptr ? process->image().dwarf() : nullptr; }
};

/// Of the whole program, reading through `memory` (the process's own, or a PageCache of it).
ValueContext value_context(GoProcess& process, Memory& memory);

}  // namespace lldbgo
