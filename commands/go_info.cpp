#include <fmt/format.h>

#include "commands/registry.h"
#include "commands/table.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

struct ProcessFacts {
  ProcessInfo info;
  std::optional<std::size_t> goroutines;
};

std::optional<ProcessFacts> process_facts(Context& context) {
  auto info = context.host().process_info();
  if (!info) return std::nullopt;
  ProcessFacts out{*info, std::nullopt};
  auto scheduler = context.host().scheduler();
  if (!scheduler) {
    context.problem("goroutines: " + scheduler.error().text());
    return out;
  }
  auto list = (*scheduler)->goroutines();
  if (!list) {
    context.problem("goroutines: " + list.error().text());
    return out;
  }
  for (const std::string& p : list->problems) context.problem(p);
  out.goroutines = list->goroutines.size();
  return out;
}

int dwarf_version(const GoImage& image) {
  return image.dwarf() == nullptr ? 0 : image.dwarf()->version();
}

Json module_json(const GoModule& module) {
  return Json{{"path", printable(module.path)},
              {"version", json_text(printable(module.version))},
              {"replaced_by", json_text(printable(module.replaced_by))}};
}

/// The translated copy that LLDB reads in the program's place; "" where it reads the program itself.
std::string translated_copy(Context& context, const GoImage& image) {
  if (Bridge* bridge = context.host().bridge())
    for (const BridgedModule& module : bridge->modules())
      if (module.active && module.path == image.elf().path()) return module.translated;
  return {};
}

Json info_json(const GoImage& image, const std::string& copy, const std::optional<ProcessFacts>& process) {
  const Pclntab& tables = image.pclntab();
  const BuildInfo& build = image.build_info();
  Json out;
  out["go_version"] = image.version().text();
  out["go_version_source"] = image.version_source();
  out["support"] = support_name(image.support());
  out["path"] = image.elf().path();
  out["build_mode"] = image.build_mode();
  out["stripped"] = image.stripped();
  out["dwarf"] = dwarf_version(image);
  out["cgo"] = image.cgo() ? Json(*image.cgo()) : Json(nullptr);
  out["functions"] = tables.function_count();
  out["pclntab"] = Json{{"address", hex(tables.header().value)}, {"magic", hex(tables.magic())}};
  out["text"] = Json::array({hex(tables.text().lo.value), hex(tables.text().hi.value)});
  Json& settings = out["settings"] = Json::object();
  for (const auto& [key, value] : build.settings) settings[printable(key)] = printable(value);
  out["package"] = json_text(printable(build.main_path));
  out["module"] = build.main_module.path.empty() ? Json(nullptr) : module_json(build.main_module);
  Json& modules = out["dependencies"] = Json::array();
  for (const GoModule& m : build.dependencies) modules.push_back(module_json(m));
  out["bridge"] = Json{{"active", !copy.empty()}, {"path", json_text(printable(copy))}};
  if (process) {
    out["process"] = Json{{"pid", process->info.pid},
                          {"kind", process_kind_name(process->info.kind)},
                          {"goroutines", process->goroutines ? Json(*process->goroutines) : Json(nullptr)}};
  } else {
    out["process"] = nullptr;
  }
  return out;
}

Line support_line(Support support) {
  switch (support) {
    case Support::tested:
      return {"tested", Style::live};
    case Support::interpolated:
      return {"lies between two tested releases", Style::live};
    case Support::untested:
      return {"newer than every tested release: what checks confirm works", Style::warning};
    case Support::unsupported:
      return {"older than Go 1.15: not supported", Style::warning};
  }
  return {};
}

std::string source_text(std::string_view source) {
  if (source == "buildinfo") return "from its build record";
  if (source == "symbol") return "from the symbol runtime.buildVersion";
  if (source == "dwarf") return "from DWARF";
  return "guessed from the layout of its pclntab";
}

