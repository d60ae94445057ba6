// Stores of argument registers to the stack: how a function fills its spill slots.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/insn/prologue.h"
#include "core/target/threads.h"

namespace lldbgo {

/// A register that can carry an argument.
struct ArgRegister {
  bool xmm = false;
  unsigned number = 0;  ///< xmm: 0..15; else a Reg
  bool operator==(const ArgRegister&) const = default;
  const char* go_name() const;  ///< "AX", "X0"
};

/// `MOVQ AX, 8(SP)` of a register that still holds what it held at the start of the run.
struct RegisterStore {
  std::uint64_t end = 0;  ///< offset from entry after the store
  ArgRegister reg;
  std::int64_t fp_offset = 0;  ///< of the first byte written, from fp
  unsigned size = 0;           ///< bytes written
};

/// A run of instructions without a branch.
struct StraightLine {
  std::uint64_t begin = 0, end = 0;  ///< offsets from entry; `end` is the instruction that leaves the run
  std::vector<RegisterStore> stores;
  bool ends_in_call = false;
  /// Offset after the first instruction that overwrites the register; absent: it keeps its value to the end.
  std::optional<std::uint64_t> overwritten_at(ArgRegister reg) const;
  std::array<std::uint64_t, 32> overwritten{};  ///< general registers 0..15, then X0..X15; 0: never
};

/// Decodes from offset `begin`, where sp_delta is `sp_delta`, up to the first branch, call or return, at most 4096
/// instructions.
StraightLine straight_line(Bytes code_from_entry, std::uint64_t begin, std::uint64_t sp_delta);

/// Offsets from fp of the stack places whose address the code takes (LEAQ n(SP), R), ascending, in a function body
/// whose sp_delta is `sp_delta` throughout. Decodes on from `begin` across branches, at most `max_instructions`.
std::vector<std::int64_t> addressed_slots(Bytes code_from_entry, std::uint64_t begin, std::uint64_t sp_delta,
                                          std::size_t max_instructions);

}  // namespace lldbgo
