#include "plugin/lldb_execution.h"

#include "core/base/text.h"
#include "plugin/lldb_host.h"
#include "plugin/lldb_text.h"
#include "plugin/process_kind.h"
#include "plugin/stepping.h"

namespace lldbgo {
namespace {

// LLDB 19 now and then says that a process has stopped when it has not been anywhere.
constexpr int kSpuriousStops = 1000;

bool nobody_stopped(lldb::SBProcess process) {
  for (std::uint32_t i = 0; i < process.GetNumThreads(); ++i) {
    if (!stops_nobody(process, process.GetThreadAtIndex(i))) return false;
  }
  return true;
}

}  // namespace

Result<StepOutcome> LldbExecution::run(StepRequest request) {
  lldb::SBTarget target = debugger_.GetSelectedTarget();
  lldb::SBProcess process = target.GetProcess();
  if (!process.IsValid()) return fail(Errc::no_process, "process: there is none");
  if (process_kind(target, process) == ProcessKind::core) {
    return fail(Errc::unsupported, "process: a core file does not run", "start the program with `run`");
  }
  host_.release();  // what was read of this stop is not true of the next
  Stepping& stepping = session_.stepping();
  if (auto ok = stepping.start(debugger_, target, std::move(request)); !ok) return pass(ok);
  StepOutcome out;
  if (debugger_.GetAsync()) {
    stepping.asynchronous = true;
    if (lldb::SBError error = process.Continue(); error.Fail()) {
      stepping.end();
      return fail(Errc::internal, "process: does not go on: " + text_of(error.GetCString()));
    }
    out.why = StepOutcome::Why::running;
    return out;
  }
  for (int spurious = 0; spurious < kSpuriousStops;) {
    if (lldb::SBError error = process.Continue(); error.Fail()) {
      stepping.end();
      return fail(Errc::internal, "process: does not go on: " + text_of(error.GetCString()));
    }
    if (process.GetState() == lldb::eStateExited) {
      stepping.end();
      out.why = StepOutcome::Why::exited;
      out.exit_status = process.GetExitStatus();
      return out;
    }
    if (process.GetState() != lldb::eStateStopped) break;
    if (auto ended = stepping.at_stop(process)) {
      stepping.end();
      return *ended;
    }
    if (host_.interrupted()) {
      stepping.end();
      out.why = StepOutcome::Why::other;
      out.reason = "interrupted";
      return out;
    }
    if (nobody_stopped(process)) ++spurious;
  }
  stepping.end();
  return fail(Errc::internal, "process: is neither stopped nor has it ended");
}

Result<std::vector<int>> LldbExecution::trap(std::vector<CalledEntry> entries, const std::string& name) {
  lldb::SBTarget target = debugger_.GetSelectedTarget();
  if (!target.IsValid()) return fail(Errc::no_target, "target: there is none", "load a program with `target create FILE`");
  lldb::SBProcess process = target.GetProcess();
  if (process.IsValid() && process_kind(target, process) == ProcessKind::core) {
    return fail(Errc::unsupported, "process: a core file does not run", "start the program with `run`");
  }
  // The bridge puts another module in the program's place, and LLDB drops breakpoints at addresses of the old one: first.
  if (session_.bridge().automatic()) session_.bridge().apply(target);
  auto found = session_.image(target);
  if (!found) return pass(found);
  return session_.call_traps().add(target, found->slide, std::move(entries), name);
}

LateStep end_late_step(lldb::SBDebugger debugger, Session& session, lldb::SBProcess process) {
  Stepping& stepping = session.stepping();
  if (!stepping.active() || !stepping.asynchronous || !stepping.is_of(process)) return {};
  auto outcome = stepping.at_stop(process);
  if (!outcome) return {true, {}};
  StepRequest request = stepping.request();
  stepping.end();
  LldbHost host(debugger, session);
  bool at_end = outcome->kind == StopPoint::Kind::ended || outcome->kind == StopPoint::Kind::panicking;
  if (request.more > 0 && outcome->why == StepOutcome::Why::done && !at_end) {
    auto plan = request.again(host);
    if (!plan) return {false, plan.error().text() + "\n"};
    if (plan->points.empty()) return {false, request.report(host, *outcome)};
    --request.more;
    request.plan = std::move(*plan);
    host.release();
    auto started = stepping.start(debugger, debugger.GetSelectedTarget(), std::move(request));
    if (!started) return {false, started.error().text() + "\n"};
    stepping.asynchronous = true;
    return {true, {}};
  }
  return {false, request.report(host, *outcome)};
}

}  // namespace lldbgo
