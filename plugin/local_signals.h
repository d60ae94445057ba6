// Signals that wait for a thread of a process of this machine.
#pragma once

#include <cstdint>

namespace lldbgo {

/// Whether signal `number` has been sent to the thread and not been delivered yet. False where that cannot be known.
bool signal_pending(std::uint64_t pid, std::uint64_t thread, int number);

}  // namespace lldbgo
