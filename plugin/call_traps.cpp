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
    std::sort(entry.returns.begin(), entry.returns.end());
    {
      std::lock_guard one_at_a_time(mutex_);
      entries_[{target.GetExecutable().GetFilename() ? target.GetExecutable().GetFilename() : "", breakpoint.GetID()}] =
          std::move(entry);
    }
    breakpoint.SetCallback(called, this);
    out.push_back(breakpoint.GetID());
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

bool CallTraps::came_by_call(lldb::SBProcess process, lldb::SBThread thread, lldb::SBBreakpointLocation location) {
  lldb::SBError error;
  std::uint64_t word = process.ReadUnsignedFromMemory(thread.GetFrameAtIndex(0).GetSP(), sizeof word, error);
  if (error.Fail()) return true;
  const char* program = process.GetTarget().GetExecutable().GetFilename();
  std::lock_guard one_at_a_time(mutex_);
  auto found = entries_.find({program != nullptr ? program : "", location.GetBreakpoint().GetID()});
  if (found == entries_.end()) return true;
  const CalledEntry& entry = found->second;
  Slide slide{location.GetLoadAddress() - entry.at.value};
  return std::binary_search(entry.returns.begin(), entry.returns.end(), slide.to_file(LoadAddr(word)));
}

}  // namespace lldbgo
