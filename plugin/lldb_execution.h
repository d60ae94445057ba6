// The Execution port over SBProcess.
#pragma once

#include <lldb/API/LLDB.h>

#include "commands/execution.h"
#include "plugin/session.h"

namespace lldbgo {

class LldbHost;

class LldbExecution : public Execution {
 public:
  LldbExecution(lldb::SBDebugger debugger, Session& session, LldbHost& host)
      : debugger_(debugger), session_(session), host_(host) {}
  Result<StepOutcome> run(StepRequest request) override;
  Result<std::vector<int>> trap(std::vector<CalledEntry> entries, const std::string& name) override;

 private:
  lldb::SBDebugger debugger_;
  Session& session_;
  LldbHost& host_;
};

/// What the stop hook does for a step that nobody waits for.
struct LateStep {
  bool goes_on = false;  ///< the process should run again
  std::string report;
};
LateStep end_late_step(lldb::SBDebugger debugger, Session& session, lldb::SBProcess process);

}  // namespace lldbgo
