// Instruction text in the Go assembler's (Plan 9) syntax, character for character as `go tool objdump` prints it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/byte_reader.h"
#include "core/target/threads.h"

namespace lldbgo {

/// The symbol that covers an address.
struct CoveringSymbol {
  std::string_view name;
  std::uint64_t base = 0;
};

/// A memory operand `displacement(base)(index*scale)`.
struct MemoryOperand {
  std::optional<Reg> base;  ///< absent: none, or RIP
  bool index = false;
  std::int64_t displacement = 0;
  unsigned size = 0;     ///< bytes accessed; 0: not known, or only the address is taken
  bool address = false;  ///< LEAQ: the address is taken
};

/// Who names what an instruction refers to. An absent function, and an empty answer, names nothing.
struct OperandNames {
  /// Absent: no symbol covers the address.
  std::function<std::optional<CoveringSymbol>(std::uint64_t address)> symbol;
  /// Stands for `displacement(base)`; the index is printed after it.
  std::function<std::string(const MemoryOperand&)> memory;
  /// Stands for the target of a relative jump or call.
  std::function<std::string(std::uint64_t address)> branch;
};

/// Appends the text of the instruction that `code` begins with to `out`, and answers its size: at least 1, at most
/// 15 and the size of `code`. What objdump cannot read is "?" and one byte long. 0 for no code at all.
std::size_t plan9_text(Bytes code, std::uint64_t pc, const OperandNames& names, std::string& out);

}  // namespace lldbgo
