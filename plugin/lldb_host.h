// The Host of a command line typed in LLDB.
#pragma once

#include <lldb/API/LLDB.h>

#include "commands/host.h"
#include "plugin/lldb_execution.h"
#include "plugin/session.h"

namespace lldbgo {

/// Lives for one command; what it bound is unbound when it goes.
class LldbHost : public Host {
 public:
  LldbHost(lldb::SBDebugger debugger, Session& session)
      : debugger_(debugger), session_(session), execution_(debugger, session, *this) {}
  ~LldbHost() override;
  LldbHost(const LldbHost&) = delete;
  LldbHost& operator=(const LldbHost&) = delete;

  unsigned width() override;
  bool color() override;
  bool interrupted() override;
  Result<std::shared_ptr<const GoImage>> image() override;
  Result<GoProcess*> process() override;
  Result<const Scheduler*> scheduler() override;
  std::optional<ProcessInfo> process_info() override;
  std::optional<SelectedFrame> selected_frame() override;
  Result<std::vector<std::byte>> code(LoadAddr at, std::size_t size) override;
  Result<std::uint64_t> evaluate(const std::string& expression) override;
  Bridge* bridge() override { return &bridge_; }
  Execution* execution() override { return &execution_; }
  /// Forgets what was read of this stop; everything this host gave is invalid.
  void release();

 private:
  Result<ProcessSession*> bound();

  lldb::SBDebugger debugger_;
  Session& session_;
  LldbExecution execution_;
  ProcessSession* bound_ = nullptr;
  LldbBridge bridge_{debugger_, session_.bridge()};
};

}  // namespace lldbgo
