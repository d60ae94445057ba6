// One step on its way: the breakpoints that end it, and the filter that lets every other goroutine pass them.
//
// LLDB calls the filter for a thread that has hit one of them before anybody hears of the stop; where it says no, the
// thread goes on. A step ends with whatever else stops the process; the breakpoints go with it.
//
// LLDB 14 to 19 stop nevertheless where other threads have reasons of their own: while one thread is stepped over a
// breakpoint the others are held, and each keeps the reason it was last stopped for, also where that was a breakpoint
// that is gone by now (then it is a SIGTRAP or a single step). Such stops are no news.
#pragma once

#include <lldb/API/LLDB.h>

#include <optional>
#include <set>
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

  /// How the step ended; absent where the process stopped for no reason, or only for breakpoints of steps. Selects the
  /// thread to look at.
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
  /// At the hit: selects its thread.
  StepOutcome done(lldb::SBProcess process);
  /// Whether a step's breakpoint, or LLDB's way over one, is all that a stopped thread has to tell.
  bool only_of_steps(lldb::SBThread thread) const;

  Session& session_;
  lldb::SBDebugger debugger_;
  lldb::SBTarget target_;
  std::uint32_t process_id_ = 0;
  std::optional<StepRequest> request_;
  std::vector<lldb::break_id_t> breakpoints_;
  std::optional<Hit> hit_;
  std::set<lldb::break_id_t> own_;  ///< of all steps of the process
  std::set<LoadAddr> trapped_;      ///< where they were
  std::size_t one_shots_ = 0;       ///< the user's, at the start: one that is hit is gone and named by no thread
};

/// A stop reason that stops nobody: none, or a signal that is only passed on.
bool stops_nobody(lldb::SBProcess process, lldb::SBThread thread);

}  // namespace lldbgo
