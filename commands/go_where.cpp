#include <fmt/format.h>

#include "commands/address_view.h"
#include "commands/registry.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

Result<Output> run(Context& context, const Options& options) {
  auto process = context.host().process();
  if (!process) return pass(process);
  auto scheduler = context.host().scheduler();
  if (!scheduler) context.problem(scheduler.error().text());

  // Expressions first: what evaluates them may use the process, and what we read lives until the end.
  std::vector<LoadAddr> wanted;
  for (const std::string& text : options.list()) {
    auto at = address_of(context.host(), text);
    if (!at) return pass(at);
    wanted.push_back(*at);
  }
  if (wanted.empty()) {
    auto selected = context.host().selected_frame();
    if (!selected) return fail(Errc::not_found, "frame: none is selected", "give an address");
    wanted.push_back(selected->pc);
  }
  Addresses addresses(**process, scheduler ? *scheduler : nullptr);
  Output out;
  Json list = Json::array();
  for (LoadAddr at : wanted) {
    if (context.host().interrupted()) {
      context.problem("interrupted");
      break;
    }
    AddressFacts facts = addresses.where(at);
    if (facts.stack && !facts.stack->problem.empty() && facts.stack->frame.empty()) {
      context.problem(fmt::format("{}: the stack's frames end before it: {}", hex(at.value), facts.stack->problem));
    }
    if (context.json()) {
      list.push_back(address_json(facts));
    } else {
      out.text.line().add(hex(at.value), Style::address).add("  ").add(address_line(facts));
    }
  }
  for (const std::string& p : addresses.problems()) context.problem(p);
  if (wanted.size() == 1 && !list.empty()) {
    out.json = std::move(list[0]);
  } else {
    out.json["addresses"] = std::move(list);
  }
  return out;
}

}  // namespace

const Command& go_where_command() {
  static const Command command{
      .name = "go-where",
      .schema = "lldb-go/where/1",
      .summary = "what an address is: code, a variable, an object of the heap, a slot of a stack",
      .details =
          R"(Takes any 64-bit values: numbers, registers ($rdi, or Go's names: $DI), &main.count (where the
variable is), main.count (its first word, so what it points at), main.f, expressions of LLDB. Without
any, the selected frame's pc. One line each:

  code      function and offset, line, section, file
  variable  symbol, its field where the type is known, section (.noptrbss)
  heap      the object that contains it: base, size, span class and index, allocated or free, marked
            or not while the collector runs, its type where the runtime records it (from Go 1.22 on:
            objects with pointers above 512 bytes)
  stack     whose, which frame, which slot by the frame map
  mapped    what else the process has mapped

base is that of the heap's slot: an object that has its type in front is seen by the program 8 bytes
further. Works in a core file and in a stripped program; with --json and more than one value the
answers are in `addresses`.)",
      .example =
          // transcript: examples/memlayout STOP_AT main.markerPlaces
      R"((lldb) go-where $rip $rsp $AX &main.counter &main.primes main.list main.text 12345
0x468f60  main.markerPlaces  main.go:24  .text of memlayout
0xc0000406f8  stack of goroutine 1, main.markerPlaces return address
0xc000082020  heap object 0xc000082020 of 16 bytes, span class 4 index 2
0x516a90  main.counter (int)  .noptrbss of memlayout
0x4f33b0  main.primes ([3]int)  .noptrdata of memlayout
0x4f3d40  data without a name  .data of memlayout
0x47d367  constant data  .rodata of memlayout
0x3039  unmapped
)",
      .arguments = {{"ADDRESS", "a number, $register or expression; several are fine", false, true}},
      .options = {},
      .run = run,
  };
  return command;
}

}  // namespace lldbgo
