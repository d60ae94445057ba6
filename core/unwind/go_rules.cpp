// How to leave a Go frame. The rule that covers nearly everything is Go's own (runtime/traceback.go, every version):
//
//     CFA = SP + pcsp(pc) + 8        return address = [CFA-8]        caller's SP = CFA
//
// where pcsp is exact at every instruction, prologue and epilogue included. What breaks it are the functions that change
// stacks. The runtime's unwinder starts from saved states only; a debugger stops anywhere in them, so the question each rule
// below asks first is on which stack SP lies now:
//
//   systemstack    saves itself in g.sched, switches to g0 and calls fn. It returns normally, so its own frame is taken from
//                  g.sched.sp, as the runtime does when it "jumps" stacks.
//   mcall          saves its caller in g.sched, switches to g0, pushes g, calls fn, never returns. Once fn has let go of the
//                  goroutine (park, exit) the thread's stack ends here.
//   morestack      called by a prologue; saves the prologue's function in g.sched, switches to g0, calls newstack.
//   asmcgocall     switches to g0 for C; leaves g and its depth below g.stack.hi on g0 (asm_amd64.s; 1.22 moved the slots).
//   gogo           loads SP from a gobuf, then jumps to its pc; in between the next frame is that gobuf.
//   sigpanic, asyncPreempt, debugCall   are pushed by a signal handler or debugger: the pc above them was about to execute,
//                  it is no return address.
#include <algorithm>

#include "core/base/text.h"
#include "core/gofacts/frame_facts.h"
#include "core/insn/register_stores.h"
#include "core/unwind/walk.h"