Document info_text(const GoImage& image, const std::optional<ProcessFacts>& process, std::size_t width) {
  const Pclntab& tables = image.pclntab();
  const BuildInfo& build = image.build_info();
  Table table({{}, {}});
  auto row = [&](std::string_view name, Line value) { table.row({Line(name, Style::note), std::move(value)}); };

  Line version(image.version().text(), Style::heading);
  version.add("  " + source_text(image.version_source()), Style::note);
  row("Go", std::move(version));
  row("support", support_line(image.support()));
  row("file", Line(image.elf().path(), Style::location));
  if (!build.main_path.empty()) row("package", Line(build.main_path));
  if (!build.main_module.path.empty()) {
    row("module", Line(fmt::format("{} {}", build.main_module.path, build.main_module.version)));
  }
  std::optional<bool> cgo = image.cgo();
  row("build mode", Line(fmt::format("{}{}", image.build_mode(), !cgo ? "" : *cgo ? ", with cgo" : ", without cgo")));
  int dwarf = dwarf_version(image);
  row("symbols", Line(fmt::format("{}, {}", image.stripped() ? "stripped" : "symbol table",
                                  dwarf == 0 ? std::string("no DWARF") : fmt::format("DWARF {}", dwarf))));
  Line functions(fmt::format("{}", tables.function_count()), Style::number);
  functions.add(" in text ").add(hex(tables.text().lo.value), Style::address);
  functions.add("..").add(hex(tables.text().hi.value), Style::address);
  row("functions", std::move(functions));
  Line pclntab(hex(tables.header().value), Style::address);
  row("pclntab", std::move(pclntab.add(fmt::format("  magic {:#x}", tables.magic()), Style::note)));
  if (process) {
    Line line(fmt::format("{} {}", process_kind_name(process->info.kind), process->info.pid));
    if (process->goroutines) {
      line.add(fmt::format(", {} goroutine{}", *process->goroutines, *process->goroutines == 1 ? "" : "s"));
    }
    row("process", std::move(line));
  }
  Document out = table.lines(0);

  if (!build.settings.empty()) {
    out.blank();
    out.line("build settings", Style::heading);
    Table settings({{}, {}});
    for (const auto& [key, value] : build.settings) {
      settings.row(
          {Line(key), Line(shortened(printable(value), width - std::min<std::size_t>(width / 2, 24)), Style::value)});
    }
    out.add(settings.lines(2));
  }
  if (!build.dependencies.empty()) {
    out.blank();
    out.line("dependencies", Style::heading);
    Table modules({{}, {}, {}});
    for (const GoModule& m : build.dependencies) {
      modules.row(
          {Line(m.path), Line(m.version, Style::value), Line(m.replaced_by.empty() ? "" : "=> " + m.replaced_by)});
    }
    out.add(modules.lines(2));
  }
  return out;
}

Result<Output> run(Context& context, const Options&) {
  auto image = context.host().image();
  if (!image) return pass(image);
  for (const std::string& p : (*image)->problems()) context.problem(p);
  auto process = process_facts(context);
  Output out;
  if (context.json()) {
    out.json = info_json(**image, translated_copy(context, **image), process);
  } else {
    out.text = info_text(**image, process, context.width());
  }
  return out;
}

}  // namespace

const Command& go_info_command() {
  static const Command command = {
      "go-info",
      "lldb-go/info/1",
      "what is known about the Go program: version, build, tables, support",
      "Prints the Go version and how it is known, how far lldb-go supports it, build mode, symbols and debug "
      "information, cgo, "
      "the function table, and the build record with its settings and modules. Needs no process.",
      // transcript: examples/calls STOP_AT main.markerSum
      R"((lldb) go-info
Go          go1.24.4  from its build record
support     tested
file        calls
package     calls
module      calls (devel)
build mode  exe, without cgo
symbols     symbol table, DWARF 4
functions   1296 in text 0x401000..0x4690a1
pclntab     0x49bbe0  magic 0xfffffff1
process     live 5225, 4 goroutines

build settings
  -buildmode      exe
  -compiler       gc
  DefaultGODEBUG  asynctimerchan=1,gotestjsonbuildtext=1,gotypesalias=0,httplaxcontentlengt...
  CGO_ENABLED     0
  GOARCH          amd64
  GOOS            linux
  GOAMD64         v1
)",
      {},
      {},
      run,
  };
  return command;
}

}  // namespace lldbgo
