// Whole stacks, then the same stacks damaged: every walk ends, says why, and what is doubtful is marked.
#include "core/unwind/unwinder.h"

#include "tests/unit/unwind/world.h"

using namespace lldbgo;
using namespace lldbgo::testing;

namespace {

using Names = std::vector<std::string>;
const Names kPlain = {"main.frames", "main.main", "runtime.main", "runtime.goexit"};
constexpr std::uint64_t kNowhere = 0x6660000000;

/// What the walk must never do, whatever the memory says.
void check_ended(World& w, const Stack& stack, std::size_t reads_before, std::size_t limit = 1000) {
  CHECK_FALSE(stack.end.reason.empty());
  CHECK(stack.frames.size() <= limit);
  CHECK(w.target().reads() - reads_before < 20000);
  for (const PhysicalFrame& frame : stack.frames) REQUIRE_FALSE(frame.entries.empty());
}

bool disagrees(const Stack& stack) {
  for (const PhysicalFrame& frame : stack.frames) {
    if (frame.checks == Checks::disagree) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a plain chain, frame by frame, in every Go version and build kind") {
  for (const std::string& version : sample_versions()) {
    for (const char* variant : {"plain", "noopt", "stripped", "pie"}) {
      CAPTURE(version, variant);
      bool pie = std::string(variant) == "pie";
      auto w = make_world(version, variant, pie ? Slide{0x555500000000} : Slide{});
      if (!w) continue;
      Stack stack = w->walk();
      CHECK(stack.goroutine == 1);
      CHECK(stack.status == "running");
      REQUIRE(names(stack) == kPlain);
      CHECK(stack.end.kind == StackEnd::Kind::top);
      for (std::size_t i = 0; i < stack.frames.size(); ++i) {
        CAPTURE(i);
        const PhysicalFrame& frame = stack.frames[i];
        const MadeFrame& made = w->frames[w->frames.size() - 1 - i];
        CHECK(frame.pc == made.pc);
        CHECK(frame.sp == made.sp);
        CHECK(frame.fp == made.fp);
        CHECK(frame.bp == made.bp);
        CHECK(frame.pc_is_return == (i != 0));
        CHECK(frame.found_by == (i == 0 ? FoundBy::registers : FoundBy::pcsp));
        CHECK(frame.checks != Checks::disagree);
        CHECK(frame.stack == StackKind::goroutine);
        CHECK(frame.g == w->g.g);
      }
    }
  }
}

TEST_CASE("a parked goroutine is unwound from its gobuf, an unstarted one from its entry") {
  for (const std::string& version : sample_versions()) {
    CAPTURE(version);
    auto w = make_world(version);
    if (!w) continue;
    Goroutine parked = w->runtime->add_goroutine(2);
    auto made = w->runtime->plain_chain(parked);
    w->runtime->set_sched(parked, {made.back().pc, made.back().sp, made.back().bp});
    Unwinder unwinder(w->process(), *w->scheduler);
    auto stack = unwinder.goroutine(*w->scheduler->by_id(2));
    REQUIRE(stack);
    CHECK(names(*stack) == kPlain);
    CHECK(stack->frames[0].found_by == FoundBy::gobuf);
    CHECK(stack->frames[0].fp == made.back().fp);
    CHECK(stack->status == "waiting");

    Goroutine fresh = w->runtime->add_goroutine(3, GStatus::runnable);
    auto bottom = w->runtime->start_stack(fresh);
    w->target().write_word(bottom[0].sp - 8, bottom[0].pc.value);
    w->runtime->set_sched(fresh, {w->entry("main.main"), bottom[0].sp - 8, {}});
    stack = unwinder.goroutine(*w->scheduler->by_id(3));
    REQUIRE(stack);
    CHECK(names(*stack) == Names{"main.main", "runtime.goexit"});
    CHECK(stack->frames[0].pc_offset == 0);
    CHECK(stack->end.kind == StackEnd::Kind::top);
  }
}

TEST_CASE("damaged stacks") {
  struct Row {
    const char* name;
    void (*damage)(World&);
    Names names;
    StackEnd::Kind end;
    const char* reason;  // part of it
    bool flagged = false;
  };
  using End = StackEnd::Kind;
  const Row rows[] = {
      {"return address 0", [](World& w) { w.target().write_word(w.innermost().fp - 8, 0); }, {"main.frames"}, End::error,
       "is 0"},
      {"return address into nothing", [](World& w) { w.target().write_word(w.innermost().fp - 8, kNowhere); },
       {"main.frames", "?0x6660000000", "runtime.main", "runtime.goexit"}, End::top, "outermost", true},
      {"return address is text", [](World& w) { w.target().write_word(w.innermost().fp - 8, 0x4141414141414141); },
       {"main.frames", "?0x4141414141414141", "runtime.main", "runtime.goexit"}, End::top, "outermost", true},
      {"return address and saved BP are text",
       [](World& w) {
         w.target().write_word(w.innermost().fp - 8, 0x4141414141414141);
         w.target().write_word(w.innermost().fp - 16, 0x4141414141414141);
       },
       {"main.frames", "?0x4141414141414141"}, End::error, "pc 0x4141414141414141 is in no function", true},
      {"return address is the frame itself, and BP points at it",
       [](World& w) {
         w.target().write_word(w.innermost().fp - 8, w.innermost().fp.value);
         w.target().write_word(w.innermost().fp - 16, (w.innermost().fp - 16).value);
       },
       {"main.frames", "?"}, End::error, "is in no function", true},
      {"return address in the right function, not after a call",
       [](World& w) { w.target().write_word(w.innermost().fp - 8, (w.frames[2].pc + 1).value); },
       kPlain, End::top, "outermost", true},
      {"return address in the middle of main.main's caller is 0",
       [](World& w) { w.target().write_word(w.frames[2].fp - 8, 0); }, {"main.frames", "main.main"}, End::error, "is 0"},
      {"goexit is missing", [](World& w) { w.target().write_word(w.frames[1].fp - 8, 0); },
       {"main.frames", "main.main", "runtime.main"}, End::error, "is 0"},
      {"the whole stack is unreadable", [](World& w) { w.target().unmap(w.g.stack); }, {"main.frames"}, End::error,
       "cannot be read"},
      {"SP is 0", [](World& w) { w.set(Reg::rsp, 0); }, {"main.frames"}, End::error, "cannot be read"},
      {"SP points nowhere", [](World& w) { w.set(Reg::rsp, kNowhere); }, {"main.frames"}, End::error, "cannot be read"},
      {"SP at the end of the address space", [](World& w) { w.set(Reg::rsp, ~std::uint64_t{0} - 15); }, {"main.frames"},
       End::error, ""},
      {"SP wraps around", [](World& w) { w.set(Reg::rsp, std::uint64_t{0} - 64); }, {"main.frames"}, End::error, ""},
      {"SP at the top of the stack", [](World& w) { w.set(Reg::rsp, (w.g.stack.hi - 8).value); }, {"main.frames"},
       End::error, "above goroutine 1's stack"},
      {"PC is 0, nothing called", [](World& w) { w.set(Reg::rip, 0); w.set(Reg::rsp, w.g.stack.lo.value); w.set(Reg::rbp, 0); },
       {"?0x0"}, End::error, "pc 0x0 is in no function"},
      {"PC points nowhere", [](World& w) { w.set(Reg::rip, kNowhere); w.set(Reg::rsp, w.g.stack.lo.value); w.set(Reg::rbp, 0); },
       {"?0x6660000000"}, End::error, "is in no function"},
      {"PC is in the data segment",
       [](World& w) { w.set(Reg::rip, w.runtime->allgs_slice().value); w.set(Reg::rsp, w.g.stack.lo.value); w.set(Reg::rbp, 0); },
       {"?"}, End::error, "is in no function"},
      {"PC and SP point nowhere",
       [](World& w) { w.set(Reg::rip, kNowhere); w.set(Reg::rsp, kNowhere); w.set(Reg::rbp, kNowhere); }, {"?0x6660000000"},
       End::error, "is in no function"},
      {"saved BP is garbage", [](World& w) { w.target().write_word(w.innermost().fp - 16, 0x4141414141414141); }, kPlain,
       End::top, "outermost", true},
      {"BP register is garbage", [](World& w) { w.set(Reg::rbp, 0x4141414141414141); }, kPlain, End::top, "outermost"},
      {"g.stack is upside down",
       [](World& w) {
         w.target().write_word(w.g.g + w.at().g.stack_lo, w.g.stack.hi.value);
         w.target().write_word(w.g.g + w.at().g.stack_hi, w.g.stack.lo.value);
       },
       kPlain, End::top, "outermost"},
      {"g.stack is nil",
       [](World& w) {
         w.target().write_word(w.g.g + w.at().g.stack_lo, 0);
         w.target().write_word(w.g.g + w.at().g.stack_hi, 0);
       },
       kPlain, End::top, "outermost"},
      {"m.curg is garbage", [](World& w) { w.target().write_word(w.m.m + w.at().m.curg, 0x4141414141414141); }, kPlain,
       End::top, "outermost"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto w = make_world("1.24");
    if (!w) return;
    row.damage(*w);
    std::size_t before = w->target().reads();
    Stack stack = w->walk();
    check_ended(*w, stack, before);
    Names found = names(stack);
    CAPTURE(found, stack.end.reason);
    // "?" stands for an address that depends on where things were put.
    if (!row.names.empty() && row.names.back() == "?" && !found.empty() && found.back().starts_with("?")) found.back() = "?";
    CHECK(found == row.names);
    CHECK(stack.end.kind == row.end);
    CHECK(stack.end.reason.find(row.reason) != std::string::npos);
    CHECK(disagrees(stack) == row.flagged);
  }
}

TEST_CASE("behind a damaged return address the chain of saved BPs goes on, and says that it may skip frames") {
  auto w = make_world("1.24");
  if (!w) return;
  w->target().write_word(w->innermost().fp - 8, kNowhere);
  Stack stack = w->walk();
  REQUIRE(stack.frames.size() == 4);
  CHECK(stack.frames[0].checks == Checks::disagree);
  REQUIRE(stack.frames[1].checked.size() == 1);
  CHECK(stack.frames[1].checked[0].find("frames between may be missing") != std::string::npos);
  CHECK(stack.frames[2].found_by == FoundBy::frame_pointer);
  CHECK(stack.frames[2].fp == w->frames[1].fp);
}

TEST_CASE("a jump to nowhere through a wild function pointer shows who called it") {
  auto w = make_world("1.24");
  if (!w) return;
  LoadAddr sp = w->innermost().sp - 8;
  w->target().write_word(sp, w->innermost().pc.value);
  w->set(Reg::rip, 0);
  w->set(Reg::rsp, sp.value);
  Stack stack = w->walk();
  CHECK(names(stack) == Names{"?0x0", "main.frames", "main.main", "runtime.main", "runtime.goexit"});
  CHECK(stack.end.kind == StackEnd::Kind::top);
  CHECK_FALSE(stack.frames[0].checked.empty());
}

TEST_CASE("stacks that loop") {
  struct Row {
    const char* name;
    void (*damage)(World&);
    const char* reason;
  };
  const Row rows[] = {
      {"a signal context that interrupts its own trampoline",
       [](World& w) {
         LoadAddr trampoline = w.entry("runtime.sigreturn__sigaction");
         LoadAddr context = w.g.stack.lo + 256;
         w.target().write_word(context + 160, context.value);
         w.target().write_word(context + 168, trampoline.value);
         w.set(Reg::rip, trampoline.value);
         w.set(Reg::rsp, context.value);
       },
       "loops"},
      {"two signal contexts that interrupt each other",
       [](World& w) {
         LoadAddr trampoline = w.entry("runtime.sigreturn__sigaction");
         LoadAddr one = w.g.stack.lo + 256, two = w.g.stack.lo + 1024;
         for (auto [here, there] : {std::pair(one, two), std::pair(two, one)}) {
           w.target().write_word(here + 160, there.value);
           w.target().write_word(here + 168, trampoline.value);
         }
         w.set(Reg::rip, trampoline.value);
         w.set(Reg::rsp, one.value);
       },
       "loops"},
      {"a signal handler whose context is the code that runs below it",
       [](World& w) {
         // sigtramp's return address is the trampoline, and the context behind it leads to sigtramp again.
         Goroutine gsignal = *w.scheduler->goroutine(w.m.gsignal);
         LoadAddr sp = gsignal.stack.lo + 1024;
         LoadAddr pc = w.entry("runtime.sigtramp");
         w.target().write_word(sp, w.entry("runtime.sigreturn__sigaction").value);
         w.target().write_word(sp + 8 + 160, sp.value);
         w.target().write_word(sp + 8 + 168, pc.value);
         w.set(Reg::rip, pc.value);
         w.set(Reg::rsp, sp.value);
       },
       "loops"},
      {"gogo to a gobuf that is in gogo",
       [](World& w) {
         LoadAddr gogo = w.entry("runtime.gogo");
         w.runtime->set_sched(w.g, {gogo, w.innermost().sp, {}});
         w.set(Reg::rip, gogo.value);
       },
       "loops"},
      {"systemstack whose saved stack pointer leads to systemstack again",
       [](World& w) {
         Goroutine g0 = *w.scheduler->goroutine(w.m.g0);
         LoadAddr site = w.entry("runtime.systemstack") + 30;
         LoadAddr saved = w.g.stack.lo + 4096;
         for (LoadAddr at = saved; at < saved + 1024; at = at + 8) w.target().write_word(at, site.value);
         w.runtime->set_sched(w.g, {site, saved, {}});
         w.set(Reg::rip, site.value);
         w.set(Reg::rsp, (g0.stack.lo + 1024).value);
       },
       ""},
      {"a vDSO call whose caller is in the vDSO",
       [](World& w) {
         Goroutine g0 = *w.scheduler->goroutine(w.m.g0);
         w.target().write_word(w.m.m + w.at().m.vdso_pc, kNowhere);
         w.target().write_word(w.m.m + w.at().m.vdso_sp, (g0.stack.lo + 64).value);
         w.set(Reg::rip, kNowhere);
         w.set(Reg::rsp, (g0.stack.lo + 32).value);
       },
       "loops"},
      {"a chain of saved BPs that points at itself",
       [](World& w) {
         LoadAddr slot = w.g.stack.lo + 512;
         w.target().write_word(slot, slot.value);
         w.target().write_word(slot + 8, w.frames[2].pc.value);
         w.set(Reg::rip, kNowhere);
         w.set(Reg::rsp, (slot - 64).value);
         w.set(Reg::rbp, slot.value);
       },
       ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto w = make_world("1.24");
    if (!w) return;
    row.damage(*w);
    std::size_t before = w->target().reads();
    Stack stack = w->walk();
    CAPTURE(names(stack), stack.end.reason);
    check_ended(*w, stack, before, 100);
    CHECK(stack.end.kind == StackEnd::Kind::error);
    CHECK(stack.end.reason.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("a deep stack ends at the limit, and the limit says so") {
  auto w = make_world("1.24");
  if (!w) return;
  while (w->innermost().sp - w->g.stack.lo > 1024) w->runtime->call(w->frames, w->innermost().pc);
  w->runtime->stop_at(FakeRuntime::kThread, w->innermost());
  std::size_t depth = w->frames.size();
  REQUIRE(depth > 40);
  CHECK(w->walk().frames.size() == depth);
  for (std::size_t limit : {std::size_t{1}, std::size_t{40}, depth - 1}) {
    Stack stack = w->walk({limit});
    CHECK(stack.frames.size() == limit);
    CHECK(stack.end.kind == StackEnd::Kind::limit);
    CHECK(stack.end.reason.find(std::to_string(limit)) != std::string::npos);
  }
  CHECK(w->walk({depth}).end.kind == StackEnd::Kind::top);
  CHECK(w->walk({0}).frames.empty());
}

TEST_CASE("a thread that Go does not know is unwound as far as it goes") {
  auto w = make_world("1.24");
  if (!w) return;
  Registers registers = w->runtime->registers(FakeRuntime::kThread);
  registers.set(Reg::fs_base, 0);
  registers.set(Reg::r14, 0);
  w->target().set_registers(ThreadId{5}, registers);
  auto stack = Unwinder(w->process(), *w->scheduler).thread(ThreadId{5});
  REQUIRE(stack);
  CHECK_FALSE(stack->goroutine);
  CHECK(names(*stack) == kPlain);
  CHECK(Unwinder(w->process(), *w->scheduler).thread(ThreadId{6}).error().code == Errc::not_found);
}
