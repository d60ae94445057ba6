#include "core/sched/runtime_layout.h"

#include <algorithm>

#include "core/gofacts/field_resolver.h"

namespace lldbgo {
namespace {

// A struct of the runtime is a few KB at most; more means that the debug info lies.
constexpr std::uint64_t kMaxStructBytes = 1 << 16;

}  // namespace

Result<RuntimeLayout> RuntimeLayout::resolve(const GoImage& image) {
  RuntimeLayout out;
  FieldResolver g(image, "runtime.g");
  out.g.stack_lo = g.required("stack.lo");
  out.g.stack_hi = g.required("stack.hi");
  out.g.m = g.required("m");
  out.g.sched_sp = g.required("sched.sp");
  out.g.sched_pc = g.required("sched.pc");
  out.g.sched_bp = g.required("sched.bp");
  out.g.syscallsp = g.required("syscallsp");
  out.g.syscallpc = g.required("syscallpc");
  out.g.syscallbp = g.optional("syscallbp");
  out.g.atomicstatus = g.required("atomicstatus.value|atomicstatus");
  out.g.goid = g.required("goid");
  out.g.waitreason = g.required("waitreason");
  out.g.parent_goid = g.optional("parentGoid");
  out.g.gopc = g.required("gopc");
  out.g.startpc = g.required("startpc");
  out.g.bytes = g.bytes();

  FieldResolver m(image, "runtime.m");
  out.m.g0 = m.required("g0");
  out.m.gsignal = m.required("gsignal");
  out.m.curg = m.required("curg");
  out.m.procid = m.required("procid");
  out.m.alllink = m.required("alllink");
  out.m.vdso_sp = m.required("vdsoSP");
  out.m.vdso_pc = m.required("vdsoPC");
  out.m.bytes = m.bytes();

  for (FieldResolver* r : {&g, &m}) {
    if (r->error()) return tl::unexpected<Error>(std::move(*r->error()));
    if (r->bytes() > kMaxStructBytes) return fail(Errc::malformed, "layout of a runtime struct: absurdly large");
  }
  out.from = std::max(g.from(), m.from());
  return out;
}

}  // namespace lldbgo
