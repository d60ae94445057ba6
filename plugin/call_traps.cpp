#include "plugin/call_traps.h"

#include <algorithm>

namespace lldbgo {
namespace {

/// Of the load address where there is one: such a breakpoint follows the program to where its next run loads it.
lldb::SBAddress address_in(lldb::SBTarget target, std::optional<Slide> slide, FileAddr at) {
  if (slide && target.GetProcess().IsValid()) return target.ResolveLoadAddress(slide->to_load(at).value);
  return target.GetModuleAtIndex(0).ResolveFileAddress(at.value);
}

}  // namespace

Result<std::vector<int>> CallTraps::add(lldb::SBTarget target, std::optional<Slide> slide,
                                        std::vector<CalledEntry> entries, const std::string& name) {
  std::vector<int> out;
  for (CalledEntry& entry : entries) {
    lldb::SBAddress address = address_in(target, slide, entry.at);
    lldb::SBBreakpoint breakpoint = target.BreakpointCreateBySBAddress(address);
    if (!address.IsValid() || !breakpoint.IsValid()) {
      for (int id : out) target.BreakpointDelete(id);
      return fail(Errc::internal, "breakpoint: LLDB does not set one");
    }
    breakpoint.AddName(name.c_str());
    out.push_back(breakpoint.GetID());
    if (entry.returns.empty()) continue;
    std::sort(entry.returns.begin(), entry.returns.end());
    {
      std::lock_guard one_at_a_time(mutex_);
      entries_[{program_of(target), breakpoint.GetID()}] = std::move(entry);
    }
    breakpoint.SetCallback(called, this);
  }
  return out;
}

bool CallTraps::called(void* self, lldb::SBProcess& process, lldb::SBThread& thread,
                       lldb::SBBreakpointLocation& location) {
  try {
    return static_cast<CallTraps*>(self)->came_by_call(process, thread, location);
  } catch (...) {
    return true;  // better one stop too many
  }
}

std::string CallTraps::program_of(lldb::SBTarget target) {
  const char* name = target.GetExecutable().GetFilename();
  return name != nullptr ? name : "";
}

bool CallTraps::came_by_call(lldb::SBProcess process, lldb::SBThread thread, lldb::SBBreakpointLocation location) {
  lldb::SBError error;
  std::uint64_t word = process.ReadUnsignedFromMemory(thread.GetFrameAtIndex(0).GetSP(), sizeof word, error);
  if (error.Fail()) return true;
  std::lock_guard one_at_a_time(mutex_);
  auto found = entries_.find({program_of(process.GetTarget()), location.GetBreakpoint().GetID()});
  if (found == entries_.end()) return true;
  const CalledEntry& entry = found->second;
  Slide slide{location.GetLoadAddress() - entry.at.value};
  bool called = std::binary_search(entry.returns.begin(), entry.returns.end(), slide.to_file(LoadAddr(word)));
  if (called) called_.push_back(thread.GetThreadID());
  return called;
}

void CallTraps::select_called(lldb::SBProcess process) {
  std::vector<std::uint64_t> called;
  {
    std::lock_guard one_at_a_time(mutex_);
    called.swap(called_);
  }
  lldb::SBThread selected = process.GetSelectedThread();
  if (called.empty() || std::find(called.begin(), called.end(), selected.GetThreadID()) != called.end()) return;
  if (selected.GetStopReason() == lldb::eStopReasonBreakpoint) {
    auto id = static_cast<lldb::break_id_t>(selected.GetStopReasonDataAtIndex(0));
    std::lock_guard one_at_a_time(mutex_);
    if (entries_.find({program_of(process.GetTarget()), id}) == entries_.end()) return;
  }
  for (std::uint64_t id : called) {
    lldb::SBThread thread = process.GetThreadByID(id);
    if (thread.GetStopReason() == lldb::eStopReasonBreakpoint) {
      process.SetSelectedThread(thread);
      return;
    }
  }
}

}  // namespace lldbgo
