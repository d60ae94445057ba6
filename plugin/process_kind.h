// Whether a process is a live one of this machine, a core file, or behind a debug server elsewhere.
#pragma once

#include <lldb/API/LLDB.h>

#include "commands/host.h"

namespace lldbgo {

ProcessKind process_kind(lldb::SBTarget target, lldb::SBProcess process);

}  // namespace lldbgo
