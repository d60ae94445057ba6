#include <fmt/format.h>

#include "commands/backtrace.h"
#include "commands/registry.h"
#include "commands/select.h"
#include "commands/traceback_arguments.h"
#include "core/unwind/unwinder.h"

namespace lldbgo {
namespace {

Result<std::vector<Stack>> every_stack(Context& context, std::size_t limit) {
  auto process = context.host().process();
  if (!process) return pass(process);
  auto scheduler = context.host().scheduler();
  if (!scheduler) return pass(scheduler);
  auto list = (*scheduler)->goroutines();
  if (!list) return pass(list);
  for (const std::string& p : (*process)->image().problems()) context.problem(p);
  for (const std::string& p : list->problems) context.problem(p);
  if (list->goroutines.empty() && list->unreadable == 0) {
    context.problem("goroutines: there are none yet; let the program run into Go code");
  }

  Unwinder unwinder(**process, **scheduler);
  UnwindOptions unwind;
  unwind.limit = physical_limit(limit);
  std::vector<Stack> out;
  for (const Goroutine& g : list->goroutines) {
    if (context.host().interrupted()) {
      context.problem(fmt::format("interrupted after {} of {} goroutines", out.size(), list->goroutines.size()));
      break;
    }
    auto stack = unwinder.goroutine(g, unwind);
    if (!stack) {
      context.problem(fmt::format("goroutine {}: {}", g.id, stack.error().text()));
      continue;
    }
    for (const std::string& p : stack->problems) context.problem(fmt::format("goroutine {}: {}", g.id, p));
    out.push_back(std::move(*stack));
  }
  return out;
}

Result<std::vector<Stack>> wanted_stacks(Context& context, const Options& options, std::size_t limit) {
  if (options.has("all")) return every_stack(context, limit);
  auto stack = choose_stack(context, options, limit);
  if (!stack) return pass(stack);
  std::vector<Stack> out;
  out.push_back(std::move(*stack));
  return out;
}

Result<Output> run(Context& context, const Options& options) {
  std::size_t limit = options.number("limit").value_or(kDefaultFrameLimit);
  auto stacks = wanted_stacks(context, options, limit);
  if (!stacks) return pass(stacks);
  GoProcess& process = **context.host().process();
  auto arguments = [&](const PhysicalFrame& frame) { return traceback_arguments(process, frame); };

  Output out;
  out.json["go_version"] = process.image().version().text();
  Json& list = out.json["stacks"] = Json::array();
  for (Stack& stack : *stacks) {
    Backtrace backtrace = make_backtrace(std::move(stack), options.has("raw"), limit);
    if (context.json()) {
      list.push_back(backtrace_json(backtrace));
    } else {
      if (!out.text.lines().empty()) out.text.blank();
      out.text.add(backtrace_text(backtrace, arguments));
    }
  }
  return out;
}

}  // namespace

const Command& go_bt_command() {
  static const Command command = {
      "go-bt",
      "lldb-go/backtrace/1",
      "the Go-aware backtrace of a goroutine, or of all",
      "Walks the selected thread's goroutine from its registers, or any goroutine from its saved state, with Go's own "
      "tables: "
      "through inlined calls, systemstack, mcall, stack growth, preemption, signals and cgo. The text is the Go "
      "runtime's "
      "traceback line by line, with the number of each frame in front of its location.\n"
      "\n"
      "A frame found through Go's pcsp table and confirmed by a second source (DWARF CFI, the saved-BP chain, the call "
      "in front "
      "of the return address) stands as it is. Any other one says in brackets how it was found: [registers], [gobuf], "
      "[cfi, unchecked], [pcsp, DISAGREES] with the reason below. The last line says why the stack ends there.",
      // transcript: examples/calls STOP_AT main.markerSum
      R"((lldb) go-bt
goroutine 1 [running]:  thread 5131
main.markerSum()
    #0  examples/calls/main.go:10 fp=0xc0000406f8 sp=0xc0000406f0 pc=0x468f60 [registers]
main.sum(0x1, 0x4)
    #1  examples/calls/main.go:15 +0x19 fp=0xc000040708 sp=0xc0000406f8 pc=0x468f99
main.sumSquare(0x0?, 0x46f9a0?)
    #2  examples/calls/main.go:23 +0x1b fp=0xc000040728 sp=0xc000040708 pc=0x468ffb
main.main()
    #3  examples/calls/main.go:27 +0x1d fp=0xc000040750 sp=0xc000040728 pc=0x46903d
runtime.main()
    #4  $GOROOT/src/runtime/proc.go:283 +0x28b fp=0xc0000407e0 sp=0xc000040750 pc=0x43420b
runtime.goexit({})
    #5  $GOROOT/src/runtime/asm_amd64.s:1700 +0x1 fp=0xc0000407e8 sp=0xc0000407e0 pc=0x465c41
    end: runtime.goexit is the outermost function of its stack
)",
      {},
      {
          goroutine_option(),
          {"--all", "", "every goroutine", OptionSpec::Kind::flag, {}, "goroutine"},
          {"--limit", "N", "at most N frames of a stack (default 1000)", OptionSpec::Kind::number, {}, ""},
          {"--raw", "", "also the wrappers that the runtime's traceback hides", OptionSpec::Kind::flag, {}, ""},
      },
      run,
  };
  return command;
}

}  // namespace lldbgo
