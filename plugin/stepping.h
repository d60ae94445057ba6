// One step on its way: the breakpoints that end it, and the filter that lets every other goroutine pass them.
//
// LLDB calls the filter for a thread that has hit one of them before anybody hears of the stop; where it says no, the
// thread goes on. A step ends with whatever stops the process next; the breakpoints go with it.
#pragma once

#include <lldb/API/LLDB.h>

#include <optional>
#include <vector>

#include "commands/execution.h"

namespace lldbgo {

class Session;

class Stepping {
 public:
  explicit Stepping(Session& session) : session_(session) {}
  Stepping(const Stepping&) = delete;
  Stepping& operator=(const Stepping&) = delete;

  /// Replaces a step that was never finished.
  Result<> start(lldb::SBDebugger debugger, lldb::SBTarget target, StepRequest request);
  bool active() const { return request_.has_value(); }
  std::uint64_t more() const { return request_ ? request_->more : 0; }
  const StepRequest& request() const { return *request_; }
  bool is_of(lldb::SBProcess process) const;
  /// Nobody waits in run(): the stop hook ends the step.
  bool asynchronous = false;

  /// How the step ended; absent where the process stopped for no reason at all. Selects the thread to look at.
  std::optional<StepOutcome> at_stop(lldb::SBProcess process);
  /// Takes the breakpoints away.
  void end();

 private:
  struct Hit {
    StopPoint::Kind kind;
    std::uint64_t thread;
  };
  static bool filter(void* self, lldb::SBProcess& process, lldb::SBThread& thread,
                     lldb::SBBreakpointLocation& location);
  bool wanted(lldb::SBProcess process, lldb::SBThread thread, LoadAddr at);
  Result<> add(const std::vector<StopPoint>& points);

  Session& session_;
  lldb::SBDebugger debugger_;
  lldb::SBTarget target_;
  std::uint32_t process_id_ = 0;
  std::optional<StepRequest> request_;
  std::vector<lldb::break_id_t> breakpoints_;
  std::optional<Hit> hit_;
};

/// A stop reason that stops nobody: none, or a signal that is only passed on.
bool stops_nobody(lldb::SBProcess process, lldb::SBThread thread);

}  // namespace lldbgo
