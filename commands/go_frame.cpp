#include <fmt/format.h>

#include "commands/backtrace.h"
#include "commands/frame_view.h"
#include "commands/registry.h"
#include "commands/select.h"

namespace lldbgo {
namespace {

Result<FrameView> view_of(Context& context, GoProcess& process, const Stack& stack, std::size_t physical,
                          std::size_t index) {
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
      "Shows a frame of a Go function, compiled or assembly, with the four anchors and how they follow from each "
      "other: hardware "
      "SP, the assembler's pseudo SP and pseudo FP, and BP. Then every word from the arguments and spill slots down to "
      "SP:\n"
      "\n"
      "  +FP, +SP            distance from pseudo FP (decimal, as in a+8(FP)) and from hardware SP\n"
      "  arg, result, spill  the caller's part: stack arguments and results, homes of register arguments\n"
      "  local, temp         n-8(SP) as the assembler writes it, and what was spilled without a name\n"
      "  outgoing            room for the stack arguments of the functions it calls\n"
      "  live, dead          what the stack maps and argument liveness say at this pc\n"
      "  unknown             no table says what it is; nothing is guessed\n"
      "\n"
      "pseudo SP is FP-16 in a function that saves BP and FP-8 in one that does not. Long runs of words that say "
      "nothing are "
      "folded in the text, never in the JSON.",
      // transcript: examples/regargs STOP_AT main.markerMixed
      R"((lldb) go-frame -f 1
frame #1  main.mixed(flag=true, s="hello", b=[]uint8 len 4, v=int 7, t={flag: true, n: 3, ...},
            pair={10, 20})  main.go:119  goroutine 1 [running]
  go1.24.4  ABIInternal  pc main.mixed+0x117  frame 0x30 bytes  found by pcsp, pcsp and CFI agree

  hardware SP  0xc0000bbde8  RSP
  pseudo SP    0xc0000bbe10  SP+0x28 = FP-16      locals are x-N(SP) from here
  pseudo FP    0xc0000bbe20  SP+0x38 = SP+0x30+8  arguments are x+N(FP) from here
  BP           0xc0000bbe10  SP+0x28              -> saved caller BP 0xc0000bbf40

  argument    type          place              state  value
  flag        bool          AX, +24(FP)        live   true
  s           string        BX CX, +32(FP)     live   "hello"
  b           []uint8       DI SI R8, +48(FP)  live   len=4 cap=4
  v           interface {}  R9 R10, +72(FP)    live   int 7
  t           main.small    +0(FP)             live   {flag: true, n: 3, p: 0xc0000bbe78}
  pair        [2]int32      +16(FP)            live   {10, 20}
  result ~r0  int           AX                 dead

  address       +FP    +SP                word  what
  0xc0000bbe70  +80  +0x88  0x000000000049abe0  spill   v.data  unsafe.Pointer R10 live
  0xc0000bbe68  +72  +0x80  0x0000000000470800  spill   v.type  *runtime._type R9  live int 7
  0xc0000bbe60  +64  +0x78  0x0000000000000004  spill   b.cap   int            R8  live
  0xc0000bbe58  +56  +0x70  0x0000000000000004  spill   b.len   int            SI  live
  0xc0000bbe50  +48  +0x68  0x000000000047cfd9  spill   b.ptr   *uint8         DI  live len=4 cap=4
  0xc0000bbe48  +40  +0x60  0x0000000000000005  spill   s.len   int            CX  live
  0xc0000bbe40  +32  +0x58  0x000000000047d0bf  spill   s.ptr   *uint8         BX  live "hello"
  0xc0000bbe39  +25  +0x51    0x40100000000000  padding
  0xc0000bbe38  +24  +0x50                0x01  spill   flag    bool           AX  live true
  0xc0000bbe34  +20  +0x4c          0x00000014  arg     pair[1] int32              live 20
  0xc0000bbe30  +16  +0x48          0x0000000a  arg     pair[0] int32              live 10
  0xc0000bbe28   +8  +0x40  0x000000c0000bbe78  arg     t.p     *int               live 0xc0000bbe78
  0xc0000bbe24   +4  +0x3c          0x40040000  padding
  0xc0000bbe22   +2  +0x3a              0x0003  arg     t.n     int16              live 3
  0xc0000bbe21   +1  +0x39                0x00  padding
  0xc0000bbe20   +0  +0x38                0x01  arg     t.flag  bool               live true
  0xc0000bbe18   -8  +0x30  0x0000000000469f8f  return address -> main.main+0x20f main.go:204
  0xc0000bbe10  -16  +0x28  0x000000c0000bbf40  caller BP
  0xc0000bbe08  -24  +0x20  0x000000c0000bbe30  unknown
  0xc0000bbe00  -32  +0x18  0x0000000000000004  unknown
  0xc0000bbdf8  -40  +0x10  0x000000000047cfc9  unknown
  0xc0000bbdf0  -48   +0x8  0x0000000000000005  unknown
  0xc0000bbde8  -56   +0x0  0x000000000047d0a6  unknown

  callers  main.main+0x20f <- runtime.main+0x28b <- runtime.goexit+0x1
)",
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
