#include "commands/select.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/unwind/unwinder.h"

namespace lldbgo {

OptionSpec goroutine_option() {
  return {"-g,--goroutine",         "ID", "the goroutine with this id, instead of the selected thread's",
          OptionSpec::Kind::number, {},   ""};
}

OptionSpec frame_option() {
  return {"-f,--frame", "N", "the frame that go-bt numbers N, instead of the selected one", OptionSpec::Kind::number,
          {},           ""};
}

std::size_t physical_limit(std::size_t visible) {
  return visible > (1u << 30) ? visible : 2 * visible + 64;
}

Result<Stack> choose_stack(Context& context, const Options& options, std::size_t limit) {
  auto process = context.host().process();
  if (!process) return pass(process);
  auto scheduler = context.host().scheduler();
  if (!scheduler) return pass(scheduler);
  for (const std::string& p : (*process)->image().problems()) context.problem(p);
  Unwinder unwinder(**process, **scheduler);
  UnwindOptions unwind;
  unwind.limit = physical_limit(limit);

  auto stack = [&]() -> Result<Stack> {
    if (auto id = options.number("goroutine")) {
      auto g = (*scheduler)->by_id(static_cast<std::int64_t>(*id));
      if (!g) return pass(g);
      return unwinder.goroutine(*g, unwind);
    }
    auto thread = (*process)->threads().selected_thread();
    if (!thread)
      return fail(Errc::not_found, "thread: none is selected",
                  "select one with `thread select`, or name a goroutine with -g");
    return unwinder.thread(*thread, unwind);
  }();
  if (!stack) return stack;
  for (const std::string& p : stack->problems) context.problem(p);
  return stack;
}

Result<SelectedThread> selected_thread(Host& host, std::size_t limit) {
  auto process = host.process();
  if (!process) return pass(process);
  auto scheduler = host.scheduler();
  if (!scheduler) return pass(scheduler);
  auto thread = (*process)->threads().selected_thread();
  if (!thread) return fail(Errc::not_found, "thread: none is selected", "select one with `thread select`");
  auto stack = Unwinder(**process, **scheduler).thread(*thread, {limit});
  if (!stack) return pass(stack);
  return SelectedThread{*process, *scheduler, *thread, std::move(*stack)};
}

Result<std::size_t> choose_frame(Context& context, const Options& options, const Stack& stack,
                                 const std::vector<VisibleFrame>& visible) {
  if (visible.empty()) {
    return fail(Errc::not_found, "stack: has no frame to show: " + stack.end.reason, "see go-bt --raw");
  }
  if (auto wanted = options.number("frame")) {
    if (*wanted < visible.size()) return static_cast<std::size_t>(*wanted);
    return fail(Errc::not_found, fmt::format("frame {}: the stack has frames 0 to {}", *wanted, visible.size() - 1),
                "see go-bt");
  }
  if (options.has("goroutine")) return 0;
  auto selected = context.host().selected_frame();
  if (!selected) return 0;
  for (std::size_t i = 0; i < visible.size(); ++i) {
    const PhysicalFrame& frame = stack.frames[visible[i].physical];
    if (frame.pc != selected->pc || frame.sp != selected->sp) continue;
    std::size_t same = 1;  // visible entries of this physical frame from here on
    while (i + same < visible.size() && visible[i + same].physical == visible[i].physical) ++same;
    return i + std::min(selected->inline_depth, same - 1);
  }
  // The debugger unwinds otherwise than we do, or stands on a wrapper that go-bt hides.
  if (selected->pc != stack.frames.front().pc)
    context.problem("the frame selected in the debugger is none of go-bt's: this is frame 0; name another one with -f");
  return 0;
}

}  // namespace lldbgo
