// Where control goes inside a function, and where it leaves it: what a stepper must watch.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/target/threads.h"

namespace lldbgo {

/// A CALL, or a JMP that leaves the function (the tail of a wrapper). Offsets count from the start of the code.
struct CallSite {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> target;  ///< of a relative one; wraps around like an address
  bool jump = false;                    ///< a JMP: nothing is pushed
  bool memory = false;                  ///< the target is the word at base + index * scale + displacement, else `base`
  std::optional<Reg> base, index;
  std::uint8_t scale = 0;
  std::int64_t displacement = 0;
};

struct CodeFlow {
  std::vector<std::uint64_t> instructions;    ///< offsets, ascending
  std::vector<std::uint64_t> branch_targets;  ///< offsets inside the function that a jump goes to, ascending, unique
  std::vector<CallSite> calls;
};

/// `code`: one whole function. Decoding ends at the first bytes that are no instruction.
CodeFlow code_flow(Bytes code);

}  // namespace lldbgo
