// The test of runtime.writeBarrier that the compiler puts in front of a guarded pointer store
// (cmd/compile/internal/ssa/writebarrier.go, Go 1.15 - 1.27).
#pragma once

#include <cstdint>
#include <optional>

#include "core/insn/decoder.h"

namespace lldbgo {

/// CMPL flag, $0 and the branch that belongs to it; offsets into the function's code.
struct BarrierTest {
  std::uint64_t at = 0;       ///< of the comparison
  std::uint64_t barrier = 0;  ///< where the branch with the barrier starts
  std::uint64_t other = 0;    ///< where the branch without a barrier starts
  std::uint64_t join = 0;     ///< where both go on; `other`, except where that reloads registers first
};

/// The test that begins with `compare`, an instruction of `code`, which is at `entry`. `flag`: where
/// runtime.writeBarrier is; absent: any comparison of this form will do.
std::optional<BarrierTest> barrier_test_at(Bytes code, FileAddr entry, const Instruction& compare,
                                           std::optional<FileAddr> flag);

}  // namespace lldbgo
