// Stops of a Go program as its user expects them: never for SIGURG, with which Go preempts goroutines, and one per pass
// over a breakpoint (retraps.h says why LLDB reports two). Preemption stays on: without it a loop without calls holds
// up every collection for ever.
//
// LLDB runs the stop hooks of a target when a stop is about to be published, in the thread that publishes it, whether
// that is the command line, a batch, a script or a debug adapter. Ours is one that calls a command of ours. It
//   - goes on by itself from a stop that is nothing but second reports,
//   - notes the breakpoints that will be reported again,
//   - gives every running goroutine a fresh time slice (core/sched/time_slices.h), so that few signals are sent just
//     then; this writes four bytes per P that only the runtime's monitor reads.
// The last two need a live process of this machine; cores and remote processes are left alone.
#pragma once

#include <lldb/API/LLDB.h>

#include <memory>

#include "plugin/session.h"

namespace lldbgo {

/// Called once per debugger, when the plugin is loaded. Targets made later inherit the hook, but where there were some
/// before: then LLDB offers no way to reach the one that others are copied from.
bool install_clean_stops(lldb::SBDebugger debugger, std::shared_ptr<Session> session);

/// Gives the selected target its hook where it can have inherited none. Once for each target: a user may delete it.
void clean_stops_of_selected(lldb::SBDebugger debugger, Session& session, bool first = false);

}  // namespace lldbgo
