// How Go runs goroutines on threads, as far as a debugger must know it (runtime/proc.go, runtime/runtime2.go):
// every OS thread that runs Go has an m; the m has three stacks: g0 (scheduler, system calls of the runtime, C code),
// gsignal (signal handlers) and that of the user goroutine m.curg. Which g is current stands in thread-local storage;
// which stack the thread is really on is told by SP alone, because around a switch TLS, R14 and SP change one by one.
#include "core/sched/scheduler.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "core/base/text.h"
#include "core/gofacts/wait_reasons.h"
#include "core/sched/global_search.h"

namespace lldbgo {
namespace {

// allgs is read piece by piece, and a list of garbage is given up early: its length may be a lie.
constexpr std::uint64_t kMaxLength = 1 << 26;
constexpr std::uint64_t kPiece = 8192;
constexpr std::size_t kMaxUnreadable = 4096;
constexpr std::size_t kMaxGoroutines = 1 << 20;
constexpr std::size_t kMaxMachines = 1 << 16;
constexpr std::uint32_t kMaxStatus = 31;  // a newer Go may have added some

bool plausible_g(std::uint64_t word) { return word % 8 == 0 && word < (std::uint64_t{1} << 47); }

}  // namespace

struct Scheduler::Impl {
  Impl(GoProcess& p, const RuntimeLayout& l) : process(p), layout(l) {}

  Result<LoadAddr> allgs() const;
  std::optional<LoadAddr> allm() const;
  std::int64_t tls_offset() const;
  bool owns_stack(const Machine& machine, LoadAddr sp) const;
  std::optional<Machine> machine_of_g(LoadAddr g, ThreadId thread, LoadAddr sp) const;
  std::optional<Machine> machine_by_procid(ThreadId thread, LoadAddr sp) const;
  void append(LoadAddr g, GoroutineList& list) const;

