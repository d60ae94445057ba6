// The port through which a command lets the process run until one goroutine is somewhere else.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/target/threads.h"

namespace lldbgo {

class Host;

/// A place where a step may end. Stacks are copied when they grow, so depths count from the stack's top: g.stack.hi.
struct StopPoint {
  enum class Kind {
    line,       ///< another line of the function
    returned,   ///< in a caller
    called,     ///< in a function that the line calls
    call,       ///< no end: the call instruction, asked for its target when it is reached
    ended,      ///< the goroutine is about to end
    panicking,  ///< the program is about to end
  } kind = Kind::line;
  LoadAddr at;
  std::uint64_t frame_bytes = 0;  ///< SP + frame_bytes is the frame's CFA there
  std::uint64_t deepest = 0;      ///< it counts only where stack.hi - CFA is at most this

  bool operator==(const StopPoint&) const = default;
};

struct StepPlan {
  LoadAddr g;  ///< the goroutine: a point counts only while SP lies on its stack
  std::int64_t goroutine = 0;
  std::uint64_t goid_offset = 0;
  std::vector<StopPoint> points;
  /// The points that a call leads to; none where it is not stepped into.
  std::function<std::vector<StopPoint>(Host&, const Registers&, LoadAddr call)> into;
  std::vector<std::string> problems;  ///< what this step cannot promise
};

struct StepOutcome {
  enum class Why {
    done,   ///< at a stop point
    other,  ///< something else stopped the process first
    exited,
    running,  ///< the debugger works asynchronously: it will tell
  } why = Why::done;
  StopPoint::Kind kind = StopPoint::Kind::line;
  std::string reason;  ///< the debugger's words for another stop
  int exit_status = 0;
};

struct StepRequest {
  StepPlan plan;
  std::uint64_t more = 0;                                        ///< steps after this one
  std::function<Result<StepPlan>(Host&)> again;  ///< plans the next one; a plan without points: that was the last
  std::function<std::string(Host&, const StepOutcome&)> report;  ///< for an asynchronous end
};

/// A stop at an instruction that stays until the user deletes it.
struct CalledEntry {
  FileAddr at;
  std::vector<FileAddr> returns;  ///< the process stops only where the word at SP is one of these; none: always
};

class Execution {
 public:
  virtual ~Execution() = default;
  /// One breakpoint each, all under the name `name`; their ids. Needs no process. Errors: no_target; unsupported (a
  /// core); internal (the debugger refuses).
  virtual Result<std::vector<int>> trap(std::vector<CalledEntry> entries, const std::string& name) = 0;
  /// Returns when the process has stopped, or at once where the debugger works asynchronously. Whatever stops the
  /// process ends the step. Errors: no_process; unsupported (a core); internal (the debugger refuses).
  virtual Result<StepOutcome> run(StepRequest request) = 0;
};

}  // namespace lldbgo
