#include "core/gofacts/frame_facts.h"

#include <algorithm>

#include "core/gofacts/since.h"

namespace lldbgo {
namespace {

// runtime/asm_amd64.s systemstack
constexpr Since<bool> kFakesMstart[] = {{15, true}, {17, false}};
// runtime/asm_amd64.s asmcgocall
struct Asmcgocall {
  std::uint64_t g_slot, depth_slot;
};
constexpr Since<Asmcgocall> kAsmcgocall[] = {{15, {48, 40}}, {22, {8, 0}}};
// runtime/traceback.go
constexpr Since<bool> kDebugCallInjects[] = {{15, false}, {19, true}};

static_assert(rows_ascend(kFakesMstart) && rows_ascend(kAsmcgocall) && rows_ascend(kDebugCallInjects));

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
  const Asmcgocall& cgo = since(kAsmcgocall, version);
  return {since(kFakesMstart, version), cgo.g_slot, cgo.depth_slot};
}

bool top_frame(const GoVersion& version, const Func& f) {
  if (!before_1_17(version)) return f.flags.top_frame;
  return std::find(std::begin(kTopUpTo116), std::end(kTopUpTo116), f.id) != std::end(kTopUpTo116);
}

bool writes_sp(const GoVersion& version, const Func& f) {
  if (!before_1_17(version)) return f.flags.sp_write;
  return std::find(std::begin(kSpWritersUpTo116), std::end(kSpWritersUpTo116), f.name) != std::end(kSpWritersUpTo116);
}

bool injects_call(const GoVersion& version, const Func& f) {
  if (f.id == FuncId::debug_call) return since(kDebugCallInjects, version);
  // The handler pushes sigpanic0 (1.17+, runtime/signal_amd64.go preparePanic), which jumps to sigpanic.
  return f.id == FuncId::sigpanic || f.id == FuncId::async_preempt || f.name == "runtime.sigpanic0";
}

}  // namespace lldbgo
