// What a Go version's frames look like where its tables do not say: saved BP, stack switches, ends of stacks.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/gofacts/go_version.h"
#include "core/pclntab/pclntab.h"

namespace lldbgo {

/// How a function with a frame stores the caller's BP.
enum class BpPrologue {
  sub_mov_lea,  ///< <= 1.20: SUBQ $N,SP; MOVQ BP,N-8(SP); LEAQ N-8(SP),BP
  push_mov_sub  ///< 1.21+: PUSHQ BP; MOVQ SP,BP; SUBQ $(N-8),SP
};

struct FrameFacts {
  BpPrologue bp_prologue = BpPrologue::push_mov_sub;
  /// A NOSPLIT assembly function of frame size 0 that makes calls saves BP (systemstack, mcall, asmcgocall, ...).
  bool frameless_nosplit_saves_bp = true;
  /// sched.pc of a goroutine inside systemstack or asmcgocall: systemstack_switch plus this.
  std::uint64_t systemstack_switch_offset = 8;
  /// systemstack pushes runtime.mstart on the g0 stack as a fake return address.
  bool systemstack_fakes_mstart = false;
  /// asmcgocall on g0: slots above its SP that hold the caller's g and its depth below g.stack.hi, seen from the SP
  /// before the call of the C function.
  std::uint64_t asmcgocall_g_slot = 8, asmcgocall_depth_slot = 0;
  /// asmcgocall calls a landing pad that jumps to C (else it calls C itself).
  bool asmcgocall_landingpad = true;
  /// mcall and morestack clear BP before they call on g0, so the saved-BP chain ends there.
  bool switch_clears_bp = true;
  /// debugCall is an injected call: the pc below it is exact, like below sigpanic and asyncPreempt.
  bool debug_call_injects = true;
  /// Name of the kernel's return trampoline of a signal handler.
  std::string_view sigreturn = "runtime.sigreturn__sigaction";
  /// asyncPreempt's frame: bytes of registers below the saved flags, and whether X0-X15 are among them.
  std::uint64_t async_preempt_save = 112;
  bool async_preempt_saves_xmm = false;
  /// Wrapper functions adjust _panic.argp in their prologue.
  bool panic_argp = false;
};

FrameFacts frame_facts(const GoVersion& version);

/// The runtime's unwinder ends the stack at this function: flag TOPFRAME, before 1.17 a list of functions. `on_g0`:
/// asmcgocall on g0 counted too, up to 1.16.
bool top_frame(const GoVersion& version, const Func& f, bool on_g0 = false);

/// The runtime's unwinder does not trust the SP of this function's caller. Before 1.17 nothing says so in the tables;
/// the functions are those that the assembler marks since then.
bool writes_sp(const GoVersion& version, const Func& f);

/// The function is an injected call: the frame below it stands at its pc, not after a call (sigpanic, asyncPreempt,
/// debugCall).
bool injects_call(const GoVersion& version, FuncId id);

}  // namespace lldbgo
