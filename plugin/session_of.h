// The Session of a debugger, for callbacks that are given nothing of ours.
#pragma once

#include <lldb/API/LLDB.h>

#include <memory>

#include "plugin/session.h"

namespace lldbgo {

void remember_session(lldb::SBDebugger debugger, std::shared_ptr<Session> session);
/// nullptr: the plugin is not loaded in that debugger.
std::shared_ptr<Session> session_of(lldb::SBDebugger debugger);

}  // namespace lldbgo
