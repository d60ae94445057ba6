// Prints the backtrace of every goroutine of a core file, in the runtime's own words, for comparison with its traceback.
#include <fmt/format.h>

#include "core/sched/go_process.h"
#include "core/unwind/unwinder.h"
#include "tests/support/core_target.h"

using namespace lldbgo;

namespace {

int die(const Error& error) {
  fmt::print(stderr, "core_bt: {}\n", error.text());
  return 1;
}

void print(const Stack& stack) {
  fmt::print("goroutine {} [{}{}{}]:\n", stack.goroutine.value_or(0), stack.status, stack.wait_reason.empty() ? "" : ": ",
             stack.wait_reason);
  for (const PhysicalFrame& frame : stack.frames) {
    for (const LogicalEntry& e : frame.entries) {
      fmt::print("{}({})\n\t{}:{}", e.function, e.inlined ? "..." : "", e.file, e.line);
      if (!e.inlined) {
        fmt::print(" +{:#x} fp={:#x} sp={:#x} pc={:#x}", frame.pc_offset, frame.fp.value, frame.sp.value, frame.pc.value);
      }
      fmt::print("  [{} {} {}{}]\n", stack_kind_name(frame.stack), found_by_name(frame.found_by), checks_name(frame.checks),
                 frame.abi ? std::string(" ") + abi_name(*frame.abi) : "");
    }
    if (frame.checks == Checks::disagree) {
      for (const std::string& line : frame.checked) fmt::print("\t\t! {}\n", line);
    }
    if (!frame.switch_note.empty()) fmt::print("  -- {}\n", frame.switch_note);
  }
  if (stack.created_by) {
    fmt::print("created by {}\n\t{}:{} +{:#x}\n", stack.created_by->function, stack.created_by->file, stack.created_by->line,
               stack.created_offset);
  }
  fmt::print("  end: {}\n", stack.end.reason);
  for (const std::string& p : stack.problems) fmt::print("  problem: {}\n", p);
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: core_bt EXECUTABLE CORE\n");
    return 2;
  }
  auto image = GoImage::open(argv[1]);
  if (!image) return die(image.error());
  auto core = testing::CoreTarget::open(argv[2]);
  if (!core) return die(core.error());
  Slide slide;
  for (const Image& i : (*core)->images()) {
    if (i.main && i.slide) slide = *i.slide;
  }
  GoProcess process(*image, slide, **core, **core, **core);
  auto scheduler = Scheduler::open(process);
  if (!scheduler) return die(scheduler.error());
  Unwinder unwinder(process, **scheduler);
  for (ThreadId t : (*core)->threads()) {
    auto stack = unwinder.thread(t);
    if (!stack) return die(stack.error());
    fmt::print("thread {}:\n", t.value);
    print(*stack);
  }
  auto all = (*scheduler)->goroutines();
  if (!all) return die(all.error());
  for (const Goroutine& g : all->goroutines) {
    auto stack = unwinder.goroutine(g);
    if (!stack) return die(stack.error());
    print(*stack);
  }
  return 0;
}
