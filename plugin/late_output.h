// Text that nobody waits for any more, printed where somebody sees it.
#pragma once

#include <lldb/API/LLDB.h>

#include <string>

namespace lldbgo {

/// What a stop hook says reaches a terminal at once. A debug adapter gives LLDB a pipe, in which that text would wait
/// for more of it, or (up to LLDB 18) a null device, and then shows in its console only what is written to its standard
/// error. True: the text has been written here; false: the hook is to say it.
bool said_at_once(lldb::SBDebugger debugger, const std::string& text);

}  // namespace lldbgo
