#include "plugin/stepping.h"

#include <algorithm>
#include <array>
#include <csignal>

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

std::size_t one_shots(lldb::SBTarget target) {
  std::size_t out = 0;
  for (std::uint32_t i = 0; i < target.GetNumBreakpoints(); ++i)
    out += target.GetBreakpointAtIndex(i).IsOneShot() ? 1 : 0;
  return out;
}

LoadAddr pc_of(lldb::SBThread thread) {
  return LoadAddr(thread.GetFrameAtIndex(0).GetPC());
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
  if (std::uint32_t id = target.GetProcess().GetUniqueID(); id != process_id_) {
    process_id_ = id;
    own_.clear();
    trapped_.clear();
  }
  one_shots_ = one_shots(target);
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
    if (std::find(known.begin(), known.end(), point) != known.end()) continue;
    auto same = [&](const StopPoint& p) { return p.at == point.at; };
    bool trapped = std::any_of(known.begin(), known.end(), same);
    known.push_back(point);
    if (trapped) continue;
    lldb::SBBreakpoint breakpoint = target_.BreakpointCreateByAddress(point.at.value);
    if (!breakpoint.IsValid()) return fail(Errc::internal, "breakpoint: LLDB does not set one");
    breakpoint.SetCallback(filter, this);
    breakpoints_.push_back(breakpoint.GetID());
    own_.insert(breakpoint.GetID());
    trapped_.insert(point.at);
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
  auto there = [&](const StopPoint& p) { return p.at == at; };
  if (std::none_of(plan.points.begin(), plan.points.end(), there)) return false;
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
  if (hit_) return done(process);
  bool one_shot_hit = one_shots(target_) < one_shots_;
  for (std::uint32_t i = 0; i < process.GetNumThreads(); ++i) {
    lldb::SBThread thread = process.GetThreadAtIndex(i);
    if (stops_nobody(process, thread) || (!one_shot_hit && only_of_steps(thread))) continue;
    StepOutcome out;
    out.why = StepOutcome::Why::other;
    out.reason = description(thread);
    process.SetSelectedThread(thread);
    return out;
  }
  for (std::uint32_t i = 0; i < process.GetNumThreads(); ++i) {
    lldb::SBThread thread = process.GetThreadAtIndex(i);
    // LLDB goes on over a breakpoint at which a thread was held, and asks nobody.
    if (wanted(process, thread, pc_of(thread))) return done(process);
  }
  return std::nullopt;
}

StepOutcome Stepping::done(lldb::SBProcess process) {
  StepOutcome out;
  out.kind = hit_->kind;
  lldb::SBThread thread = process.GetThreadByID(hit_->thread);
  process.SetSelectedThread(thread);
  description(thread);  // LLDB keeps it, and the breakpoint will be gone
  return out;
}

bool Stepping::only_of_steps(lldb::SBThread thread) const {
  lldb::StopReason reason = thread.GetStopReason();
  std::size_t data = thread.GetStopReasonDataCount();
  if (reason == lldb::eStopReasonTrace) return true;
  if (reason == lldb::eStopReasonSignal)
    return data > 0 && thread.GetStopReasonDataAtIndex(0) == SIGTRAP && trapped_.count(pc_of(thread)) > 0;
  if (reason != lldb::eStopReasonBreakpoint) return false;
  if (data == 0) return trapped_.count(pc_of(thread)) > 0;
  for (std::size_t i = 0; i < data; i += 2) {  // ids of a breakpoint and its location
    if (own_.count(static_cast<lldb::break_id_t>(thread.GetStopReasonDataAtIndex(i))) == 0) return false;
  }
  return true;
}

void Stepping::end() {
  for (lldb::break_id_t id : breakpoints_) target_.BreakpointDelete(id);
  breakpoints_.clear();
  request_.reset();
  hit_.reset();
  asynchronous = false;
}

}  // namespace lldbgo
