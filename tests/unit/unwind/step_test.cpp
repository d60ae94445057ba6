// The step proof without a debugger: before every instruction of a program's functions the caller is the same as before the
// call. Where SP and BP are then comes from executing the code (frame_machine.h), not from Go's tables.
#include "core/gofacts/frame_facts.h"
#include "tests/unit/unwind/frame_machine.h"
#include "tests/unit/unwind/world.h"

using namespace lldbgo;
using namespace lldbgo::testing;

namespace {

// Functions that change stacks have rules of their own and other tests. The kernel enters sigreturn with a return, and
// rawVforkSyscall takes its own return address off the stack.
bool ordinary(const GoVersion& version, const Func& func) {
  if (func.name.starts_with("runtime.sigreturn") || func.name == "syscall.rawVforkSyscall") return false;
  switch (func.id) {
    case FuncId::systemstack:
    case FuncId::morestack:
    case FuncId::mcall:
    case FuncId::asmcgocall:
    case FuncId::gogo: return false;
    default: return !top_frame(version, func) && !writes_sp(version, func);
  }
}

struct Count {
  std::size_t functions = 0, instructions = 0, not_followed = 0, wrong = 0;
};

Count step_through(World& w, std::size_t every) {
  Count count;
  const Pclntab& table = w.process().image().pclntab();
  const MadeFrame caller = w.frames[2];  // main.main at its call of main.frames
  FrameState entry;
  entry.sp = caller.sp.value - 8;
  entry.bp = caller.bp.value;
  for (std::size_t i = 0; i < table.function_count(); ++i) {
    auto func = table.at(i);
    REQUIRE(func);
    bool own = func->name.starts_with("main.") || func->name.starts_with("example.org/");
    if (!own && i % every != 0) continue;
    if (!ordinary(w.process().image().version(), *func)) continue;
    CAPTURE(func->name);
    Bytes code = w.process().image().elf().bytes_from(func->entry, func->end.value - func->entry.value);
    auto states = run_frame_machine(code, entry);
    if (!states) {
      ++count.not_followed;
      continue;
    }
    ++count.functions;
    w.target().write_word(LoadAddr(entry.sp), caller.pc.value);
    for (const auto& [offset, state] : *states) {
      ++count.instructions;
      // Poison: what the function has not stored is not there.
      for (std::uint64_t at = entry.sp - 256; at < entry.sp; at += 8) w.target().write_word(LoadAddr(at), 0xdead00000000 | at);
      for (const auto& [at, value] : state.stored) w.target().write_word(LoadAddr(at), value);
      w.set(Reg::rip, w.process().to_load(func->entry + offset).value);
      w.set(Reg::rsp, state.sp);
      w.set(Reg::rbp, state.bp);
      Stack stack = w.walk({2});
      CAPTURE(offset, stack.frames[0].checked, stack.end.reason);
      bool same = stack.frames.size() == 2 && stack.frames[0].fp.value == entry.sp + 8 && stack.frames[1].pc == caller.pc &&
                  stack.frames[1].sp == caller.sp && stack.frames[1].bp == caller.bp &&
                  stack.frames[0].checks != Checks::disagree;
      if (same) continue;
      if (++count.wrong > 5) continue;
      CAPTURE(stack.frames[0].fp.value, entry.sp + 8, names(stack), caller.bp.value);
      CAPTURE(stack.frames.back().bp.value_or(LoadAddr()).value);
      CHECK(same);
    }
  }
  return count;
}

}  // namespace

TEST_CASE("before every instruction the caller is the same as before the call") {
  struct Build {
    const char* variant;
    std::size_t every;         // which part of the runtime's functions; the sample's own are all taken
    std::size_t instructions;  // at least
  };
  for (const std::string& version : sample_versions()) {
    for (const Build& build : {Build{"plain", 4, 18000}, Build{"noopt", 64, 1500}}) {
      CAPTURE(version, build.variant);
      auto w = make_world(version, build.variant);
      if (!w) continue;
      Count count = step_through(*w, build.every);
      CHECK(count.wrong == 0);
      CHECK(count.instructions > build.instructions);
      CHECK(count.not_followed == 0);
    }
  }
}
