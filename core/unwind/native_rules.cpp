// Frames that are not Go: C code of a cgo program, libc, the vDSO, generated code, and the kernel's signal frames.
#include <algorithm>
#include <cstring>

#include "core/base/text.h"
#include "core/insn/calls.h"
#include "core/unwind/walk.h"

namespace lldbgo {
namespace {

// `mov $15, %rax; syscall`: rt_sigreturn, as both runtime.sigreturn and libc's __restore_rt spell it (unwinders match it).
constexpr unsigned char kSigreturn[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};
constexpr std::uint64_t kSigreturnSyscall = 7;  // offset of the second instruction

// struct ucontext of the kernel's x86-64 ABI: uc_mcontext.gregs starts at byte 40.
struct ContextSlot {
  Reg reg;
  std::uint64_t offset;
};
constexpr ContextSlot kContext[] = {
    {Reg::r8, 40},   {Reg::r9, 48},   {Reg::r10, 56},  {Reg::r11, 64},  {Reg::r12, 72},  {Reg::r13, 80},
    {Reg::r14, 88},  {Reg::r15, 96},  {Reg::rdi, 104}, {Reg::rsi, 112}, {Reg::rbp, 120}, {Reg::rbx, 128},
    {Reg::rdx, 136}, {Reg::rax, 144}, {Reg::rcx, 152}, {Reg::rsp, 160}, {Reg::rip, 168},
};

}  // namespace

bool Walk::is_sigreturn(LoadAddr pc) {
  std::byte code[sizeof kSigreturn];
  for (std::uint64_t done : {std::uint64_t{0}, kSigreturnSyscall}) {
    if (process_.memory().read_exact(pc - done, code) && std::memcmp(code, kSigreturn, sizeof kSigreturn) == 0) return true;
  }
  return false;
}

// The handler turns a fault or a preemption into a call: it lowers the context's SP, stores the pc there, then moves the pc
// (pushCall and preparePanic, runtime/signal_amd64.go). Between the last two steps the context's SP is one word ahead.
bool Walk::push_half_done(const Registers& context) {
  bool pushing = std::any_of(stack_->frames.begin(), stack_->frames.end(), [](const PhysicalFrame& f) {
    return f.func && (f.func->name == "runtime.(*sigctxt).pushCall" || f.func->name == "runtime.(*sigctxt).preparePanic");
  });
  if (!pushing) return false;
  auto pushed = process_.memory().pointer(context.sp());
  return pushed && *pushed == context.pc();
}

Outward Walk::through_signal_frame(PhysicalFrame& frame, LoadAddr ucontext) {
  Cursor next;
  for (const ContextSlot& slot : kContext) {
    auto value = process_.memory().u64(ucontext + slot.offset);
    if (!value) return stack_error("the signal context at " + hex(ucontext.value) + " cannot be read");
    next.registers.set(slot.reg, *value);
  }
  if (push_half_done(next.registers)) next.registers.set(Reg::rsp, (next.registers.sp() + 8).value);
  next.pc = next.registers.pc();
  next.sp = next.registers.sp();
  next.bp = next.registers.bp();
  next.pc_is_return = false;
  next.found_by = FoundBy::sigcontext;
  note_switch(frame.stack, next, "a signal interrupted it; registers from the signal context at " + hex(ucontext.value));
  return next;
}

bool Walk::follows_call(LoadAddr ra) {
  constexpr std::size_t kWindow = 16;
  Bytes code;
  std::vector<std::byte> copy;
  FileAddr file = process_.to_file(ra);
  if (process_.func(ra)) {
    if (auto bytes = process_.image().elf().bytes(file - kWindow, kWindow)) code = *bytes;
  } else if (auto bytes = process_.memory().bytes(ra - kWindow, kWindow)) {
    copy = std::move(*bytes);
    code = copy;
  }
  return !code.empty() && is_call_before(code);
}

Outward Walk::out_by_cfi(PhysicalFrame& frame, const CfiRow& row) {
  std::optional<LoadAddr> base;
  if (row.cfa_register == static_cast<unsigned>(Reg::rsp)) base = frame.sp;
  if (row.cfa_register == static_cast<unsigned>(Reg::rbp)) base = frame.bp;
  if (!base) {
    return stack_error("call frame information of " + frame.entries.back().function + " needs a register that is not known");
  }
  LoadAddr cfa = base->offset(row.cfa_offset);
  frame.fp = cfa;
  auto ra = process_.memory().pointer(cfa.offset(row.return_address_offset));
  if (!ra) return stack_error("the return address of " + frame.entries.back().function + " cannot be read");
  if (!*ra) return stack_top("the C stack ends in " + frame.entries.back().function);
  Cursor next;
  next.pc = *ra;
  next.sp = cfa;
  next.bp = frame.bp;
  next.pc_is_return = true;
  next.found_by = FoundBy::cfi;
  if (row.rbp_offset) {
    frame.bp_slot = cfa.offset(*row.rbp_offset);
    auto saved = process_.memory().pointer(*frame.bp_slot);
    next.bp = saved ? std::optional(*saved) : std::nullopt;
  }
  return next;
}

Outward Walk::out_of_native(PhysicalFrame& frame, bool innermost) {
  // The kernel enters a handler with the trampoline as return address; at the trampoline itself SP is the context.
  if (is_sigreturn(frame.pc)) return through_signal_frame(frame, frame.sp);

  LoadAddr lookup = frame.pc_is_return ? frame.pc - 1 : frame.pc;
  auto native = process_.native().at(frame.pc, lookup);
  if (native && native->cfi) {
    if (native->cfi->signal_frame) return through_signal_frame(frame, frame.sp);
    return out_by_cfi(frame, *native->cfi);
  }
  // The vDSO has no file; the runtime keeps the caller for its own profiler.
  if (!native && stacks_.machine && stacks_.machine->vdso_sp) {
    Cursor next;
    next.pc = stacks_.machine->vdso_pc;
    next.sp = stacks_.machine->vdso_sp;
    next.pc_is_return = true;
    next.found_by = FoundBy::gobuf;
    frame.entries.back().function = "[vdso]";
    note_switch(frame.stack, next, "caller of the vDSO call, from m.vdsoPC and m.vdsoSP");
    return next;
  }
  // A call through a wild pointer: nothing has been pushed since, the return address is at SP.
  if (innermost) {
    auto ra = process_.memory().pointer(frame.sp);
    if (ra && *ra && follows_call(*ra)) {
      frame.fp = frame.sp + 8;
      Cursor next;
      next.pc = *ra;
      next.sp = frame.fp;
      next.bp = frame.bp;
      next.pc_is_return = true;
      next.found_by = FoundBy::frame_pointer;
      frame.checked.push_back("no unwind information for this pc: the word at SP follows a call and is taken as return address");
      return next;
    }
  }
  if (frame.bp && *frame.bp >= frame.sp) {
    auto ra = process_.memory().pointer(*frame.bp + 8);
    auto saved = process_.memory().pointer(*frame.bp);
    if (ra && saved && *ra && follows_call(*ra)) {
      frame.fp = *frame.bp + 16;
      frame.bp_slot = *frame.bp;
      Cursor next;
      next.pc = *ra;
      next.sp = frame.fp;
      next.bp = *saved;
      next.pc_is_return = true;
      next.found_by = FoundBy::frame_pointer;
      frame.checked.push_back("no unwind information for this pc: frames between may be missing (frame-pointer chain)");
      return next;
    }
  }
  return stack_error("pc " + hex(frame.pc.value) + " is in no function we know" +
                     (native ? " how to unwind (no call frame information in " + native->image + ")" : ""));
}

}  // namespace lldbgo
