#include "core/unwind/stack.h"

namespace lldbgo {

const char* found_by_name(FoundBy f) {
  switch (f) {
    case FoundBy::registers: return "registers";
    case FoundBy::pcsp: return "pcsp";
    case FoundBy::gobuf: return "gobuf";
    case FoundBy::sigcontext: return "sigcontext";
    case FoundBy::cfi: return "cfi";
    case FoundBy::frame_pointer: return "frame-pointer";
    case FoundBy::stack_switch: return "stack-switch";
  }
  return "registers";
}

const char* checks_name(Checks c) {
  switch (c) {
    case Checks::agree: return "agree";
    case Checks::disagree: return "disagree";
    case Checks::none: return "none";
  }
  return "none";
}

const char* stack_kind_name(StackKind k) {
  switch (k) {
    case StackKind::goroutine: return "goroutine";
    case StackKind::system: return "system";
    case StackKind::signal: return "signal";
    case StackKind::c: return "c";
  }
  return "c";
}

const char* abi_name(Abi a) { return a == Abi::abi0 ? "ABI0" : "ABIInternal"; }

std::vector<VisibleFrame> visible_frames(const Stack& stack, bool raw) {
  std::vector<VisibleFrame> out;
  for (std::size_t p = 0; p < stack.frames.size(); ++p) {
    const auto& entries = stack.frames[p].entries;
    // A thread that stands in a wrapper stands there.
    if (p == 0 && stack.frames[p].found_by == FoundBy::registers && !entries.empty() && entries.back().hidden) {
      out.push_back({p, entries.size() - 1});
      continue;
    }
    for (std::size_t l = 0; l < entries.size(); ++l) {
      if (raw || !entries[l].hidden) out.push_back({p, l});
    }
  }
  return out;
}

}  // namespace lldbgo
