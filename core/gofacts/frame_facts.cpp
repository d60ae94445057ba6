// Go 1.21 was the release of frame pointers: the prologue became the usual PUSHQ BP; MOVQ SP,BP, and NOSPLIT assembly
// functions without locals got a saved BP too as soon as they make calls (cmd/internal/obj/x86/obj6.go preprocess), so
// that the execution tracer can walk the BP chain through systemstack and friends. A function that must not is marked
// NOFRAME.
#include "core/gofacts/frame_facts.h"

#include <algorithm>

#include "core/gofacts/since.h"

namespace lldbgo {
namespace {

// cmd/internal/obj/x86/obj6.go
constexpr Since<BpPrologue> kBpPrologue[] = {{15, BpPrologue::sub_mov_lea}, {21, BpPrologue::push_mov_sub}};
constexpr Since<bool> kFramelessSavesBp[] = {{15, false}, {21, true}};
// runtime/asm_amd64.s gosave_systemstack_switch: past the prologue that systemstack_switch has since it saves BP.
constexpr Since<std::uint64_t> kSwitchOffset[] = {{15, 0}, {21, 8}};
// runtime/asm_amd64.s systemstack
constexpr Since<bool> kFakesMstart[] = {{15, true}, {17, false}};
// runtime/asm_amd64.s asmcgocall
struct Asmcgocall {
  std::uint64_t g_slot, depth_slot;
  bool landingpad;
};
constexpr Since<Asmcgocall> kAsmcgocall[] = {{15, {48, 40, false}}, {22, {8, 0, true}}};
// runtime/asm_amd64.s mcall, morestack
constexpr Since<bool> kSwitchClearsBp[] = {{15, false}, {25, true}};
// runtime/traceback.go
constexpr Since<bool> kDebugCallInjects[] = {{15, false}, {19, true}};
// runtime/sys_linux_amd64.s; renamed so that gdb recognises it.
constexpr Since<std::string_view> kSigreturn[] = {{15, "runtime.sigreturn"}, {21, "runtime.sigreturn__sigaction"}};
// runtime/preempt_amd64.s; since 1.26 the vector registers go to the P (runtime/preempt_xreg.go).
struct AsyncPreempt {
  std::uint64_t save;
  bool xmm;
};
constexpr Since<AsyncPreempt> kAsyncPreempt[] = {{15, {368, true}}, {26, {112, false}}};
// cmd/internal/obj/x86/obj6.go, wrapper prologue
constexpr Since<bool> kPanicArgp[] = {{15, true}, {26, false}};

static_assert(rows_ascend(kBpPrologue) && rows_ascend(kFramelessSavesBp) && rows_ascend(kSwitchOffset));
static_assert(rows_ascend(kFakesMstart) && rows_ascend(kAsmcgocall) && rows_ascend(kSwitchClearsBp));
static_assert(rows_ascend(kDebugCallInjects) && rows_ascend(kSigreturn) && rows_ascend(kAsyncPreempt) &&
              rows_ascend(kPanicArgp));

// runtime/traceback.go topofstack up to 1.16.
constexpr FuncId kTopUpTo116[] = {FuncId::goexit,    FuncId::mstart, FuncId::mcall,
                                  FuncId::morestack, FuncId::rt0_go, FuncId::externalthreadhandler};

// Marked SPWRITE by the assembler of 1.19 - 1.21, which has the same bodies.
constexpr std::string_view kSpWritersUpTo116[] = {
    "runtime.gogo",        "runtime.rt0_go",      "runtime.mcall",
    "runtime.systemstack", "runtime.morestack",   "runtime.asmcgocall",
    "runtime.nanotime1",   "runtime.walltime1",   "runtime.callCgoSigaction",
    "runtime.sigfwd",      "runtime.callCgoMmap", "runtime.callCgoMunmap",
    "runtime.clone",       "runtime.jmpdefer",
};

bool before_1_17(const GoVersion& v) {
  return v.major < 1 || (v.major == 1 && v.minor < 17);
}

}  // namespace

FrameFacts frame_facts(const GoVersion& version) {
  FrameFacts out;
  out.bp_prologue = since(kBpPrologue, version);
  out.frameless_nosplit_saves_bp = since(kFramelessSavesBp, version);
  out.systemstack_switch_offset = since(kSwitchOffset, version);
  out.systemstack_fakes_mstart = since(kFakesMstart, version);
  const Asmcgocall& cgo = since(kAsmcgocall, version);
  out.asmcgocall_g_slot = cgo.g_slot;
  out.asmcgocall_depth_slot = cgo.depth_slot;
  out.asmcgocall_landingpad = cgo.landingpad;
  out.switch_clears_bp = since(kSwitchClearsBp, version);
  out.debug_call_injects = since(kDebugCallInjects, version);
  out.sigreturn = since(kSigreturn, version);
  const AsyncPreempt& preempt = since(kAsyncPreempt, version);
  out.async_preempt_save = preempt.save;
  out.async_preempt_saves_xmm = preempt.xmm;
  out.panic_argp = since(kPanicArgp, version);
  return out;
}

bool top_frame(const GoVersion& version, const Func& f, bool on_g0) {
  if (!before_1_17(version)) return f.flags.top_frame;
  if (on_g0 && f.id == FuncId::asmcgocall) return true;
  return std::find(std::begin(kTopUpTo116), std::end(kTopUpTo116), f.id) != std::end(kTopUpTo116);
}

bool writes_sp(const GoVersion& version, const Func& f) {
  if (!before_1_17(version)) return f.flags.sp_write;
  return std::find(std::begin(kSpWritersUpTo116), std::end(kSpWritersUpTo116), f.name) != std::end(kSpWritersUpTo116);
}

bool injects_call(const GoVersion& version, FuncId id) {
  if (id == FuncId::debug_call) return since(kDebugCallInjects, version);
  return id == FuncId::sigpanic || id == FuncId::async_preempt;
}

}  // namespace lldbgo
