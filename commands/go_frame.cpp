#include <fmt/format.h>

#include "commands/backtrace.h"
#include "commands/frame_view.h"
#include "commands/registry.h"
#include "commands/select.h"

namespace lldbgo {
namespace {

Result<FrameView> view_of(Context& context, GoProcess& process, const Stack& stack, std::size_t physical, std::size_t index) {
  auto map = build_frame_map(process, stack, physical);
  if (!map) return tl::unexpected(std::move(map.error()).in(fmt::format("frame {}", index)));
  for (const std::string& p : map->problems) context.problem(fmt::format("frame {}: {}", index, p));
  return FrameView{std::move(*map), index, process.image().version().text(), stack_title(stack)};
}

// One map per physical frame, under the number of its physical function: the last of its visible lines.
Result<std::vector<FrameView>> every_frame(Context& context, GoProcess& process, const Stack& stack,
                                           const std::vector<VisibleFrame>& visible) {
  std::vector<FrameView> out;
  for (std::size_t i = 0; i < visible.size(); ++i) {
    if (i + 1 < visible.size() && visible[i + 1].physical == visible[i].physical) continue;
    if (context.host().interrupted()) {
      context.problem(fmt::format("interrupted at frame {} of {}", i, visible.size()));
      break;
    }
    auto view = view_of(context, process, stack, visible[i].physical, i);
    if (view) {
      out.push_back(std::move(*view));
    } else {
      context.problem(view.error().text());
    }
  }
  return out;
}

Result<std::vector<FrameView>> wanted_frames(Context& context, const Options& options) {
  std::size_t limit = kDefaultFrameLimit;
  if (auto n = options.number("frame")) limit = std::max<std::size_t>(limit, *n + 1);
  auto stack = choose_stack(context, options, limit);
  if (!stack) return pass(stack);
  GoProcess& process = **context.host().process();
  std::vector<VisibleFrame> visible = visible_frames(*stack, false);
  if (options.has("all")) return every_frame(context, process, *stack, visible);

  auto index = choose_frame(context, options, *stack, visible);
  if (!index) return pass(index);
  auto view = view_of(context, process, *stack, visible[*index].physical, *index);
  if (!view) return pass(view);
  std::vector<FrameView> out;
  out.push_back(std::move(*view));
  return out;
}

Result<Output> run(Context& context, const Options& options) {
  auto frames = wanted_frames(context, options);
  if (!frames) return pass(frames);
  Output out;
  if (context.json()) {
    if (options.has("all")) {
      Json& list = out.json["frames"] = Json::array();
      for (const FrameView& view : *frames) list.push_back(frame_json(view));
    } else {
      out.json["frame"] = frame_json(frames->front());
    }
    return out;
  }
  FrameTextOptions text{context.width(), options.has("why"), options.has("all-words")};
  for (const FrameView& view : *frames) {
    if (!out.text.lines().empty()) out.text.blank();
    out.text.add(frame_text(view, text));
  }
  return out;
}

}  // namespace

const Command& go_frame_command() {
  static const Command command = {
      "go-frame",
      "lldb-go/frame/1",
      "the frame map: one stack frame as the Go assembler sees it",
      "Shows a frame of a Go function, compiled or assembly, with the four anchors and how they follow from each other: hardware "
      "SP, the assembler's pseudo SP and pseudo FP, and BP. Then every word from the arguments and spill slots down to SP:\n"
      "\n"
      "  +FP, +SP  distance from pseudo FP (decimal, as in a+8(FP)) and from hardware SP\n"
      "  arg, result, spill   the caller's part: stack arguments and results, homes of register arguments\n"
      "  local, temp          x-8(SP) as the assembler writes it, and what the compiler spilled without a name\n"
      "  outgoing             room for the stack arguments of the functions it calls\n"
      "  live, dead           what the stack maps and argument liveness say at this pc\n"
      "  unknown              no table says what it is; nothing is guessed\n"
      "\n"
      "pseudo SP is FP-16 in a function that saves BP and FP-8 in one that does not. Long runs of words that say nothing are "
      "folded in the text, never in the JSON.",
      "",
      {},
      {
          frame_option(),
          goroutine_option(),
          {"--all", "", "every frame of the stack", OptionSpec::Kind::flag, {}, "frame"},
          {"--why", "", "where each fact comes from", OptionSpec::Kind::flag, {}, ""},
          {"--all-words", "", "no folding", OptionSpec::Kind::flag, {}, ""},
      },
      run,
  };
  return command;
}

}  // namespace lldbgo
