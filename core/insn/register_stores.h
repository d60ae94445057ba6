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

/// `MOVQ 8(SP), AX`.
struct RegisterLoad {
  ArgRegister reg;
  std::int64_t fp_offset = 0;  ///< of the first byte read, from fp
  unsigned size = 0;           ///< bytes read
};

/// The loads that are all there is from offset `begin`, where sp_delta is `sp_delta`, to the epilogue and the return:
/// how a function takes its results from memory. Empty where there is anything else.
std::vector<RegisterLoad> loads_before_return(Bytes code_from_entry, std::uint64_t begin, std::uint64_t sp_delta);

/// What an instruction writes to a place in the frame, `MOVQ AX, 8(SP)`.
struct FrameStore {
  std::uint64_t end = 0;       ///< offset from entry after the store
  std::int64_t fp_offset = 0;  ///< of the first byte written, from fp
  unsigned size = 0;           ///< bytes written
};

/// How a function body reaches into its frame.
struct FrameAccesses {
  std::vector<std::int64_t> addressed;  ///< offsets from fp whose address is taken (LEAQ n(SP), R), ascending
  std::vector<FrameStore> stores;       ///< in the order of the code
  bool complete = false;                ///< false: the limit was reached, or bytes that are no instruction
  /// Offset after the first instruction of the code that writes all of these bytes at once; absent: none does.
  std::optional<std::uint64_t> first_store(std::int64_t fp_offset, std::uint64_t size) const;
  /// Instructions up to `offset`, in the order of the code, that write any of these bytes.
  std::size_t stores_before(std::uint64_t offset, std::int64_t fp_offset, std::uint64_t size) const;
};

/// Decodes all of `code_from_entry` from offset `begin` on, across branches, at most `max_instructions`. sp_delta is
/// taken to be `sp_delta` throughout, as in a compiled body; a block for morestack must be cut off.
FrameAccesses frame_accesses(Bytes code_from_entry, std::uint64_t begin, std::uint64_t sp_delta,
                             std::size_t max_instructions);

}  // namespace lldbgo
