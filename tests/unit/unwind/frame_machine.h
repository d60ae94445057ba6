// What every instruction of a Go function does to SP and BP, computed from the machine code alone: the oracle for unwinding in
// the middle of prologues, epilogues and everything between. Knows nothing of pclntab.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "core/base/byte_reader.h"

namespace lldbgo::testing {

/// SP and BP before one instruction, and the words of the frame that matter for BP.
struct FrameState {
  std::uint64_t sp = 0, bp = 0;
  std::map<std::uint64_t, std::uint64_t> stored;  ///< by address: BP values saved on the stack
};

/// Follows every path of the function from its entry, where the state is `entry`. The result has the state before each
/// instruction that was reached, by its offset. Empty: the code does something to SP or BP that this machine does not know.
std::optional<std::map<std::uint64_t, FrameState>> run_frame_machine(Bytes code, const FrameState& entry);

}  // namespace lldbgo::testing
