// The names that an assembly function gives to its arguments and locals, read from its source where this machine has
// it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lldbgo {

/// `a+8(FP)`, `i-16(SP)`.
struct AsmOperand {
  std::string name;
  bool fp = false;  ///< else pseudo-SP
  std::int64_t offset = 0;
  unsigned size = 0;  ///< bytes that instructions move there; 0: only its address is taken
  bool operator==(const AsmOperand&) const = default;
};

/// Operands of the TEXT block that contains `line` (from 1) of the source `text`, each place once, ascending. Empty
/// where that block is not `function` (a linker name): then the source is not the one the program was built from.
std::vector<AsmOperand> asm_operands(std::string_view text, int line, std::string_view function);

/// The same from a file of at most 4 MB; empty where it cannot be read.
std::vector<AsmOperand> asm_operands_of_file(const std::string& path, int line, std::string_view function);

}  // namespace lldbgo
