// Why a Go program that was stopped for a while is preempted as soon as it goes on, and what prevents that.
//
// The runtime's monitor thread notes for each P when it last saw a new goroutine scheduled on it: sysmontick.schedtick,
// a copy of schedtick, and the time. When the tick is unchanged 10 ms later it sends SIGURG to the P's thread
// (runtime/proc.go retake, the same from Go 1.15 to 1.27). Time goes on while a debugger holds the program, so after a
// stop every running goroutine has used up its slice. A copy that differs from schedtick makes the monitor believe that
// the P was just scheduled: it notes the time afresh and the goroutine gets the 10 ms it would have had.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/error.h"
#include "core/sched/go_process.h"

namespace lldbgo {

/// A 32-bit word to write to the process.
struct TickWrite {
  LoadAddr address;
  std::uint32_t value = 0;
};

/// What to write to a stopped process so that no running P's time slice includes the stop. Every P is checked before it
/// is believed; the values only matter to the monitor, which overwrites them. Errors: not_found (no symbol
/// runtime.allp, no offsets), malformed, unreadable.
Result<std::vector<TickWrite>> fresh_time_slices(GoProcess& process);

}  // namespace lldbgo
