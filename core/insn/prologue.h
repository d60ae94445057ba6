// Where a Go function saves its caller's BP, read from its first instructions.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/byte_reader.h"

namespace lldbgo {

/// All offsets count from the function's entry; all are offsets *after* an instruction: at pc offset == x its effect is
/// there.
struct Prologue {
  bool saves_bp = false;
  /// First offset at which [fp-16] holds the caller's BP. Later it does wherever sp_delta (pcsp) is not 0.
  std::uint64_t bp_saved_at = 0;
  /// First offset at which RBP points at [fp-16]; 0: it never does (an assembly function that only pushes BP).
  std::uint64_t bp_set_at = 0;
  /// First offset at which the frame has its full size. 0: no frame.
  std::uint64_t body_at = 0;
  /// sp_delta at `body_at`.
  std::uint64_t frame_bytes = 0;
  /// Offset of the out-of-line block that spills register arguments and calls morestack; absent: no stack check.
  std::optional<std::uint64_t> morestack_at;

  /// RBP points at [fp-16] from this offset on, up to the epilogue.
  bool bp_is_set(std::uint64_t offset) const { return bp_set_at != 0 && offset >= bp_set_at; }
};

/// `code_from_entry`: the function's bytes; more is harmless, less than the whole function only loses `morestack_at`.
Prologue find_prologue(Bytes code_from_entry);

}  // namespace lldbgo
