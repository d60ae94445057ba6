// runtime.duffzero and runtime.duffcopy, read from their own instructions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/byte_reader.h"

namespace lldbgo {

enum class DuffKind { zero, copy };

/// One instruction of a routine. Distances are from DI and SI as they are before it.
struct DuffStep {
  enum class Does { load, store, advance, leave } does = Does::store;
  std::uint64_t offset = 0, end = 0;
  std::int64_t at = 0;          ///< load: from SI; store: from DI
  unsigned size = 0;            ///< bytes loaded or stored
  std::int64_t di = 0, si = 0;  ///< advance: what is added
};

/// What happens when the routine is entered at `offset`.
struct DuffEntry {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;   ///< written, one range without gap or overlap
  std::uint64_t stores = 0;  ///< store instructions executed
  std::int64_t adjust = 0;   ///< from DI at the entry to the first byte written
};

struct DuffRoutine {
  DuffKind kind = DuffKind::zero;
  unsigned xmm = 0;  ///< what it stores: X15 or X0
  std::vector<DuffStep> steps;
  std::vector<DuffEntry> entries;  ///< every valid one, ascending: at a store (zero) or a load (copy)

  std::uint64_t size() const { return steps.empty() ? 0 : steps.back().end; }
  const DuffEntry* entry(std::uint64_t offset) const;  ///< nullptr: no valid entry
  /// The instruction at exactly that offset; nullptr: none.
  const DuffStep* step(std::uint64_t offset) const;
  /// Bytes still to be written from the instruction at `offset` on; 0 where there is none.
  std::uint64_t remaining(std::uint64_t offset) const;
  /// Start of the block that holds `offset`: a block ends with the instruction that moves DI.
  std::uint64_t block_of(std::uint64_t offset) const;
  std::uint64_t blocks() const;
};

/// `code`: from the routine's first byte; what follows its RET does not count. Absent: it is neither of the two.
std::optional<DuffRoutine> decode_duff_routine(Bytes code);

}  // namespace lldbgo
