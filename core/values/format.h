// Values as text: contracts "Values as text".
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "core/base/address.h"
#include "core/dwarf/type.h"
#include "core/target/memory.h"
#include "core/values/value_bytes.h"

namespace lldbgo {

struct ValueLimits {
  std::size_t string_bytes = 256;
  std::size_t elements = 16;  ///< of an array or structure
  unsigned depth = 4;         ///< nested arrays, structures, interfaces
  std::size_t text = 4096;    ///< of the whole answer
};

/// What formatting needs of the target. The functions may be empty; they answer "" for what they do not know.
struct ValueContext {
  Memory& memory;
  ValueLimits limits;
  std::function<std::string(LoadAddr)> function_name;  ///< Go function that contains a pc
  std::function<std::string(LoadAddr)> type_name;      ///< name of the runtime type descriptor at an address
};

/// int -7, uint8 255, 2.5, true, (1+2i), "text", 0xc000012345, nil, len=3 cap=4, {1, 2}, {X: 1, Y: 2}, main.f,
/// <unavailable: ...>, <unreadable: 0x...>. Never a guess: a value with a missing byte is unavailable. One line, safe
/// to print.
std::string format_value(const ValueContext& context, const Type& type, const ValueBytes& bytes);

/// The form inside a call: the same, but a slice, map or channel is `[]uint8 len 4`, strings are cut at 32 bytes, arrays
/// and structures at four elements.
std::string format_brief(const ValueContext& context, const Type& type, const ValueBytes& bytes);

}  // namespace lldbgo
