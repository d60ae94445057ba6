#include "plugin/automatic_bridge.h"

#include <mutex>

#include "plugin/clean_stops.h"

namespace lldbgo {
namespace {

/// Commands that start or reach a process, or read debug information. One that a version lacks is left out.
constexpr const char* kCommands[] = {
    "process attach",
    "process connect",
    "process continue",
    "process status",
    "breakpoint set",
    "breakpoint list",
    "thread backtrace",
    "thread info",
    "thread list",
    "thread select",
    "thread step-in",
    "thread step-over",
    "thread step-out",
    "thread step-inst",
    "thread step-inst-over",
    "thread step-scripted",
    "thread until",
    "thread jump",
    "thread return",
    "frame variable",
    "frame select",
    "frame info",
    "frame diagnose",
    "expression",
    "dwim-print",
    "target variable",
    "target modules lookup",
    "target modules list",
    "target modules dump line-table",
    "target symbols add",
    "watchpoint set variable",
    "watchpoint set expression",
    "disassemble",
    "source list",
    "source info",
    "register read",
    "memory read",
    "type lookup",
};

constexpr const char* kLaunch = "process launch";

struct Baton {
  bool launch;
  lldb::user_id_t debugger;
  std::shared_ptr<Session> session;
};

/// Answers false: LLDB goes on with the command.
bool before_command(void* data, const char** /*words*/) {
  auto* baton = static_cast<Baton*>(data);
  try {
    std::lock_guard one_at_a_time(baton->session->mutex());
    lldb::SBDebugger debugger = lldb::SBDebugger::FindDebuggerWithID(static_cast<int>(baton->debugger));
    DebugInfoBridge& bridge = baton->session->bridge();
    if (bridge.automatic()) bridge.apply(debugger.GetSelectedTarget(), baton->launch);
    clean_stops_of_selected(debugger, *baton->session);
  } catch (...) {  // no memory, say: the command runs as without us
  }
  return false;
}

}  // namespace

void bridge_before_commands(lldb::SBDebugger debugger, std::shared_ptr<Session> session) {
  // LLDB keeps the pointers as long as the interpreter lives, which nothing tells us the end of.
  auto* launch = new Baton{true, debugger.GetID(), session};
  auto* other = new Baton{false, debugger.GetID(), std::move(session)};
  lldb::SBCommandInterpreter interpreter = debugger.GetCommandInterpreter();
  for (const char* command : kCommands) interpreter.SetCommandOverrideCallback(command, before_command, other);
  interpreter.SetCommandOverrideCallback(kLaunch, before_command, launch);
}

}  // namespace lldbgo
