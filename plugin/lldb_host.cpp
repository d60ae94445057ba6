#include "plugin/lldb_host.h"

#include <dlfcn.h>
#include <unistd.h>

#include <string>

#include "core/base/text.h"
#include "plugin/lldb_text.h"
#include "plugin/process_kind.h"

namespace lldbgo {
namespace {

// SBDebugger::InterruptRequested came with LLDB 17; calling a symbol that the host lacks would end the process.
bool interrupt_requested(lldb::SBDebugger& debugger) {
  using Function = bool (*)(lldb::SBDebugger*);
  static const auto function =
      reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, "_ZN4lldb10SBDebugger18InterruptRequestedEv"));
  return function != nullptr && function(&debugger);
}

Result<> stopped(lldb::SBProcess& process) {
  constexpr const char* kStart =
      "start one with `run` or `attach`, or load a core with `target create FILE --core CORE`";
  if (!process.IsValid()) return fail(Errc::no_process, "process: there is none", kStart);
  switch (process.GetState()) {
    case lldb::eStateStopped:
    case lldb::eStateCrashed:
    case lldb::eStateSuspended:
      return {};
    case lldb::eStateRunning:
    case lldb::eStateStepping:
      return fail(Errc::no_process, "process: it is running", "stop it with `process interrupt`");
    case lldb::eStateAttaching:
    case lldb::eStateLaunching:
      return fail(Errc::no_process, "process: it is starting", "wait until it stops");
    case lldb::eStateExited:
      return fail(Errc::no_process, "process: it has exited", kStart);
    case lldb::eStateDetached:
      return fail(Errc::no_process, "process: LLDB has detached from it", kStart);
    default:
      return fail(Errc::no_process, "process: there is none", kStart);
  }
}

}  // namespace

LldbHost::~LldbHost() {
  release();
}

void LldbHost::release() {
  if (bound_ != nullptr) bound_->unbind();
  bound_ = nullptr;
}

// LLDB says 80 where it has no terminal; then nothing is gained by narrow lines.
unsigned LldbHost::width() {
  return isatty(STDOUT_FILENO) != 0 ? debugger_.GetTerminalWidth() : 0;
}

bool LldbHost::color() {
  return debugger_.GetUseColor();
}

bool LldbHost::interrupted() {
  return debugger_.GetCommandInterpreter().WasInterrupted() || interrupt_requested(debugger_);
}

Result<std::shared_ptr<const GoImage>> LldbHost::image() {
  lldb::SBTarget target = debugger_.GetSelectedTarget();
  if (!target.IsValid())
    return fail(Errc::no_target, "target: there is none", "load a program with `target create FILE`");
  auto found = session_.image(target);
  if (!found) return pass(found);
  return found->image;
}

Result<ProcessSession*> LldbHost::bound() {
  if (bound_ != nullptr) return bound_;
  lldb::SBTarget target = debugger_.GetSelectedTarget();
  if (!target.IsValid())
    return fail(Errc::no_target, "target: there is none", "load a program with `target create FILE`");
  lldb::SBProcess process = target.GetProcess();
  if (auto ok = stopped(process); !ok) return pass(ok);
  auto session = session_.process(target, process);
  if (!session) return pass(session);
  bound_ = *session;
  return bound_;
}

Result<GoProcess*> LldbHost::process() {
  auto session = bound();
  if (!session) return pass(session);
  return &(*session)->process();
}

Result<const Scheduler*> LldbHost::scheduler() {
  auto session = bound();
  if (!session) return pass(session);
  return (*session)->scheduler();
}

std::optional<ProcessInfo> LldbHost::process_info() {
  lldb::SBTarget target = debugger_.GetSelectedTarget();
  lldb::SBProcess process = target.GetProcess();
  if (!target.IsValid() || !stopped(process)) return std::nullopt;
  return ProcessInfo{process.GetProcessID(), process_kind(target, process)};
}

// SBProcess takes its breakpoints out of what it reads.
Result<std::vector<std::byte>> LldbHost::code(LoadAddr at, std::size_t size) {
  lldb::SBProcess process = debugger_.GetSelectedTarget().GetProcess();
  std::vector<std::byte> out(size);
  lldb::SBError error;
  std::size_t read = size != 0 ? process.ReadMemory(at.value, out.data(), size, error) : 0;
  if (read != size) return fail(Errc::unreadable, "code at " + hex(at.value) + ": cannot be read");
  return out;
}

std::optional<SelectedFrame> LldbHost::selected_frame() {
  lldb::SBThread thread = debugger_.GetSelectedTarget().GetProcess().GetSelectedThread();
  lldb::SBFrame frame = thread.GetSelectedFrame();
  if (!frame.IsValid()) return std::nullopt;
  SelectedFrame out{LoadAddr(frame.GetPC()), LoadAddr(frame.GetSP()), 0};
  for (std::uint32_t i = frame.GetFrameID(); i > 0; --i) {
    lldb::SBFrame inner = thread.GetFrameAtIndex(i - 1);
    if (!inner.IsInlined() || inner.GetCFA() != frame.GetCFA()) break;
    ++out.inline_depth;
  }
  return out;
}

Result<std::uint64_t> LldbHost::evaluate(const std::string& expression) {
  lldb::SBFrame frame = debugger_.GetSelectedTarget().GetProcess().GetSelectedThread().GetSelectedFrame();
  auto no_value = [&](const std::string& why) {
    return fail(Errc::invalid_argument, "expression " + printable(expression) + ": " + why, "give an address, $register or an expression");
  };
  if (!frame.IsValid()) return no_value("no frame is selected");
  if (expression.starts_with('$')) {
    std::string name = expression.substr(1);
    for (std::size_t i = 0; i < kRegCount; ++i) {
      if (name == go_reg_name(static_cast<Reg>(i))) name = reg_name(static_cast<Reg>(i));
    }
    lldb::SBValue value = frame.FindRegister(name.c_str());
    lldb::SBError error;
    if (value.IsValid()) {
      std::uint64_t number = value.GetValueAsUnsigned(error, 0);
      if (error.Success()) return number;
    }
  }
  lldb::SBExpressionOptions options;
  options.SetIgnoreBreakpoints(true);
  options.SetTryAllThreads(false);
  options.SetUnwindOnError(true);
  options.SetAllowJIT(false);                   // nothing may run in the program
  options.SetLanguage(lldb::eLanguageTypeC99);  // LLDB has no other for Go, and without the bridge it says so
  lldb::SBValue value = frame.EvaluateExpression(expression.c_str(), options);
  if (!value.IsValid() || value.GetError().Fail()) {
    std::string why = value.IsValid() ? text_of(value.GetError().GetCString()) : "";
    while (!why.empty() && (why.back() == '\n' || why.back() == '.')) why.pop_back();
    return no_value(why.empty() ? "has no value" : printable(why.substr(0, why.find('\n'))));
  }
  lldb::SBError error;
  bool is_signed = (value.GetType().GetCanonicalType().GetTypeFlags() & lldb::eTypeIsSigned) != 0;
  std::uint64_t number = is_signed ? static_cast<std::uint64_t>(value.GetValueAsSigned(error, 0))
                                   : value.GetValueAsUnsigned(error, 0);
  if (error.Fail()) return no_value("its value is no number");
  return number;
}

}  // namespace lldbgo
