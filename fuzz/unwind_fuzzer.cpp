// Stacks, registers and scheduler records from the input, over the code and tables of a real program: unwinding, and the frame
// maps of what it finds. Words are written as one byte that says what kind of address it is and a few that say which: so the
// fuzzer meets what real stacks are made of.
#include "core/frame/frame_map.h"
#include "core/insn/calls.h"
#include "core/unwind/unwinder.h"
#include "fuzz/input.h"
#include "tests/support/fake_runtime.h"
#include "tests/support/samples.h"

using namespace lldbgo;
using fuzz::Input;
using fuzz::require;
using testing::FakeRuntime;

namespace {

constexpr ThreadId kThread = FakeRuntime::kThread;
constexpr std::size_t kLimit = 200;

struct World {
  std::unique_ptr<FakeRuntime> runtime;
  std::unique_ptr<Scheduler> scheduler;
  Goroutine g, parked;
  Machine m;
  std::vector<Range<LoadAddr>> stacks;  // user, g0, gsignal, parked
  std::vector<Func> functions, special;
  std::vector<LoadAddr> call_sites;
  Range<LoadAddr> text;  // C code too
  std::vector<std::pair<LoadAddr, std::uint64_t>> fields;  // of every record, with their sound values
};

std::vector<World> worlds;

void add_world(const std::string& path, Slide slide) {
  World w;
  w.runtime = std::move(*FakeRuntime::open(path, slide));
  FakeRuntime& r = *w.runtime;
  w.g = r.add_goroutine(1, GStatus::running);
  w.m = r.add_machine(kThread, w.g);
  w.parked = r.add_goroutine(2);
  r.target().select(kThread);
  w.scheduler = std::move(*Scheduler::open(r.process()));
  for (LoadAddr g : {w.g.g, w.m.g0, w.m.gsignal, w.parked.g}) w.stacks.push_back(w.scheduler->goroutine(g)->stack);

  const Pclntab& table = r.process().image().pclntab();
  for (std::size_t i = 0; i < table.function_count(); ++i) {
    Func f = *table.at(i);
    if (f.id != FuncId::normal || f.name.starts_with("runtime.nanotime1") || f.name.starts_with("runtime.sig")) w.special.push_back(f);
    if (f.name.starts_with("main.") || i % 16 == 0) {
      w.functions.push_back(f);
      Bytes code = r.process().image().elf().bytes_from(f.entry, f.end.value - f.entry.value);
      for (std::size_t at = 5; at < code.size() && at < 200; ++at) {
        if (code[at - 5] == std::byte{0xe8} && is_call_before(code.first(at))) w.call_sites.push_back(r.process().to_load(f.entry) + at);
      }
    }
  }
  for (const Segment& s : r.process().image().elf().segments()) {
    if (s.executable) w.text = {r.process().to_load(s.range().lo), r.process().to_load(s.range().hi)};
  }
  const auto& g = r.layout().g;
  for (LoadAddr record : {w.g.g, w.m.g0, w.m.gsignal, w.parked.g}) {
    for (std::uint64_t f : {g.stack_lo, g.stack_hi, g.m, g.sched_sp, g.sched_pc, g.sched_bp, g.syscallsp, g.syscallpc, g.goid,
                            g.gopc, g.startpc, g.atomicstatus}) {
      w.fields.emplace_back(record + f, 0);
    }
  }
  const auto& m = r.layout().m;
  for (std::uint64_t f : {m.g0, m.gsignal, m.curg, m.procid, m.alllink, m.vdso_sp, m.vdso_pc}) {
    w.fields.emplace_back(w.m.m + f, 0);
  }
  for (std::uint64_t f : {0, 8, 16}) w.fields.emplace_back(r.allgs_slice() + f, 0);
  w.fields.emplace_back(r.allm_head(), 0);
  for (auto& [at, value] : w.fields) value = *r.target().u64(at);
  worlds.push_back(std::move(w));
}

std::uint64_t word(World& w, Input& in) {
  GoProcess& process = w.runtime->process();
  switch (in.u8() % 13) {
    case 0: return in.u64();
    case 1: return in.u8();
    case 2: return process.to_load(w.functions[in.choose(w.functions.size())].entry).value + in.u8();
    case 3: return process.to_load(w.special[in.choose(w.special.size())].entry).value + in.u8();
    case 4: return w.call_sites[in.choose(w.call_sites.size())].value;
    case 5:
    case 6:
    case 7: {
      const Range<LoadAddr>& stack = w.stacks[in.u8() % w.stacks.size()];
      return stack.lo.value + in.u16() % (stack.size() + 16);
    }
    case 8: return w.g.g.value;
    case 9: return w.m.m.value;
    case 10: return w.parked.g.value;
    case 11: return w.text.lo.value + in.u32() % (w.text.size() + 64);
    default: return 0;
  }
}

// Slots cover the frame from SP up, highest first, each byte once.
void check(const FrameMap& map) {
  LoadAddr expected = map.hardware_sp;
  for (auto slot = map.slots.rbegin(); slot != map.slots.rend(); ++slot) {
    require(slot->size > 0 && slot->address == expected);
    expected = slot->address + slot->size;
  }
}

void check(World& w, const Stack& stack) {
  require(stack.frames.size() <= kLimit);
  require(!stack.end.reason.empty());
  for (const PhysicalFrame& frame : stack.frames) {
    require(!frame.entries.empty());
    if (frame.sp_delta && frame.func) require(frame.pc_offset < frame.func->end.value - frame.func->entry.value);
  }
  visible_frames(stack, false);
  for (std::size_t i = 0; i < stack.frames.size() && i < 3; ++i) {
    if (auto map = build_frame_map(w.runtime->process(), stack, i)) check(*map);
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  for (const std::string& version : testing::sample_versions()) {
    if (auto path = testing::sample(version, "stripped")) add_world(*path, {});
    if (auto path = testing::sample(version, "cgo")) add_world(*path, {});
    if (auto path = testing::sample(version, "pie")) add_world(*path, Slide{0x555500000000});
  }
  require(!worlds.empty());
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input in(data, size);
  World& w = worlds[in.u8() % worlds.size()];
  testing::FakeTarget& target = w.runtime->target();
  static const std::vector<std::byte> zeros(w.stacks[0].size());
  for (const Range<LoadAddr>& stack : w.stacks) target.write(stack.lo, zeros);
  for (auto [at, value] : w.fields) target.write_word(at, value);
  w.runtime->process().found_globals() = {};

  Registers registers = w.runtime->registers(kThread);
  for (Reg reg : {Reg::rip, Reg::rsp, Reg::rbp}) registers.set(reg, word(w, in));
  target.set_registers(kThread, registers);
  LoadAddr at = registers.sp();
  while (!in.empty()) {
    switch (std::uint8_t op = in.u8(); op % 8) {
      case 0: {  // a field of a record
        LoadAddr field = w.fields[in.u8() % w.fields.size()].first;
        target.write_word(field, word(w, in));
        break;
      }
      case 1:  // go on somewhere else
        at = LoadAddr(word(w, in));
        break;
      case 2:  // leave a gap
        at = at + in.u8() * 8;
        break;
      default:
        target.write_word(at, word(w, in));
        at = at + 8;
    }
  }

  std::size_t before = target.reads();
  Unwinder unwinder(w.runtime->process(), *w.scheduler);
  if (auto stack = unwinder.thread(kThread, {kLimit})) check(w, *stack);
  if (auto all = w.scheduler->goroutines()) {
    for (std::size_t i = 0; i < all->goroutines.size() && i < 4; ++i) {
      if (auto stack = unwinder.goroutine(all->goroutines[i], {kLimit})) check(w, *stack);
    }
  }
  require(target.reads() - before < 200000);
  return 0;
}
