#include "plugin/stepping.h"

#include <algorithm>
#include <array>

#include "plugin/lldb_host.h"
#include "plugin/session.h"

namespace lldbgo {
namespace {

std::optional<std::uint64_t> word_at(lldb::SBProcess process, LoadAddr at) {
  lldb::SBError error;
  std::uint64_t word = process.ReadUnsignedFromMemory(at.value, sizeof word, error);
  return error.Success() ? std::optional(word) : std::nullopt;
}

std::string description(lldb::SBThread thread) {
  std::array<char, 256> text{};
  thread.GetStopDescription(text.data(), text.size());
  return text.data();
}

}  // namespace

bool stops_nobody(lldb::SBProcess process, lldb::SBThread thread) {
  lldb::StopReason reason = thread.GetStopReason();
  if (reason == lldb::eStopReasonNone || reason == lldb::eStopReasonInvalid) return true;
  return reason == lldb::eStopReasonSignal && thread.GetStopReasonDataCount() > 0 &&
         !process.GetUnixSignals().GetShouldStop(static_cast<std::int32_t>(thread.GetStopReasonDataAtIndex(0)));
}

Result<> Stepping::start(lldb::SBDebugger debugger, lldb::SBTarget target, StepRequest request) {
  end();
  debugger_ = debugger;
  target_ = target;
  process_id_ = target.GetProcess().GetUniqueID();
  std::vector<StopPoint> points = std::move(request.plan.points);
  request.plan.points.clear();
  request_ = std::move(request);
  if (auto ok = add(points); !ok) {
    end();
    return ok;
  }
  return {};
}

bool Stepping::is_of(lldb::SBProcess process) const {
  return active() && process.GetUniqueID() == process_id_;
}

Result<> Stepping::add(const std::vector<StopPoint>& points) {
  std::vector<StopPoint>& known = request_->plan.points;
  for (const StopPoint& point : points) {
    auto same = [&](const StopPoint& p) { return p.at == point.at; };
    bool trapped = std::any_of(known.begin(), known.end(), same);
    known.push_back(point);
    if (trapped) continue;
    lldb::SBBreakpoint breakpoint = target_.BreakpointCreateByAddress(point.at.value);
    if (!breakpoint.IsValid()) return fail(Errc::internal, "breakpoint: LLDB does not set one");
    breakpoint.SetCallback(filter, this);
    breakpoints_.push_back(breakpoint.GetID());
  }
  return {};
}

bool Stepping::filter(void* self, lldb::SBProcess& process, lldb::SBThread& thread,
                      lldb::SBBreakpointLocation& location) {
  auto& stepping = *static_cast<Stepping*>(self);
  try {
    std::lock_guard one_at_a_time(stepping.session_.mutex());
    return stepping.active() && stepping.wanted(process, thread, LoadAddr(location.GetLoadAddress()));
  } catch (...) {
    return true;  // better one stop too many
  }
}

bool Stepping::wanted(lldb::SBProcess process, lldb::SBThread thread, LoadAddr at) {
  const StepPlan& plan = request_->plan;
  std::uint64_t sp = thread.GetFrameAtIndex(0).GetSP();
  // g.stack is the first field in every version.
  auto lo = word_at(process, plan.g), hi = word_at(process, plan.g + 8),
       id = word_at(process, plan.g + plan.goid_offset);
  if (!lo || !hi || sp < *lo || sp > *hi || id != static_cast<std::uint64_t>(plan.goroutine)) return false;
  std::vector<StopPoint> more;
  for (const StopPoint& point : plan.points) {
    if (point.at != at || *hi - (sp + point.frame_bytes) > point.deepest) continue;
    if (point.kind != StopPoint::Kind::call) {
      hit_ = Hit{point.kind, thread.GetThreadID()};
      return true;
    }
    LldbHost host(debugger_, session_);
    auto bound = host.process();
    if (!bound) continue;
    auto registers = (*bound)->threads().registers(ThreadId{thread.GetThreadID()});
    if (registers) more = plan.into(host, *registers, at);
    break;
  }
  // A callee that cannot be trapped is gone over.
  (void)add(more);
  return false;
}

std::optional<StepOutcome> Stepping::at_stop(lldb::SBProcess process) {
  StepOutcome out;
  if (hit_) {
    out.kind = hit_->kind;
    lldb::SBThread thread = process.GetThreadByID(hit_->thread);
    process.SetSelectedThread(thread);
    description(thread);  // LLDB keeps it, and the breakpoint will be gone
    return out;
  }
  out.why = StepOutcome::Why::other;
  for (std::uint32_t i = 0; i < process.GetNumThreads(); ++i) {
    lldb::SBThread thread = process.GetThreadAtIndex(i);
    if (stops_nobody(process, thread)) continue;
    out.reason = description(thread);
    process.SetSelectedThread(thread);
    return out;
  }
  return std::nullopt;
}

void Stepping::end() {
  for (lldb::break_id_t id : breakpoints_) target_.BreakpointDelete(id);
  breakpoints_.clear();
  request_.reset();
  hit_.reset();
  asynchronous = false;
}

}  // namespace lldbgo
