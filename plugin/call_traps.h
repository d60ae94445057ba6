// Breakpoints on instructions that calls enter and other control flow passes through, such as the entries of Duff's
// device. LLDB asks for each thread that has come to one; only one that was just called there stops the process. An
// entry that names no callers is a breakpoint like any other.
#pragma once

#include <lldb/API/LLDB.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "commands/execution.h"

namespace lldbgo {

class CallTraps {
 public:
  CallTraps() = default;
  CallTraps(const CallTraps&) = delete;
  CallTraps& operator=(const CallTraps&) = delete;

  /// `slide`: absent before the program is loaded. They stay until the user deletes them. Errors: internal.
  Result<std::vector<int>> add(lldb::SBTarget target, std::optional<Slide> slide, std::vector<CalledEntry> entries,
                               const std::string& name);
  /// Several threads may have come to such breakpoints at once: selects one that was called, unless the selected thread
  /// stands elsewhere.
  void select_called(lldb::SBProcess process);

 private:
  static bool called(void* self, lldb::SBProcess& process, lldb::SBThread& thread,
                     lldb::SBBreakpointLocation& location);
  bool came_by_call(lldb::SBProcess process, lldb::SBThread thread, lldb::SBBreakpointLocation location);

  static std::string program_of(lldb::SBTarget target);

  std::mutex mutex_;
  /// Threads that made the process stop since the last stop.
  std::vector<std::uint64_t> called_;
  /// By target and breakpoint. An entry outlives its breakpoint; ids are not used twice.
  std::map<std::pair<std::string, lldb::break_id_t>, CalledEntry> entries_;
};

}  // namespace lldbgo
