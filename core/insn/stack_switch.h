// Where a function that changes stacks calls another one.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/byte_reader.h"

namespace lldbgo {

/// A CALL; offsets count from the function's entry.
struct SwitchedCall {
  std::uint64_t at = 0, end = 0;  ///< of the instruction; `end` is the return address
  bool indirect = false;          ///< through a register
  bool other_stack = false;       ///< SP has been set by a MOVQ since the entry, an odd number of times: away, and back
};

/// The calls of a function, in the order of its code, which is taken as a straight line: runtime.systemstack, mcall,
/// morestack and asmcgocall load SP once on the way to the other stack and once on the way back
/// (asm_amd64.s, 1.15-1.27).
std::vector<SwitchedCall> switched_calls(Bytes function);

}  // namespace lldbgo
