// go-duff: what clears and copies blocks of memory.
#include <fmt/format.h>

#include "commands/duff_verbs.h"
#include "commands/registry.h"
#include "commands/select.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

struct Verb {
  std::string_view name;
  Result<Output> (*run)(Context&, const Options&);
  bool place;
  std::string_view options;
};
constexpr Verb kVerbs[] = {
    {"explain", duff_explain, true, "frame goroutine"},
    {"list", duff_list, true, "all device frame goroutine"},
    {"table", duff_table, false, ""},
    {"step", duff_step, false, "count"},
    {"break", duff_break, false, "size function"},
};

Result<Output> run(Context& context, const Options& options) {
  std::string_view verb = options.text("VERB");
  if (verb.empty()) verb = "explain";
  for (const Verb& v : kVerbs) {
    if (v.name != verb) continue;
    for (std::string_view option : {"all", "device", "size", "function", "count", "frame", "goroutine"}) {
      if (options.has(option) && v.options.find(option) == std::string_view::npos) {
        return fail(Errc::invalid_argument, fmt::format("go-duff {}: has no --{}", verb, option), "see go-duff --help");
      }
    }
    if (!v.place && !options.text("WHERE").empty()) {
      return fail(Errc::invalid_argument, fmt::format("go-duff {}: takes no place", verb), "see go-duff --help");
    }
    return v.run(context, options);
  }
  return fail(Errc::invalid_argument, fmt::format("go-duff: cannot '{}'", printable(verb, 40)),
              "say explain, list, table, step or break");
}

}  // namespace

const Command& go_duff_command() {
  static const Command command{
      .name = "go-duff",
      .schema = "lldb-go/duff/1",
      .summary = "what clears and copies blocks of memory, Duff's device above all",
      .details =
          R"(To clear or copy a block of a fixed size, the compiler up to Go 1.25 calls into the middle of runtime.duffzero or
runtime.duffcopy; the place decides how many bytes are left to do. Smaller and larger blocks, and all of them from Go 1.26
on, are done in the function itself: by a run of 16-byte stores, a loop of them, or REP STOSQ and REP MOVSQ. Everything
shown is read from the program's instructions; routines are found by their code in stripped programs, too.

  explain [WHERE]  the place that WHERE or the selected frame is at, or the nearest one of the
                   function: how many bytes, which memory, why this entry, how much is left
  list [WHERE]     every place of a function; --all: of the program
  table            every entry of the two routines
  step             from here into the routine that the function calls next, or on in it, and store
                   by store to its end; --count N: no more than N instructions of it
  break            stops at every entry of the routines, whatever the offset; --size BYTES,
                   --function NAME: only those. Who only passes an entry is not stopped

step lets the process run as go-next does: the goroutine is followed, others do not stop, and whatever else stops or ends
the program ends the step. In a debug console it prints when the routine is done.)",
      .example =
          // transcript: examples/duff STOP_AT main.returnMax
      R"((lldb) go-duff
duffzero  0x47a5ca  main.returnMax+0x2a  examples/duff/main.go:20
  return r
  clears 80 bytes: 5 stores of 16 bytes
  not reached yet: no branch lies between

  clears  SP+0x10               0xc000076e30 .. 0xc000076e80  r
  calls   runtime.duffzero+336  0x46bcb0

  runtime.duffzero is 16 blocks of 23 bytes of code, each clears 64 bytes, and a RET: 369 bytes of
  code for up to 1024 bytes.
  The entry +336 skips 14 blocks and 3 stores of the next: 1 store is left in it, then 1 whole block
  runs before RET.
  The first store it reaches is at 0x30(DI), so DI comes 48 bytes too low: LEAQ -0x30(DI), DI.
  Around the call BP is saved at SP-0x10 and points there: with the return address at SP-0x8 that
  makes a frame for who follows frame pointers while the routine, which makes none, runs.
)",
      .arguments = {{"VERB", "explain (the default), list, table, step or break", false},
                    {"WHERE", "0x401000, main.f or main.f+0x1f", false}},
      .options =
          {
              frame_option(),
              goroutine_option(),
              {"--all", "", "list: the whole program", OptionSpec::Kind::flag, {}, ""},
              {"--device",
               "DEVICE",
               "list: only these",
               OptionSpec::Kind::choice,
               {"duffzero", "duffcopy", "inline-zero", "inline-copy", "rep-stos", "rep-movs", "memclr", "memmove"},
               ""},
              {"--count", "N", "step: at most N instructions", OptionSpec::Kind::number, {}, ""},
              {"--size", "BYTES", "break: only calls for so many bytes", OptionSpec::Kind::number, {}, ""},
              {"--function", "NAME", "break: only calls in this function", OptionSpec::Kind::text, {}, ""},
          },
      .run = run,
  };
  return command;
}

}  // namespace lldbgo
