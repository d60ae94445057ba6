// Go values in LLDB: summaries by a native callback, children by a Python class that calls back into the plugin.
#pragma once

#include <lldb/API/LLDB.h>

#include <memory>

#include "plugin/session.h"

namespace lldbgo {

/// Registers the category "go". Where the host has no Python there are summaries only.
void register_formatters(lldb::SBDebugger debugger, std::shared_ptr<Session> session);

}  // namespace lldbgo
