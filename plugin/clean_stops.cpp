#include "plugin/clean_stops.h"

#include <algorithm>
#include <csignal>
#include <list>
#include <string>
#include <vector>

#include "core/sched/time_slices.h"
#include "plugin/late_output.h"
#include "plugin/lldb_execution.h"
#include "plugin/local_signals.h"
#include "plugin/process_kind.h"
#include "plugin/retraps.h"

namespace lldbgo {
namespace {

constexpr const char* kHookCommand = "go-clean-stop";

// A hook of commands can only go on by resuming the process itself, which LLDB comments on; one in Python just says so.
// All that is decided is decided in the command.
constexpr const char* kHookModule = R"(
import lldb
class CleanStop:
    def __init__(self, target, arguments, session):
        pass
    def handle_stop(self, context, stream):
        result = lldb.SBCommandReturnObject()
        command = "go-clean-stop %d" % context.process.GetUniqueID()
        context.target.debugger.GetCommandInterpreter().HandleCommand(command, result)
        text = result.GetOutput() or ""
        if text.strip() == "continue":
            return False
        stream.Print(text)
        return True
)";

/// The class as one `script` command: LLDB looks for it among the names of its own Python session.
std::string python_statement(std::string_view source) {
  std::string out = "script import types; lldb_go = types.ModuleType('lldb_go'); exec('";
  for (char c : source) {
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "', lldb_go.__dict__)";
}

/// Runs a command and drops what it says.
bool quietly(lldb::SBDebugger debugger, const std::string& command) {
  lldb::SBCommandReturnObject result;  // one each: `script` leaves its result connected to the terminal
  debugger.GetCommandInterpreter().HandleCommand(command.c_str(), result);
  return result.Succeeded();
}

void ignore_preemption_signal(lldb::SBUnixSignals signals) {
  std::int32_t number = signals.GetSignalNumberFromName("SIGURG");
  if (number == LLDB_INVALID_SIGNAL_NUMBER) return;
  signals.SetShouldStop(number, false);
  signals.SetShouldNotify(number, false);
  signals.SetShouldSuppress(number, false);
}

bool traps_at(lldb::SBTarget target, LoadAddr pc) {
  for (std::uint32_t i = 0; i < target.GetNumBreakpoints(); ++i) {
    lldb::SBBreakpoint breakpoint = target.GetBreakpointAtIndex(i);
    if (breakpoint.IsEnabled() && breakpoint.FindLocationByAddress(pc.value).IsEnabled()) return true;
  }
  return false;
}

/// What is remembered of one process from stop to stop.
struct Process {
  std::uint32_t unique_id = 0;
  std::uint32_t stop = 0, expression_stops = 0;
  bool nothing_new = false;  ///< the verdict on that stop
  Retraps retraps;
};

class CleanStops : public lldb::SBCommandPluginInterface {
 public:
  explicit CleanStops(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  /// Its argument is the unique id of the process that stopped. Answers "continue" where the stop brings nothing
  /// new, else what there is to say about it.
  bool DoExecute(lldb::SBDebugger debugger, char** words, lldb::SBCommandReturnObject& result) override {
    result.SetStatus(lldb::eReturnStatusSuccessFinishNoResult);
    try {
      std::lock_guard one_at_a_time(session_->mutex());
      std::string process = words != nullptr && *words != nullptr ? *words : "";
      for (std::uint32_t i = 0; i < debugger.GetNumTargets(); ++i) {
        lldb::SBTarget target = debugger.GetTargetAtIndex(i);
        if (process != std::to_string(target.GetProcess().GetUniqueID())) continue;
        std::string report;
        if (at_stop(debugger, target, report)) {
          result.AppendMessage("continue");
        } else if (!report.empty()) {
          result.AppendMessage(report.c_str());
        }
      }
    } catch (...) {  // a stop must never be lost to a bug of ours
    }
    return true;
  }

 private:
  /// Whether the process should go on. LLDB asks once for every thread that stopped for a reason.
  bool at_stop(lldb::SBDebugger debugger, lldb::SBTarget target, std::string& report) {
    lldb::SBProcess process = target.GetProcess();
    if (!process.IsValid() || process.GetState() != lldb::eStateStopped) return false;
    Process& known = remembered(process);
    std::uint32_t stop = process.GetStopID(false), all_stops = process.GetStopID(true);
    if (known.stop == stop) return known.nothing_new;
    ProcessKind kind = process_kind(target, process);
    // Once, so that a user can think otherwise. What was copied from the platform LLDB does not tell its server.
    if (known.stop == 0) ignore_preemption_signal(process.GetUnixSignals());
    // An expression that ran code of the program may have let the signal in.
    if (known.expression_stops != all_stops - stop) known.retraps.clear();
    known.stop = stop;
    known.expression_stops = all_stops - stop;
    known.nothing_new = false;
    if (kind == ProcessKind::core) return false;
    known.nothing_new = kind == ProcessKind::live && only_retraps(target, process, known);
    if (!known.nothing_new) {
      LateStep step = end_late_step(debugger, *session_, process);
      known.nothing_new = step.goes_on;
      if (!said_at_once(debugger, step.report)) report = step.report;
      if (!report.empty()) report.pop_back();  // LLDB adds its own newline
    }
    if (!known.nothing_new) session_->call_traps().select_called(process);
    if (kind == ProcessKind::live) refresh_time_slices(target, process);
    return known.nothing_new;
  }

  Process& remembered(lldb::SBProcess& process) {
    std::uint32_t id = process.GetUniqueID();
    for (Process& p : processes_) {
      if (p.unique_id == id) return p;
    }
    if (processes_.size() == kProcesses) processes_.pop_front();
    return processes_.emplace_back(Process{id, 0, 0, false, {}});
  }

  /// Also notes what this stop will bring again.
  static bool only_retraps(lldb::SBTarget target, lldb::SBProcess process, Process& known) {
    lldb::SBThread with_news;
    bool retrapped = false;
    for (std::uint32_t i = 0; i < process.GetNumThreads(); ++i) {
      lldb::SBThread thread = process.GetThreadAtIndex(i);
      lldb::StopReason reason = thread.GetStopReason();
      if (stops_nobody(process, thread)) continue;
      bool again = false;
      if (reason == lldb::eStopReasonBreakpoint) {
        lldb::SBFrame frame = thread.GetFrameAtIndex(0);
        TrapSite site{LoadAddr(frame.GetPC()), LoadAddr(frame.GetSP())};
        again = known.retraps.take(site);
        if (signal_pending(process.GetProcessID(), thread.GetThreadID(), SIGURG)) known.retraps.expect(site);
      }
      if (again) {
        retrapped = true;
      } else if (!with_news.IsValid()) {
        with_news = thread;
      }
    }
    if (!known.retraps.empty()) known.retraps.forget_if([&](TrapSite site) { return !traps_at(target, site.pc); });
    // Both at once: the thread that brings something new is the one to look at.
    if (retrapped && with_news.IsValid()) process.SetSelectedThread(with_news);
    return retrapped && !with_news.IsValid();
  }

  void refresh_time_slices(lldb::SBTarget target, lldb::SBProcess process) {
    auto bound = session_->process(target, process);
    if (!bound) return;  // not Go, or not loaded yet
    // What cannot be found only makes second reports more frequent.
    if (auto writes = fresh_time_slices((*bound)->process())) {
      for (const TickWrite& write : *writes) {
        lldb::SBError error;
        process.WriteMemory(write.address.value, &write.value, sizeof write.value, error);
      }
    }
    (*bound)->unbind();
  }

  static constexpr std::size_t kProcesses = 8;
  std::shared_ptr<Session> session_;
  std::list<Process> processes_;
};

constexpr const char* kPassPreemption = "process handle SIGURG -s false -n false -p true";
// An LLDB without Python has no such hook, and reports a retrap like any other stop.
constexpr const char* kAddHook = "target stop-hook add -P lldb_go.CleanStop";

}  // namespace

void clean_stops_of_selected(lldb::SBDebugger debugger, Session& session, bool first) {
  std::vector<lldb::SBTarget>& clean = session.targets_with_hook();
  lldb::SBTarget target = debugger.GetSelectedTarget();
  if (!target.IsValid() || (clean.empty() && !first)) return;
  clean.erase(std::remove_if(clean.begin(), clean.end(), [](const auto& gone) { return !gone.IsValid(); }), clean.end());
  if (std::find(clean.begin(), clean.end(), target) != clean.end()) return;
  quietly(debugger, kPassPreemption);
  quietly(debugger, kAddHook);
  clean.push_back(target);
}

bool install_clean_stops(lldb::SBDebugger debugger, std::shared_ptr<Session> session) {
  Session& known = *session;
  lldb::SBCommandInterpreter interpreter = debugger.GetCommandInterpreter();
  // LLDB owns the object from here on.
  if (!interpreter
           .AddCommand(kHookCommand, new CleanStops(std::move(session)), "run by a stop hook of lldb-go; not for you")
           .IsValid()) {
    return false;
  }
  // Every launch copies both; LLDB 14 knows the second only with a process.
  ignore_preemption_signal(debugger.GetSelectedPlatform().GetUnixSignals());
  quietly(debugger, python_statement(kHookModule));
  if (debugger.GetNumTargets() == 0) {
    quietly(debugger, kPassPreemption);  // in the target that all others are copied from
    quietly(debugger, kAddHook);
    return true;
  }
  lldb::SBTarget selected = debugger.GetSelectedTarget();
  for (std::uint32_t i = 0; i < debugger.GetNumTargets(); ++i) {
    lldb::SBTarget target = debugger.GetTargetAtIndex(i);
    debugger.SetSelectedTarget(target);
    clean_stops_of_selected(debugger, known, true);
  }
  debugger.SetSelectedTarget(selected);
  return true;
}

}  // namespace lldbgo
