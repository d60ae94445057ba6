// Bridges the selected target before LLDB runs a command that would need it.
#pragma once

#include <lldb/API/LLDB.h>

#include <memory>

#include "plugin/session.h"

namespace lldbgo {

/// A command override runs in the thread of the command, right before it, so that the first command of a script sees
/// the same as the last; aliases (`b`, `run`, `p`, `up`) reach it too. LLDB's event of loaded modules would come on
/// another thread, and race. Clients of the SB API pass by: they run `go-bridge on` (docs/ide.md).
void bridge_before_commands(lldb::SBDebugger debugger, std::shared_ptr<Session> session);

}  // namespace lldbgo
