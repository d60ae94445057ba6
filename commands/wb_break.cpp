// go-wb break: stops where barriers record, or where buffers are handed over.
#include <fmt/format.h>

#include "commands/execution.h"
#include "commands/wb_break.h"
#include "core/base/text.h"
#include "core/heap/barrier_code.h"

namespace lldbgo {
namespace {

/// All names the breakpoints have in the debugger.
constexpr const char* kName = "go-wb";
// Both wrappers of wbBufFlush and everything else that flushes end here (runtime/mwbbuf.go).
constexpr const char* kFlush = "runtime.wbBufFlush1";

Result<std::vector<FileAddr>> wanted_places(const GoImage& image, const Options& options) {
  BarrierCode code(image);
  std::vector<FileAddr> out;
  if (options.has("flush")) {
    for (const Func& f : image.pclntab().named(kFlush)) out.push_back(f.entry);
    if (out.empty())
      return fail(Errc::not_found, std::string(kFlush) + ": the program has no such function",
                  "go-wb break stops at the routines");
    return out;
  }
  if (!options.has("function")) {
    out = code.entries();
    if (out.empty())
      return fail(Errc::not_found, "write barriers: the program has no routine for them",
                  "does it store a pointer anywhere?");
    return out;
  }
  std::string name(options.text("function"));
  auto functions = image.pclntab().named(name);
  if (functions.empty())
    return fail(Errc::not_found, "function " + printable(name) + ": there is none",
                "give its full name: main.f, main.(*T).m");
  for (const Func& f : functions) {
    for (const BarrierSite& site : code.sites(f)) {
      // A bulk barrier that no flag guards is called when nothing is recorded, too.
      if (site.what.words != 0 || site.test) out.push_back(f.entry + site.call);
    }
  }
  if (out.empty())
    return fail(Errc::not_found, printable(name) + ": has no write barrier",
                "name a function that stores pointers into the heap");
  return out;
}

}  // namespace

Result<Output> break_at_barriers(Context& context, const Options& options) {
  auto image = context.host().image();
  if (!image) return pass(image);
  Execution* execution = context.host().execution();
  if (execution == nullptr)
    return fail(Errc::unsupported, "breakpoints: this debugger sets none", "load lldb-go into LLDB");
  auto places = wanted_places(**image, options);
  if (!places) return pass(places);
  std::vector<CalledEntry> entries;
  for (FileAddr at : *places) entries.push_back({at, {}});
  auto ids = execution->trap(std::move(entries), kName);
  if (!ids) return pass(ids);
  Output out;
  Json& list = out.json["breakpoints"] = Json::array();
  for (std::size_t i = 0; i < ids->size(); ++i) {
    FileAddr at = (*places)[i];
    auto f = (*image)->pclntab().find(at);
    std::string name = f ? printable(f->name) : "";
    std::uint64_t offset = f ? at.value - f->entry.value : 0;
    list.push_back({{"id", (*ids)[i]}, {"function", json_text(name)}, {"offset", offset}});
    out.text.line(
        fmt::format("breakpoint {}: {}{}", (*ids)[i], name, offset == 0 ? "" : fmt::format("+{:#x}", offset)));
  }
  out.text.line(
      fmt::format("They stop the process only while the collector marks; `breakpoint delete {}` removes them.", kName),
      Style::note);
  return out;
}

}  // namespace lldbgo