  GoProcess& process;
  RuntimeLayout layout;
};

Scheduler::Scheduler(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Scheduler::~Scheduler() = default;

Result<std::unique_ptr<Scheduler>> Scheduler::open(GoProcess& process) {
  auto layout = process.layout();
  if (!layout) return pass(layout);
  return std::unique_ptr<Scheduler>(new Scheduler(std::make_unique<Impl>(process, *layout)));
}

Result<Goroutine> Scheduler::goroutine(LoadAddr g) const {
  return read_goroutine(impl_->process.memory(), impl_->layout, g);
}

Result<Machine> Scheduler::machine(LoadAddr m) const { return read_machine(impl_->process.memory(), impl_->layout, m); }

Result<LoadAddr> Scheduler::Impl::allgs() const {
  if (auto symbol = process.image().global("runtime.allgs")) return process.to_load(*symbol);
  GoProcess::FoundGlobals& found = process.found_globals();
  // Early in a run the slice is still empty: ask again at the next stop.
  if (!found.allgs) found.allgs = search_allgs(process, layout);
  if (found.allgs) return *found.allgs;
  return fail(Errc::not_found, "the list of goroutines (runtime.allgs): no symbol and nothing in the data segments looks like it",
              "has the Go runtime started? continue to main.main and try again");
}

std::optional<LoadAddr> Scheduler::Impl::allm() const {
  if (auto symbol = process.image().global("runtime.allm")) return process.to_load(*symbol);
  GoProcess::FoundGlobals& found = process.found_globals();
  if (!found.allm) found.allm = search_allm(process, layout);
  return found.allm;
}

void Scheduler::Impl::append(LoadAddr g, GoroutineList& list) const {
  Result<Goroutine> goroutine = fail(Errc::malformed, "runtime.g at " + hex(g.value) + ": no pointer looks like that");
  if (plausible_g(g.value)) goroutine = read_goroutine(process.memory(), layout, g);
  // allgadd throws on an idle g (runtime/proc.go).
  if (goroutine && (goroutine->status == GStatus::idle || static_cast<std::uint32_t>(goroutine->status) > kMaxStatus)) {
    goroutine = fail(Errc::malformed, "runtime.g at " + hex(g.value) + ": status " +
                                          std::to_string(static_cast<std::uint32_t>(goroutine->status)) + " makes no sense");
  }
  if (!goroutine) {
    if (list.unreadable++ == 0) list.problems.push_back(goroutine.error().text());
    return;
  }
  // dead: a free g; deadextra: the g of a C thread between its callbacks. The runtime lists neither.
  bool dead = goroutine->status == GStatus::dead || goroutine->status == GStatus::deadextra;
  if (!dead) list.goroutines.push_back(*goroutine);
}

Result<GoroutineList> Scheduler::goroutines() const {
  auto slice = impl_->allgs();
  if (!slice) return pass(slice);
  Memory& memory = impl_->process.memory();
  auto base = memory.pointer(*slice);
  auto len = memory.u64(*slice + 8);
  auto cap = memory.u64(*slice + 16);
  if (!base || !len || !cap) return fail(Errc::unreadable, "runtime.allgs at " + hex(slice->value) + ": memory cannot be read");
  if (*len > *cap || *len > kMaxLength) {
    return fail(Errc::malformed, "runtime.allgs: length " + std::to_string(*len) + " and capacity " + std::to_string(*cap) +
                                     " make no sense");
  }

  GoroutineList out;
  std::unordered_set<std::uint64_t> seen;
  auto give_up = [&](std::uint64_t at, const char* why) {
    out.problems.push_back("runtime.allgs: " + std::to_string(*len - at) + " of " + std::to_string(*len) + " entries left out: " + why);
  };
  std::vector<std::byte> raw;
  for (std::uint64_t at = 0; at < *len;) {
    raw.resize(std::min(kPiece, *len - at) * 8);
    auto got = memory.read(*base + at * 8, raw);
    if (!got && at == 0) return fail(Errc::unreadable, "runtime.allgs: its array at " + hex(base->value) + " cannot be read");
    for (std::size_t i = 0; got && i + 8 <= *got; i += 8, ++at) {
      std::uint64_t g = 0;
      std::memcpy(&g, raw.data() + i, 8);
      if (g == 0 || !seen.insert(g).second) continue;
      impl_->append(LoadAddr(g), out);
      bool too_many = out.goroutines.size() == kMaxGoroutines;
      if (out.unreadable != kMaxUnreadable && !too_many) continue;
      if (at + 1 < *len) give_up(at + 1, too_many ? "too many" : "too many are unreadable");
      return out;
    }
    if (!got || *got < raw.size()) {
      give_up(at, "the memory cannot be read");
      break;
    }
  }
  if (out.unreadable > 1) out.problems.push_back(std::to_string(out.unreadable) + " goroutines are unreadable");
  return out;
}

Result<Goroutine> Scheduler::by_id(std::int64_t id) const {
  auto all = goroutines();
  if (!all) return pass(all);
  for (const Goroutine& g : all->goroutines) {
    if (g.id == id) return g;
  }
  return fail(Errc::not_found, "goroutine " + std::to_string(id) + ": no such goroutine", "`go-bt --all` lists those that exist");
}

// Of the word that holds the current g, from FS_BASE: -8 in everything Go links itself; an external linker places
// runtime.tlsg in the TLS block.
std::int64_t Scheduler::Impl::tls_offset() const {
  auto symbol = process.image().elf().symbol("runtime.tlsg");
  auto tls = process.image().elf().tls();
  if (symbol && tls && symbol->type == 6 /* STT_TLS */) {
    std::uint64_t align = tls->alignment == 0 ? 1 : tls->alignment;
    std::uint64_t block = (tls->memory_size + align - 1) / align * align;
    return static_cast<std::int64_t>(symbol->address.value - block);
  }
  return -8;
}

// SP is the second witness beside the thread id, which an m has only from minit on, and which is another number when the
// program runs in a container of its own.
bool Scheduler::Impl::owns_stack(const Machine& machine, LoadAddr sp) const {
  for (LoadAddr g : {machine.g0, machine.gsignal, machine.curg}) {
    if (!g) continue;
    auto goroutine = read_goroutine(process.memory(), layout, g);
    if (goroutine && goroutine->stack.lo <= sp && sp <= goroutine->stack.hi && goroutine->stack.hi) return true;
  }
  return false;
}

// A g is believed when its m points back at it and runs on the thread.
std::optional<Machine> Scheduler::Impl::machine_of_g(LoadAddr g, ThreadId thread, LoadAddr sp) const {
  if (!g || g.value % 8 != 0) return std::nullopt;
  auto m = process.memory().pointer(g + layout.g.m);
  if (!m || !*m) return std::nullopt;
  auto machine = read_machine(process.memory(), layout, *m);
  if (!machine) return std::nullopt;
  bool points_back = machine->g0 == g || machine->gsignal == g || machine->curg == g;
  if (!points_back || (machine->procid != thread.value && !owns_stack(*machine, sp))) return std::nullopt;
  return *machine;
}

std::optional<Machine> Scheduler::Impl::machine_by_procid(ThreadId thread, LoadAddr sp) const {
  auto head = allm();
  if (!head) return std::nullopt;
  auto m = process.memory().pointer(*head);
  std::optional<Machine> young;  // before its minit
  std::unordered_set<std::uint64_t> seen;
  while (m && *m && seen.size() < kMaxMachines && seen.insert(m->value).second) {
    auto machine = read_machine(process.memory(), layout, *m);
    if (!machine) return young;
    if (machine->procid == thread.value) return *machine;
    if (!young && machine->procid == 0 && owns_stack(*machine, sp)) young = *machine;
    m = machine->alllink;
  }
  return young;
}

Result<ThreadState> Scheduler::thread(ThreadId thread) const {
  auto registers = impl_->process.threads().registers(thread);
  if (!registers) return pass(registers);
  ThreadState out;
  out.thread = thread;
  out.registers = *registers;

  if (auto fs = registers->get(Reg::fs_base); fs && *fs != 0) {
    if (auto g = impl_->process.memory().pointer(LoadAddr(*fs).offset(impl_->tls_offset()))) {
      if ((out.machine = impl_->machine_of_g(*g, thread, registers->sp()))) out.found_by = "tls";
    }
  }
  if (!out.machine && impl_->process.image().register_abi()) {
    if (auto r14 = registers->get(Reg::r14)) {
      out.machine = impl_->machine_of_g(LoadAddr(*r14), thread, registers->sp());
      if (out.machine) out.found_by = "r14";
    }
  }
  if (!out.machine) {
    if ((out.machine = impl_->machine_by_procid(thread, registers->sp()))) out.found_by = "procid";
  }
  if (!out.machine) return out;

  LoadAddr sp = registers->sp();
  for (LoadAddr g : {out.machine->curg, out.machine->gsignal, out.machine->g0}) {
    if (!g) continue;
    auto goroutine = this->goroutine(g);
    // SP == stack.hi is an empty stack, still this one.
    if (goroutine && goroutine->stack.lo <= sp && sp <= goroutine->stack.hi && goroutine->stack.hi) {
      out.running_g = g;
      break;
    }
  }
  // The bounds of a g0 on a pthread stack are an estimate (runtime/cgo, runtime.mstart): what is on neither of the other
  // two stacks is on it.
  if (!out.running_g && out.machine->g0) out.running_g = out.machine->g0;
  return out;
}

std::optional<ThreadId> Scheduler::thread_of(const Goroutine& g) const {
  if (!g.m) return std::nullopt;
  auto machine = this->machine(g.m);
  if (!machine || machine->curg != g.g || machine->procid == 0) return std::nullopt;
  for (ThreadId t : impl_->process.threads().threads()) {
    if (t.value == machine->procid) return t;
  }
  return std::nullopt;
}

std::string Scheduler::status_name(const Goroutine& g) const {
  return std::string(lldbgo::status_name(static_cast<std::uint32_t>(g.status), impl_->process.image().version()));
}

std::string Scheduler::wait_reason(const Goroutine& g) const {
  if (g.status != GStatus::waiting) return {};
  return impl_->process.image().wait_reason(g.wait_reason);
}

}  // namespace lldbgo
