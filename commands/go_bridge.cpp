#include <fmt/format.h>

#include <utility>

#include "commands/bridge.h"
#include "commands/registry.h"
#include "commands/table.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

Json module_json(const BridgedModule& module) {
  Json out;
  out["path"] = printable(module.path);
  out["go_version"] = json_text(printable(module.go_version));
  out["active"] = module.active;
  out["translated"] = json_text(printable(module.translated));
  out["seconds"] = module.seconds;
  out["bytes"] = module.bytes;
  out["from_cache"] = module.from_cache;
  out["reason"] = json_text(printable(module.reason));
  return out;
}

Document status_text(bool automatic, const std::vector<BridgedModule>& modules) {
  Document out;
  out.line("The bridge is ")
      .add(automatic ? "on" : "off", automatic ? Style::live : Style::dead)
      .add(automatic ? ": Go programs are read from translated copies of their files."
                     : ": LLDB reads Go programs as they are.");
  if (modules.empty()) {
    if (automatic) out.line("No Go program here yet.", Style::note);
    return out;
  }
  for (const BridgedModule& module : modules) {
    out.blank();
    out.line(module.path, Style::location).add("  " + module.go_version, Style::note);
    Table table({{}, {}});
    auto row = [&](std::string_view name, Line value) { table.row({Line(name, Style::note), std::move(value)}); };
    row("bridge", module.active ? Line("active", Style::live) : Line("not active", Style::dead));
    if (!module.reason.empty()) row("because", Line(module.reason, Style::warning));
    if (!module.translated.empty()) {
      row("translated", Line(module.translated, Style::location));
      row("size", Line(fmt::format("{:.1f} MB", static_cast<double>(module.bytes) / 1e6), Style::number));
      row("took", Line(fmt::format("{:.0f} ms{}", module.seconds * 1e3, module.from_cache ? ", from the cache" : "")));
    }
    out.add(table.lines(2));
  }
  return out;
}

Result<Output> run(Context& context, const Options& options) {
  std::string_view verb = options.text("VERB");
  Bridge* bridge = context.host().bridge();
  if (bridge == nullptr) return fail(Errc::unsupported, "bridge: this host has none", "load lldb-go into LLDB");
  if (verb == "on") {
    bridge->on();
  } else if (verb == "off") {
    bridge->off();
  } else if (!verb.empty() && verb != "status") {
    return fail(Errc::invalid_argument, fmt::format("bridge: cannot '{}'", printable(verb)), "say on, off or status");
  }
  std::vector<BridgedModule> modules = bridge->modules();
  Output out;
  if (context.json()) {
    out.json["automatic"] = bridge->automatic();
    Json& list = out.json["modules"] = Json::array();
    for (const BridgedModule& module : modules) list.push_back(module_json(module));
  } else {
    out.text = status_text(bridge->automatic(), modules);
  }
  return out;
}

}  // namespace

const Command& go_bridge_command() {
  static const Command command{
      .name = "go-bridge",
      .schema = "lldb-go/bridge/1",
      .summary = "Lets LLDB's own commands understand Go: variables, expressions, backtraces.",
      .details =
          R"(LLDB knows no Go. The bridge gives it a copy of the program's file whose debug information says the same in terms
that LLDB understands; frame variable, p, bt, up, breakpoints and every IDE on LLDB then work on Go. Code, data and the
process are not touched: the original file is what runs.

It works by itself, before the first command that needs it. `off` gives LLDB the original files back, `on` translates
again, at once: an IDE that does not go through LLDB's commands runs it before launch or attach. Copies are kept in
$XDG_CACHE_HOME/lldb-go/translated (or ~/.cache), at most 4 GB, the ones unused longest go.

Where a program cannot be translated (no debug information, damaged), LLDB works as without lldb-go; `status` says why.)",
      .example =
          // transcript: examples/calls STOP_AT main.markerSum
      R"((lldb) go-bridge off
The bridge is off: LLDB reads Go programs as they are.
)",
      .arguments = {{"VERB", "on, off or status (the default)", false}},
      .options = {},
      .run = run,
  };
  return command;
}

}  // namespace lldbgo
