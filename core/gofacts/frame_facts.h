// What a Go version's frames look like where its tables do not say: stack switches, ends of stacks, injected calls.
#pragma once

#include <cstdint>

#include "core/gofacts/go_version.h"
#include "core/pclntab/pclntab.h"

namespace lldbgo {

struct FrameFacts {
  /// systemstack pushes runtime.mstart on the g0 stack as a fake return address.
  bool systemstack_fakes_mstart = false;
  /// asmcgocall on g0: slots above its SP that hold the caller's g and its depth below g.stack.hi, seen from the SP
  /// before the call of the C function.
  std::uint64_t asmcgocall_g_slot = 8, asmcgocall_depth_slot = 0;
};

FrameFacts frame_facts(const GoVersion& version);

/// The runtime's unwinder ends the stack at this function: flag TOPFRAME, before 1.17 a list of functions.
/// (Up to 1.16 asmcgocall on g0 ended it too; we go on to its goroutine.)
bool top_frame(const GoVersion& version, const Func& f);

/// The runtime's unwinder does not trust the SP of this function's caller. Before 1.17 nothing says so in the tables;
/// the functions are those that the assembler marks since then.
bool writes_sp(const GoVersion& version, const Func& f);

/// The function is an injected call: the frame below it stands at its pc, not after a call (sigpanic, asyncPreempt,
/// debugCall).
bool injects_call(const GoVersion& version, const Func& f);

}  // namespace lldbgo
