// go-wb: the garbage collector's write barrier.
#include <fmt/format.h>

#include <algorithm>

#include "commands/registry.h"
#include "commands/wb_break.h"
#include "commands/wb_explain.h"
#include "commands/wb_view.h"
#include "core/base/text.h"
#include "core/heap/barrier_code.h"

namespace lldbgo {
namespace {

/// What every verb but `explain` in a file without a process needs.
struct World {
  GoProcess* process = nullptr;
  const Scheduler* scheduler = nullptr;
  std::unique_ptr<Addresses> addresses;
  std::vector<Processor> all;
};

Result<World> open_world(Context& context) {
  auto process = context.host().process();
  if (!process) return pass(process);
  auto scheduler = context.host().scheduler();
  if (!scheduler) return pass(scheduler);
  World out{*process, *scheduler, std::make_unique<Addresses>(**process, *scheduler), {}};
  for (const std::string& p : out.addresses->problems()) context.problem(p);
  if (!out.addresses->layout()) {
    return fail(
        Errc::unsupported,
        "write barrier: the layout of the runtime's structs is not known for " + out.process->image().version().text(),
        "see go-info");
  }
  auto list = read_processors(**process, **scheduler, *out.addresses->layout());
  if (!list) return pass(list);
  for (const std::string& p : list->problems) context.problem(p);
  out.all = std::move(list->processors);
  return out;
}

// -p's, the selected thread's, or with --all every one.
Result<std::vector<Processor>> wanted_processors(Context&, const Options& options, const World& world) {
  if (options.has("all")) return world.all;
  std::optional<std::int64_t> id;
  if (auto number = options.number("processor")) {
    id = static_cast<std::int64_t>(*number);
  } else if (auto thread = world.process->threads().selected_thread()) {
    for (const Processor& p : world.all) {
      if (p.thread == thread) id = p.id;
    }
    if (!id)
      return fail(Errc::not_found, fmt::format("thread {}: holds no P", thread->value),
                  "name one with -p, or ask for --all");
  }
  for (const Processor& p : world.all) {
    if (id && p.id == *id) return std::vector<Processor>{p};
  }
  return fail(Errc::not_found, id ? fmt::format("P {}: there is none", *id) : "P: no thread is selected",
              "go-wb status lists them");
}

Result<Output> run_status(Context& context) {
  auto world = open_world(context);
  if (!world) return pass(world);
  Output out;
  if (!context.json()) {
    out.text = status_text(world->addresses->gc(), world->all);
    return out;
  }
  out.json["gc"] = gc_json(world->addresses->gc(), world->all);
  Json& buffers = out.json["buffers"] = Json::array();
  for (const Processor& p : world->all) buffers.push_back(buffer_json(p, *world->addresses));
  return out;
}

Result<Output> run_buffer(Context& context, const Options& options) {
  auto world = open_world(context);
  if (!world) return pass(world);
  auto wanted = wanted_processors(context, options, *world);
  if (!wanted) return pass(wanted);
  const HeapLayout& layout = *world->addresses->layout();
  BarrierCode code(world->process->image());
  Output out;
  out.json["gc"] = gc_json(world->addresses->gc(), world->all);
  Json& buffers = out.json["buffers"] = Json::array();
  for (Processor& p : *wanted) {
    if (context.host().interrupted()) {
      context.problem(fmt::format("interrupted at P {}", p.id));
      break;
    }
    if (auto ok = read_words(world->process->memory(), layout, options.has("flushed"), p.buffer); !ok) {
      context.problem(fmt::format("P {}: {}", p.id, ok.error().text()));
    }
    if (!layout.facts.barrier_pairs) deduce_roles(*world->process, code, p, p.buffer.words);
    if (auto limit = options.number("limit"); limit && *limit < p.buffer.words.size()) {
      p.buffer.words.erase(p.buffer.words.begin(), p.buffer.words.end() - static_cast<std::ptrdiff_t>(*limit));
    }
    if (context.json()) {
      buffers.push_back(buffer_json(p, *world->addresses));
      continue;
    }
    // Of all, those that hold nothing are not worth a line each.
    if (options.has("all") && p.buffer.words.empty()) continue;
    if (!out.text.lines().empty()) out.text.blank();
    out.text.add(buffer_text(p, layout.facts.barrier_pairs, *world->addresses));
  }
  if (!context.json() && out.text.lines().empty()) out.text.line("every buffer is empty", Style::note);
  return out;
}

Result<Output> run(Context& context, const Options& options) {
  std::string_view verb = options.text("VERB");
  if (verb.empty() || verb == "status") return run_status(context);
  if (verb == "buffer") return run_buffer(context, options);
  if (verb == "explain") return explain_barriers(context, std::string(options.text("ADDRESS")));
  if (verb == "break") return break_at_barriers(context, options);
  return fail(Errc::invalid_argument, fmt::format("go-wb: cannot '{}'", printable(verb)),
              "say status, buffer, explain or break");
}

}  // namespace

const Command& go_wb_command() {
  static const Command command{
      .name = "go-wb",
      .schema = "lldb-go/wb/1",
      .summary = "the garbage collector's write barrier: its state, and what its buffers hold",
      .details =
          R"(While the collector marks, every store of a pointer into the heap or a variable records two words in a
buffer of the P it runs on: what is stored, and what it overwrites. The collector gets them when the
buffer is full; until then the objects are not marked on their account.

  status    phase of the collector, cycle, mark workers, and how full each P's buffer is
  buffer    the words in the buffer of the selected thread's P, of P N, or of all, and what each of
            them leads to
  explain   the barrier that the selected frame, or the code at ADDRESS, is in: which words it
            records, from which registers and memory, what they are now, which store it guards, and
            whether the call will flush the buffer. Of a function, or where no barrier is, all of
            its barriers; works without a process too
  break     sets breakpoints where barriers record: at the routines, at the calls of one function
            (--function), or where a buffer is handed over (--flush). Between two cycles of the
            collector they are never met

Up to Go 1.20 a buffer holds pairs: the new value, then the old one. From 1.21 on it holds single
words in the order the compiled code writes them, and one whose side cannot matter is left out: role
"value" stands for new or old. --flushed shows what lies behind the end too, left over from before
the last flush.)",
      .example =
          // transcript: examples/writebarrier 1 STOP_AT main.marker
      R"((lldb) go-wb explain main.storeAll
main.storeAll+0x15  main.go:65  calls runtime.gcWriteBarrier7, 7 words
     role  from
  0  new   BX
  1  old   0x8(AX)
  2  new   CX
  3  old   0x10(AX)
  4  new   DI
  5  old   0x18(AX)
  6  old   0x20(AX)
  guards the store to 0x8(AX), 0x10(AX), 0x18(AX), 0x20(AX)
(lldb) go-wb break --function main.storeAll
breakpoint 2: main.storeAll+0x15
They stop the process only while the collector marks; `breakpoint delete go-wb` removes them.
)",
      .arguments = {{"VERB", "status (the default), buffer, explain or break", false},
                    {"ADDRESS", "explain: an address or a function, instead of where the selected frame stands",
                     false}},
      .options =
          {{"-p,--processor", "N", "buffer: of P number N", OptionSpec::Kind::number, {}, ""},
           {"--all", "", "buffer: of every P", OptionSpec::Kind::flag, {}, "processor"},
           {"--limit", "N", "buffer: only the last N words", OptionSpec::Kind::number, {}, ""},
           {"--flushed", "", "buffer: old contents too", OptionSpec::Kind::flag, {}, ""},
           {"--flush", "", "break: where a buffer is handed to the collector", OptionSpec::Kind::flag, {}, ""},
           {"--function", "NAME", "break: only at the barriers of this function", OptionSpec::Kind::text, {}, "flush"}},
      .run = run,
  };
  return command;
}

}  // namespace lldbgo
