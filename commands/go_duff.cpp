// go-duff: what clears and copies blocks of memory.
#include <fmt/format.h>

#include "commands/duff_verbs.h"
#include "commands/registry.h"
#include "commands/select.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

Result<Output> run(Context& context, const Options& options) {
  std::string_view verb = options.text("VERB");
  bool place = !options.text("WHERE").empty();
  if (verb == "list") return duff_list(context, options);
  if (options.has("all") || options.has("device")) {
    return fail(Errc::invalid_argument, "go-duff: --all and --device belong to list", "see go-duff --help");
  }
  if (verb.empty() || verb == "explain") return duff_explain(context, options);
  if (place) return fail(Errc::invalid_argument, fmt::format("go-duff {}: takes no place", printable(verb, 40)), "see go-duff --help");
  if (verb == "table") return duff_table(context, options);
  return fail(Errc::invalid_argument, fmt::format("go-duff: cannot '{}'", printable(verb, 40)),
              "say explain, list, table, step or break");
}

}  // namespace

const Command& go_duff_command() {
  static const Command command{
      .name = "go-duff",
      .schema = "lldb-go/duff/1",
      .summary = "what clears and copies blocks of memory: Duff's device, loops, REP, memclr and memmove",
      .details =
          R"(To clear or copy a block of a fixed size, the compiler up to Go 1.25 calls into the middle of runtime.duffzero or
runtime.duffcopy; the place decides how many bytes are left to do. Smaller and larger blocks, and all of them from Go 1.26
on, are done in the function itself: by a run of 16-byte stores, a loop of them, or REP STOSQ and REP MOVSQ. Everything
shown is read from the program's instructions; routines are found by their code in stripped programs, too.

  explain [WHERE]   the place that WHERE or the selected frame is at, or the nearest one of the function: how many bytes,
                    which memory, why this entry, and at a stop how much is left
  list [WHERE]      every place of a function; --all: of the program
  table             every entry of the two routines)",
      .example = "",
      .arguments = {{"VERB", "explain (the default), list, table", false},
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
          },
      .run = run,
  };
  return command;
}

}  // namespace lldbgo
