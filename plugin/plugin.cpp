// The entry point that `plugin load liblldb-go.so` calls: registers every command with the debugger.
#include <lldb/API/LLDB.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "commands/execute.h"
#include "commands/help.h"
#include "commands/registry.h"
#include "plugin/automatic_bridge.h"
#include "plugin/clean_stops.h"
#include "plugin/formatters.h"
#include "plugin/lldb_host.h"
#include "plugin/session.h"

namespace lldbgo {
namespace {

/// One of our commands as LLDB calls it.
class PluginCommand : public lldb::SBCommandPluginInterface {
 public:
  PluginCommand(const Command& command, std::shared_ptr<Session> session)
      : command_(command), session_(std::move(session)) {}

  bool DoExecute(lldb::SBDebugger debugger, char** words, lldb::SBCommandReturnObject& result) override {
    std::vector<std::string> arguments;
    for (; words != nullptr && *words != nullptr; ++words) arguments.emplace_back(*words);
    Reply reply = guarded(debugger, arguments);
    if (!reply.output.empty()) {
      if (reply.output.back() == '\n') reply.output.pop_back();  // LLDB adds its own
      result.AppendMessage(reply.output.c_str());
    }
    if (reply.ok) {
      result.SetStatus(debugger.GetSelectedTarget().GetProcess().GetState() == lldb::eStateRunning
                           ? lldb::eReturnStatusSuccessContinuingNoResult
                           : lldb::eReturnStatusSuccessFinishResult);
    } else {
      result.SetError(reply.error.c_str());
      result.SetStatus(lldb::eReturnStatusFailed);
    }
    return reply.ok;
  }

 private:
  /// The one place where exceptions end: a bug of ours must not take the debugger down.
  Reply guarded(lldb::SBDebugger debugger, const std::vector<std::string>& arguments) {
    auto bug = [&](const std::string& what) {
      bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
      return failed(Error{Errc::internal, std::string(command_.name) + ": " + what, "this is a bug in lldb-go", {}},
                    json);
    };
    try {
      std::lock_guard one_at_a_time(session_->mutex());
      LldbHost host(debugger, *session_);
      return execute(command_, host, arguments);
    } catch (const std::exception& error) {
      return bug(error.what());
    } catch (...) {
      return bug("unknown exception");
    }
  }

  const Command& command_;
  std::shared_ptr<Session> session_;
};

}  // namespace
}  // namespace lldbgo

namespace lldb {

__attribute__((visibility("default"))) bool PluginInitialize(SBDebugger debugger) {
  using namespace lldbgo;
  auto session = std::make_shared<Session>();
  SBCommandInterpreter interpreter = debugger.GetCommandInterpreter();
  for (const Command* command : all_commands()) {
    std::string name(command->name);
    std::string help = std::string(command->summary) + " (more: " + name + " --help)";
    // LLDB owns the object from here on.
    auto* object = new PluginCommand(*command, session);
    SBCommand added = interpreter.AddCommand(name.c_str(), object, help.c_str(), usage(*command).c_str());
    if (!added.IsValid()) return false;
  }
  bridge_before_commands(debugger, session);
  register_formatters(debugger, session);
  return install_clean_stops(debugger, session);
}

}  // namespace lldb
