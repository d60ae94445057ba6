#include "tests/support/fake_runtime.h"

#include "core/insn/decoder.h"
#include "core/insn/prologue.h"

namespace lldbgo::testing {
namespace {

constexpr std::uint64_t kStackBytes = 32 * 1024;
constexpr std::size_t kMaxGoroutines = 4096;

// Bytes from a pc's function entry on.
Bytes code_of(const GoProcess& process, const Func& func) {
  return process.image().elf().bytes_from(func.entry, func.end.value - func.entry.value);
}

}  // namespace

Result<std::unique_ptr<FakeRuntime>> FakeRuntime::open(const std::string& program, Slide slide) {
  auto image = GoImage::open(program);
  if (!image) return pass(image);
  return make(std::move(*image), slide);
}

Result<std::unique_ptr<FakeRuntime>> FakeRuntime::make(std::shared_ptr<const GoImage> image, Slide slide) {
  std::unique_ptr<FakeRuntime> out(new FakeRuntime());
  FakeTarget& target = out->target_;
  target.load(image->elf(), slide);
  out->process_ = std::make_unique<GoProcess>(image, slide, target, target, target);
  auto layout = out->process_->layout();
  if (!layout) return pass(layout);
  out->layout_ = *layout;
  // A stripped program has the two variables as well, only nobody knows where: any place in the data segment does.
  auto place = [&](const char* name, std::uint64_t offset) {
    auto symbol = image->global(name);
    return slide.to_load(symbol ? *symbol : image->moduledata().bss.lo + offset);
  };
  out->allgs_ = place("runtime.allgs", 64);
  out->allm_ = place("runtime.allm", 128);
  out->allgs_array_ = out->allocate(kMaxGoroutines * 8);
  target.write_word(out->allgs_, out->allgs_array_.value);
  target.write_word(out->allgs_ + 16, kMaxGoroutines);
  return out;
}

LoadAddr FakeRuntime::allocate(std::uint64_t size, std::uint64_t alignment) {
  next_free_ = LoadAddr((next_free_.value + alignment - 1) / alignment * alignment);
  LoadAddr out = next_free_;
  next_free_ = next_free_ + size;
  target_.map({out, next_free_});
  return out;
}

// Unmapped pages on both sides: what runs off a stack is noticed.
LoadAddr FakeRuntime::add_stack(LoadAddr g, std::uint64_t size) {
  next_free_ = next_free_ + 8192;
  LoadAddr lo = allocate(size, 4096);
  next_free_ = next_free_ + 8192;
  target_.write_word(g + layout_.g.stack_lo, lo.value);
  target_.write_word(g + layout_.g.stack_hi, (lo + size).value);
  return lo;
}

Goroutine FakeRuntime::add_goroutine(std::int64_t id, GStatus status) {
  LoadAddr g = allocate(layout_.g.bytes + 8);
  add_stack(g, kStackBytes);
  target_.write_word(g + layout_.g.goid, static_cast<std::uint64_t>(id));
  std::uint32_t word = static_cast<std::uint32_t>(status);
  target_.write(g + layout_.g.atomicstatus, std::as_bytes(std::span(&word, 1)));
  if (id != 0) {
    target_.write_word(allgs_array_ + goroutines_ * 8, g.value);
    target_.write_word(allgs_ + 8, ++goroutines_);
  }
  return *read_goroutine(target_, layout_, g);
}

Machine FakeRuntime::add_machine(ThreadId thread, const Goroutine& curg) {
  LoadAddr m = allocate(layout_.m.bytes + 8);
  Goroutine g0 = add_goroutine(0), gsignal = add_goroutine(0);
  target_.write_word(m + layout_.m.g0, g0.g.value);
  target_.write_word(m + layout_.m.gsignal, gsignal.g.value);
  target_.write_word(m + layout_.m.curg, curg.g.value);
  target_.write_word(m + layout_.m.procid, thread.value);
  for (LoadAddr g : {g0.g, gsignal.g, curg.g}) target_.write_word(g + layout_.g.m, m.value);
  if (auto head = target_.pointer(allm_)) target_.write_word(m + layout_.m.alllink, head->value);
  target_.write_word(allm_, m.value);

  LoadAddr tls = allocate(64) + 32;
  target_.write_word(tls - 8, curg.g.value);
  Registers registers;
  for (std::size_t i = 0; i < kRegCount; ++i) registers.set(static_cast<Reg>(i), 0);
  registers.set(Reg::fs_base, tls.value);
  registers.set(Reg::r14, curg.g.value);
  target_.set_registers(thread, registers);
  return *read_machine(target_, layout_, m);
}

void FakeRuntime::set_sched(const Goroutine& g, const Gobuf& gobuf) {
  target_.write_word(g.g + layout_.g.sched_pc, gobuf.pc.value);
  target_.write_word(g.g + layout_.g.sched_sp, gobuf.sp.value);
  target_.write_word(g.g + layout_.g.sched_bp, gobuf.bp.value);
}

// newproc1 leaves 4 words free below the top and pushes goexit+1 as the return address of the goroutine's function.
std::vector<MadeFrame> FakeRuntime::start_stack(const Goroutine& g) {
  const Pclntab& table = process_->image().pclntab();
  MadeFrame frame;
  frame.func = table.named("runtime.goexit").at(0);
  frame.pc = process_->to_load(frame.func.entry) + 1;
  frame.sp = g.stack.hi - 32;
  frame.fp = frame.sp + 8;
  return {frame};
}

void FakeRuntime::call(std::vector<MadeFrame>& frames, LoadAddr pc) {
  const MadeFrame& caller = frames.back();
  MadeFrame frame;
  frame.func = *process_->func(pc);
  frame.pc = pc;
  frame.fp = caller.sp;
  frame.bp = caller.bp;
  std::uint32_t delta = *process_->image().pclntab().sp_delta(frame.func, process_->to_file(pc));
  frame.sp = frame.fp - 8 - delta;
  target_.write_word(frame.fp - 8, caller.pc.value);
  Prologue prologue = find_prologue(code_of(*process_, frame.func));
  std::uint64_t offset = (process_->to_file(pc) - frame.func.entry);
  if (delta >= 8 && prologue.saves_bp && offset >= prologue.bp_saved_at) {
    target_.write_word(frame.fp - 16, caller.bp.value);
    if (prologue.bp_is_set(offset)) frame.bp = frame.fp - 16;
  }
  frames.push_back(frame);
}

std::optional<LoadAddr> FakeRuntime::call_site(std::string_view caller, std::string_view callee) {
  const Pclntab& table = process_->image().pclntab();
  auto callers = table.named(caller), callees = table.named(callee);
  if (callers.empty()) return std::nullopt;
  const Func& func = callers.front();
  Decoder decoder(code_of(*process_, func));
  while (auto insn = decoder.next()) {
    if (insn->mnemonic() != ZYDIS_MNEMONIC_CALL) continue;
    auto target = insn->relative_target();
    bool wanted = callee.empty() && !target;
    for (const Func& c : callees) wanted = wanted || (target && func.entry + *target == c.entry);
    if (wanted) return process_->to_load(func.entry + insn->end());
  }
  return std::nullopt;
}

std::vector<MadeFrame> FakeRuntime::plain_chain(const Goroutine& g) {
  auto frames = start_stack(g);
  call(frames, *call_site("runtime.main", ""));
  call(frames, *call_site("main.main", "main.frames"));
  call(frames, *call_site("main.frames", "main.show"));
  return frames;
}

void FakeRuntime::stop_at(ThreadId thread, const MadeFrame& frame) {
  Registers registers = *target_.registers(thread);
  registers.set(Reg::rip, frame.pc.value);
  registers.set(Reg::rsp, frame.sp.value);
  registers.set(Reg::rbp, frame.bp.value);
  target_.set_registers(thread, registers);
}

}  // namespace lldbgo::testing
