#include "core/heap/stack_places.h"

#include <algorithm>

#include "core/frame/frame_map.h"
#include "core/unwind/unwinder.h"

namespace lldbgo {
namespace {

constexpr std::size_t kMaxFrames = 4096;

const Slot* slot_at(const FrameMap& map, LoadAddr at) {
  auto slot = std::find_if(map.slots.begin(), map.slots.end(),
                           [&](const Slot& s) { return s.address <= at && at.value - s.address.value < s.size; });
  return slot == map.slots.end() ? nullptr : &*slot;
}

void take_slot(const PhysicalFrame& frame, const Slot& slot, LoadAddr at, StackPlace& place) {
  place.frame = frame.entries.back().function;
  place.slot = slot.name;
  place.slot_kind = slot_kind_name(slot.kind);
  place.slot_offset = at.value - slot.address.value;
  place.type = slot.type;
}

}  // namespace

const Stack* StackPlaces::stack_of(const Goroutine& g) {
  auto [known, added] = stacks_.try_emplace(g.g);
  if (added) {
    UnwindOptions options;
    options.limit = kMaxFrames;
    if (auto stack = Unwinder(process_, scheduler_).goroutine(g, options)) known->second = std::move(*stack);
  }
  return known->second ? &*known->second : nullptr;
}

// What lies above fp is the callee's too: its arguments, which its own map names better than the caller's.
void StackPlaces::find_frame(const Stack& stack, LoadAddr at, StackPlace& place) {
  auto on_it = [&](const PhysicalFrame& f) { return place.stack.lo <= f.sp && f.sp <= place.stack.hi; };
  bool any = false;
  for (std::size_t i = 0; i < stack.frames.size(); ++i) {
    const PhysicalFrame& frame = stack.frames[i];
    if (!on_it(frame) || !frame.sp_delta || frame.entries.empty()) continue;
    if (!any && at < frame.sp) {
      place.below_sp = true;
      return;
    }
    any = true;
    if (at >= frame.fp) continue;
    if (at < frame.sp) return;  // between two frames: of none that is known
    place.frame = frame.entries.back().function;
    if (i > 0 && on_it(stack.frames[i - 1]) && stack.frames[i - 1].sp_delta) {
      auto callee = build_frame_map(process_, stack, i - 1);
      const Slot* slot = callee ? slot_at(*callee, at) : nullptr;
      if (slot != nullptr && !slot->name.empty()) {
        take_slot(stack.frames[i - 1], *slot, at, place);
        return;
      }
    }
    if (auto map = build_frame_map(process_, stack, i)) {
      if (const Slot* slot = slot_at(*map, at)) take_slot(frame, *slot, at, place);
    }
    return;
  }
  if (stack.end.kind != StackEnd::Kind::top) place.problem = stack.end.reason;
}

std::optional<StackPlace> StackPlaces::goroutine(LoadAddr at) {
  if (!goroutines_) {
    auto list = scheduler_.goroutines();
    goroutines_ = list ? std::move(list->goroutines) : std::vector<Goroutine>();
    std::sort(goroutines_->begin(), goroutines_->end(), [](auto& a, auto& b) { return a.stack.lo < b.stack.lo; });
  }
  auto next = std::upper_bound(goroutines_->begin(), goroutines_->end(), at,
                               [](LoadAddr a, const Goroutine& g) { return a < g.stack.lo; });
  if (next == goroutines_->begin() || !std::prev(next)->stack.contains(at)) return std::nullopt;
  const Goroutine& g = *std::prev(next);
  StackPlace out;
  out.goroutine = g.id;
  out.stack = g.stack;
  if (const Stack* stack = stack_of(g)) {
    out.thread = stack->thread;
    find_frame(*stack, at, out);
  }
  return out;
}

std::optional<StackPlace> StackPlaces::thread(LoadAddr at, const std::optional<MemoryRegion>& region) {
  for (ThreadId id : process_.threads().threads()) {
    auto state = scheduler_.thread(id);
    if (!state) continue;
    StackPlace out;
    out.thread = id;
    auto lies_on = [&](LoadAddr g, StackKind kind) {
      if (!g) return false;
      auto goroutine = scheduler_.goroutine(g);
      if (!goroutine || !goroutine->stack.contains(at)) return false;
      out.kind = kind;
      out.stack = goroutine->stack;
      return true;
    };
    bool found = state->machine && (lies_on(state->machine->gsignal, StackKind::signal) ||
                                    lies_on(state->machine->g0, StackKind::system));
    if (!found) {
      // On a thread that C made, and on the first one, the bounds in g0 are an estimate; SP is in the same mapping.
      if (!region || !region->mapped || !region->range.contains(state->registers.sp())) continue;
      bool on_goroutine = state->machine && state->running_g && *state->running_g == state->machine->curg;
      if (on_goroutine) continue;
      out.kind = state->machine ? StackKind::system : StackKind::c;
      out.stack = region->range;
    }
    if (auto stack = Unwinder(process_, scheduler_).thread(id)) find_frame(*stack, at, out);
    return out;
  }
  return std::nullopt;
}

}  // namespace lldbgo
