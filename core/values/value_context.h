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
#include "core/values/runtime_type.h"

namespace lldbgo {

struct ValueLimits {
  std::size_t string_bytes = 256;
  std::size_t elements = 16;  ///< of an array or structure
  unsigned depth = 4;         ///< nested arrays, structures, interfaces
  std::size_t text = 4096;    ///< of the whole answer
};

struct ValueContext {
  Memory& memory;
  ValueLimits limits;
  /// The Go function that contains a pc; "" where none is known. May be empty.
  std::function<std::string(LoadAddr)> function_name;
  /// What the runtime type descriptor at an address stands for. May be empty.
  std::function<Result<RuntimeType>(LoadAddr)> runtime_type;
  GoProcess* process = nullptr;  ///< null: only what a value's own type and bytes say

  const DwarfInfo* dwarf() const { return process != nullptr ? process->image().dwarf() : nullptr; }
};

/// Of the whole program, reading through `memory` (the process's own, or a PageCache of it).
ValueContext value_context(GoProcess& process, Memory& memory);

/// What a pointer leads to, the element of a slice; null where nothing tells.
TypePtr target_type(const ValueContext& context, const Type& type);

}  // namespace lldbgo
