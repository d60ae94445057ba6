// Why LLDB reports one pass of a Go program over a breakpoint twice, and how the second report is known.
//
// Go preempts a goroutine by sending SIGURG to its thread. When the signal arrives together with a breakpoint, the
// thread stops at the breakpoint with SIGURG pending. To go on, LLDB takes the breakpoint away and steps one
// instruction; the kernel delivers the signal first, so that step ends in the signal handler, before the instruction
// under the breakpoint has run. LLDB takes it for done and puts the breakpoint back; the handler returns (perhaps much
// later, on another thread: the handler may have another goroutine scheduled) and the instruction traps again.
//
// So a thread that was stopped by a breakpoint with SIGURG pending comes back to the same pc with the same SP without
// having passed it, and nothing else can arrive there in between: SP lies on that goroutine's stack, and the runtime
// does not move the stack of a goroutine that it preempted asynchronously (runtime/stack.go isShrinkStackSafe).
#pragma once

#include <cstddef>
#include <deque>

#include "core/base/address.h"

namespace lldbgo {

/// Where a thread was stopped by a breakpoint.
struct TrapSite {
  LoadAddr pc, sp;
  bool operator==(const TrapSite&) const = default;
};

/// The traps of one process that will be reported a second time.
class Retraps {
 public:
  void expect(TrapSite site);
  /// Whether a stop at `site` is the second report that was expected; it is no longer expected then.
  bool take(TrapSite site);
  /// Forgets the sites that `gone` says cannot trap any more.
  template <class Predicate>
  void forget_if(Predicate gone) {
    std::erase_if(sites_, gone);
  }
  void clear() { sites_.clear(); }
  bool empty() const { return sites_.empty(); }

 private:
  static constexpr std::size_t kMost = 1024;
  std::deque<TrapSite> sites_;
};

}  // namespace lldbgo