namespace lldbgo {
namespace {

std::string describe_goroutine(const Goroutine& g) { return "goroutine " + std::to_string(g.id); }

}  // namespace

Outward Walk::out_of_go(PhysicalFrame& frame) {
  const Func& func = *frame.func;
  bool off_goroutine = frame.stack != StackKind::goroutine;

  switch (func.id) {
    case FuncId::systemstack:
      // Called on g0 already it does not switch, and leaves by a jump: only a stop inside sees that.
      if (off_goroutine && (frame.pc_is_return || at_base_of_g0(frame))) return out_of_systemstack(frame);
      break;
    case FuncId::morestack:
      if (off_goroutine) return out_of_morestack(frame);
      break;
    case FuncId::mcall:
      if (off_goroutine) return out_of_mcall(frame);
      break;
    case FuncId::asmcgocall:
      if (off_goroutine && (frame.pc_is_return || asmcgocall_has_switched(frame))) return out_of_asmcgocall(frame);
      break;
    default: break;
  }
  // Since 1.17 the body of runtime.gogo is a symbol of its file alone, without package and funcID.
  bool gogo = func.id == FuncId::gogo || func.name == "gogo";
  if (gogo && !off_goroutine && stacks_.user) return out_of_gogo(frame);
  // At the trampoline itself the kernel's context starts at SP.
  if (!frame.pc_is_return && is_sigreturn(frame.pc)) return through_signal_frame(frame, frame.sp);
  if (vdso_call_in(func)) {
    frame.fp = stacks_.machine->vdso_sp;
    find_saved_bp(frame);
    return to_return_address(frame);
  }
  // A signal handler's first frame: the word above it is the kernel's return trampoline, then comes the interrupted context.
  if (frame.sp_delta && frame.stack != StackKind::goroutine) {
    auto ra = process_.memory().pointer(frame.fp - 8);
    if (ra && is_sigreturn(*ra)) return through_signal_frame(frame, frame.fp);
  }
  // Up to 1.16 the runtime ends at mcall and morestack too; before they switch they are ordinary callees.
  bool still_on_caller = !off_goroutine && (func.id == FuncId::mcall || func.id == FuncId::morestack);
  if (!still_on_caller && top_frame(process_.image().version(), func)) {
    return stack_top(std::string(func.name) + " is the outermost function of its stack");
  }
  // The C side of asmcgocall_no_g and its kin runs on an aligned SP that pcsp does not know; BP does.
  if (writes_sp(process_.image().version(), func) && frame.pc_is_return && frame.bp && off_goroutine) {
    if (prologue_of(func).bp_is_set(frame.pc_offset) && *frame.bp >= frame.sp && frame.bp->value - frame.sp.value < 4096) {
      frame.fp = *frame.bp + 16;
      frame.bp_slot = *frame.bp;
      return to_return_address(frame);
    }
  }
  return out_by_pcsp(frame);
}

Outward Walk::out_by_pcsp(PhysicalFrame& frame) {
  const Func& func = *frame.func;
  const Pclntab& table = process_.image().pclntab();
  if (!frame.sp_delta) {
    auto why = table.sp_delta(func, process_.to_file(frame.pc));
    return stack_error(std::string(func.name) + ": " + (why ? "no frame size" : why.error().text()));
  }
  // `CALL setup` pushes one word that the tables of a retpoline do not count; `setup` starts at byte 9 (asm_amd64.s).
  if (func.name.starts_with("runtime.retpoline") && frame.pc_offset >= 9) frame.fp = frame.fp + 8;

  if (frame.stack == StackKind::goroutine && frame.fp > stacks_.user->stack.hi) {
    return stack_error("the frame of " + std::string(func.name) + " would end at " + hex(frame.fp.value) + ", above " +
                       describe_goroutine(*stacks_.user) + "'s stack (top " + hex(stacks_.user->stack.hi.value) + ")");
  }
  if (*frame.sp_delta >= 8) find_saved_bp(frame);
  return to_return_address(frame);
}

void Walk::find_saved_bp(PhysicalFrame& frame) const {
  const Prologue& prologue = prologue_of(*frame.func);
  if (prologue.saves_bp && frame.pc_offset >= prologue.bp_saved_at) frame.bp_slot = frame.fp - 16;
}

// systemstack and mcall load SP from g0.sched.sp (up to 1.16 systemstack pushes one word more): there they have switched, and
// called nothing yet.
bool Walk::at_base_of_g0(const PhysicalFrame& frame) const {
  if (!stacks_.g0) return false;
  LoadAddr base = stacks_.g0->sched.sp;
  bool pushed_mstart = frame.func->id == FuncId::systemstack && frame_facts(process_.image().version()).systemstack_fakes_mstart;
  return frame.sp == base || (pushed_mstart && frame.sp + 8 == base);
}

// CFA is known: the caller is at [CFA-8], its BP in the saved slot, or still in the register.
Outward Walk::to_return_address(PhysicalFrame& frame) {
  auto ra = process_.memory().pointer(frame.fp - 8);
  if (!ra) return stack_error("the return address at " + hex((frame.fp - 8).value) + " cannot be read");
  if (!*ra) {
    // A thread that clone has just made, before it calls its first function.
    if (frame.func->name == "runtime.clone") return stack_top("a new thread starts here");
    return stack_error("the return address at " + hex((frame.fp - 8).value) + " is 0");
  }
  Cursor next;
  next.pc = *ra;
  next.sp = frame.fp;
  next.pc_is_return = !injects_call(process_.image().version(), *frame.func);
  next.found_by = FoundBy::pcsp;
  next.bp = frame.bp;
  if (frame.func->id == FuncId::cgocallback && frame.stack == StackKind::goroutine) {
    // Its frame on the goroutine's stack is laid out by hand; the BP it saved is the C side's, on g0.
    frame.bp_slot.reset();
    next.bp.reset();
  } else if (frame.sp_delta == 0 && frame.bp == frame.fp - 16) {
    // BP right below the return address: the caller of a duff routine keeps its BP there (up to 1.25,
    // `MOVQ BP,-16(SP); LEAQ -16(SP),BP; CALL duffzero`), so that profilers do not miss it.
    auto saved = process_.memory().pointer(*frame.bp);
    next.bp = saved ? std::optional(*saved) : std::nullopt;
  } else if (frame.bp_slot) {
    auto saved = process_.memory().pointer(*frame.bp_slot);
    next.bp = saved ? std::optional(*saved) : std::nullopt;
  }
  StackKind to = stacks_.kind_of(next.sp);
  if (to != stacks_.kind_of(frame.sp)) note_switch(frame.stack, next, "return address of " + std::string(frame.func->name));
  return next;
}

Outward Walk::out_of_systemstack(PhysicalFrame& frame) {
  if (!stacks_.user) return stack_error("systemstack: the goroutine that called it is not known");
  const Goroutine& user = *stacks_.user;
  if (stacks_.kind_of(user.sched.sp) != StackKind::goroutine || !frame.sp_delta) {
    return stack_error("systemstack: " + describe_goroutine(user) + " has no saved stack pointer on its stack");
  }
  // The frame itself lies on the goroutine's stack; only its callee ran on g0.
  frame.sp = user.sched.sp;
  frame.fp = frame.sp + *frame.sp_delta + 8;
  frame.bp = user.sched.bp;
  frame.found_by = FoundBy::stack_switch;
  frame.stack = StackKind::goroutine;
  frame.g = user.g;
  if (!stack_->frames.empty()) {
    stack_->frames.back().switch_note =
        "switch to " + describe_goroutine(user) + "'s stack: systemstack saved its SP in g.sched";
  }
  return out_by_pcsp(frame);
}

Outward Walk::to_user_gobuf(PhysicalFrame& frame, const std::string& how) {
  const Goroutine& user = *stacks_.user;
  if (stacks_.kind_of(user.sched.sp) != StackKind::goroutine || !user.sched.pc) {
    return stack_error(how + ": " + describe_goroutine(user) + " has no saved context on its stack");
  }
  Cursor next;
  next.pc = user.sched.pc;
  next.sp = user.sched.sp;
  next.bp = user.sched.bp;
  next.pc_is_return = true;
  next.found_by = FoundBy::gobuf;
  note_switch(frame.stack, next, how);
  return next;
}

// newstack may give the processor away (gopreempt_m, preemptPark); once the scheduler runs, m.curg is another goroutine or none.
Outward Walk::out_of_morestack(PhysicalFrame& frame) {
  bool scheduling = std::any_of(stack_->frames.begin(), stack_->frames.end(),
                                [](const PhysicalFrame& f) { return f.func && f.func->name == "runtime.schedule"; });
  if (!stacks_.user || scheduling) {
    return stack_top("the goroutine that called morestack is no longer on this thread: the scheduler's stack starts here");
  }
  return to_user_gobuf(frame, "morestack saved its caller in g.sched");
}

// mcall pushed the goroutine it left right above fn's return address; it still belongs to this thread only while it is
// m.curg (dropg clears that, runtime/proc.go).
Outward Walk::out_of_mcall(PhysicalFrame& frame) {
  if (!frame.pc_is_return && at_base_of_g0(frame) && stacks_.user) {
    return to_user_gobuf(frame, "mcall saved its caller in g.sched");  // not pushed yet
  }
  auto left = process_.memory().pointer(frame.sp);
  if (!left) return stack_error("mcall: the goroutine it left cannot be read at " + hex(frame.sp.value));
  if (stacks_.user && *left == stacks_.user->g) return to_user_gobuf(frame, "mcall saved its caller in g.sched");
  auto g = scheduler_.goroutine(*left);
  std::string who = g ? describe_goroutine(*g) : "the goroutine at " + hex(left->value);
  return stack_top("mcall left " + who + ", which is no longer on this thread: the scheduler's stack starts here");
}

// asmcgocall decides with its first branch whether it switches: up to there SP is the caller's, and it is again once it is
// loaded from SI at the end (asm_amd64.s).
bool Walk::asmcgocall_has_switched(const PhysicalFrame& frame) const {
  const Func& func = *frame.func;
  const Prologue& prologue = prologue_of(func);
  Bytes code = process_.image().elf().bytes_from(func.entry, func.end.value - func.entry.value);
  return frame.pc_offset > straight_line(code, prologue.body_at, prologue.frame_bytes).end &&
         frame.registers.get(Reg::rsi) != frame.sp.value;
}

// Until asmcgocall calls C its SP is in DX, too, and the slots below may not be written yet. C may change DX, but a return
// address does not lie where DX then points by chance.
std::optional<LoadAddr> Walk::asmcgocall_sp_in_dx(const PhysicalFrame& frame) {
  auto dx = frame.registers.get(Reg::rdx);
  if (frame.pc_is_return || !dx || !frame.sp_delta) return std::nullopt;
  auto ra = process_.memory().pointer(LoadAddr(*dx) + *frame.sp_delta);
  return ra && follows_call(*ra) ? std::optional(LoadAddr(*dx)) : std::nullopt;
}

// Depth of the goroutine's SP below g.stack.hi and the g itself, at SP when C returns: asmcgocall, asm_amd64.s.
Outward Walk::out_of_asmcgocall(PhysicalFrame& frame) {
  if (!frame.sp_delta) return stack_error("asmcgocall: no frame size");
  std::optional<LoadAddr> sp = asmcgocall_sp_in_dx(frame);
  if (!sp) {
    FrameFacts facts = frame_facts(process_.image().version());
    auto g = process_.memory().pointer(frame.sp + facts.asmcgocall_g_slot);
    auto depth = process_.memory().u64(frame.sp + facts.asmcgocall_depth_slot);
    if (!g || !depth) return stack_error("asmcgocall: its saved goroutine cannot be read");
    if (!*g) {
      sp = LoadAddr(*depth);  // called on g0 already: the slot holds the original SP itself
    } else if (stacks_.user && *g == stacks_.user->g) {
      sp = stacks_.user->stack.hi - *depth;
      if (stacks_.kind_of(*sp) != StackKind::goroutine) return stack_error("asmcgocall: its saved stack depth makes no sense");
      if (frame.pc_is_return) frame.bp = stacks_.user->sched.bp;
    } else {
      return stack_error("asmcgocall: saved g " + hex(g->value) + " is not the goroutine of this thread");
    }
  }
  StackKind from = frame.stack, to = stacks_.kind_of(*sp);
  frame.sp = *sp;
  frame.fp = frame.sp + *frame.sp_delta + 8;
  frame.found_by = FoundBy::stack_switch;
  frame.stack = to;
  frame.g = stacks_.g_of(to);
  if (!stack_->frames.empty() && from != to) {
    stack_->frames.back().switch_note = "switch to " + (stacks_.user ? describe_goroutine(*stacks_.user) : "the goroutine") +
                                        "'s stack: asmcgocall saved its depth on g0";
  }
  return out_by_pcsp(frame);
}

// SP is the goroutine's already, pc is still gogo's: the gobuf's pc comes next and keeps this SP.
Outward Walk::out_of_gogo(PhysicalFrame& frame) {
  frame.fp = frame.sp;
  frame.sp_delta.reset();
  Cursor next;
  next.pc = stacks_.user->sched.pc;
  next.sp = frame.sp;
  next.bp = frame.bp;
  next.pc_is_return = true;
  next.found_by = FoundBy::gobuf;
  note_switch(frame.stack, next, "gogo is about to jump to g.sched.pc");
  return next;
}

// nanotime1, walltime and time.now run the vDSO on g0 and keep their caller in m.vdsoPC/vdsoSP meanwhile
// (sys_linux_amd64.s); vdsoSP is their argument base.
bool Walk::vdso_call_in(const Func& func) const {
  if (!stacks_.machine || !stacks_.machine->vdso_sp) return false;
  if (func.name != "runtime.nanotime1" && func.name != "runtime.walltime1" && func.name != "runtime.walltime" &&
      func.name != "time.now") {
    return false;
  }
  auto ra = process_.memory().pointer(stacks_.machine->vdso_sp - 8);
  return ra && *ra == stacks_.machine->vdso_pc;
}

}  // namespace lldbgo
