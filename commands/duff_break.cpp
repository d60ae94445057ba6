// go-duff break: a stop wherever the program enters one of the routines.
//
// An entry is also passed by whoever came in further up, so an ordinary breakpoint on one says little. Every call is
// known from the code, and with it the return address that it pushes: a stop counts only with one of those at SP.
#include <fmt/format.h>

#include <map>

#include "commands/duff_select.h"
#include "commands/duff_verbs.h"
#include "commands/execution.h"
#include "commands/table.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

struct Wanted {
  const DuffInImage* duff = nullptr;
  const DuffEntry* entry = nullptr;
  std::vector<FileAddr> returns;
};

/// The return address of a call: what restores BP comes behind it.
FileAddr return_address(const ImageBlocks& blocks, const Func& func, const BlockSite& site) {
  Bytes code = blocks.code(func);
  constexpr std::uint64_t kRelative = 5, kThroughRegister = 3;
  return func.entry + site.begin + (code[site.begin] == std::byte{0xe8} ? kRelative : kThroughRegister);
}

}  // namespace

Result<Output> duff_break(Context& context, const Options& options) {
  auto target = duff_target(context.host());
  if (!target) return pass(target);
  ImageBlocks blocks(target->image);
  if (blocks.duff().empty()) {
    return fail(Errc::unsupported, target->image->version().text() + ": the program has no Duff's device",
                "go-duff list --all shows what clears and copies in its place");
  }
  Execution* execution = context.host().execution();
  if (execution == nullptr) return fail(Errc::unsupported, "this debugger: cannot run the process");

  auto size = options.number("size");
  std::string_view function = options.text("function");
  std::map<FileAddr, Wanted> wanted;
  std::size_t calls = 0;
  auto look = [&](const Func& f) {
    if (!blocks.may_call_duff(f)) return;
    for (const BlockSite& site : blocks.sites(f)) {
      if (!is_duff(site.device) || !site.bytes || (size && site.bytes != *size)) continue;
      const DuffInImage* duff = blocks.duff_of(site.device);
      Wanted& w = wanted[*site.target];
      w.duff = duff;
      w.entry = duff->routine.entry(*site.offset);
      w.returns.push_back(return_address(blocks, f, site));
      ++calls;
    }
  };
  const Pclntab& table = target->image->pclntab();
  if (!function.empty()) {
    auto named = table.named(function);
    if (named.empty())
      return fail(Errc::not_found, fmt::format("'{}': is no function of the program", printable(function, 200)));
    for (const Func& f : named) look(f);
  } else {
    for (std::size_t i = 0; i < table.function_count(); ++i) {
      if (i % 256 == 0 && context.host().interrupted()) return fail(Errc::limit, "go-duff break: interrupted");
      if (auto f = table.at(i)) look(*f);
    }
  }
  if (wanted.empty())
    return fail(Errc::not_found, "go-duff break: no such call in the program", "see go-duff list --all");

  std::vector<CalledEntry> entries;
  for (auto& [at, w] : wanted) entries.push_back({at, w.returns});
  auto ids = execution->trap(std::move(entries), "go-duff");
  if (!ids) return pass(ids);

  Output out;
  Json& list = out.json["breakpoints"] = Json::array();
  Table rows({{"id", Table::Align::right},
              {"entry"},
              {"device"},
              {"bytes", Table::Align::right},
              {"calls", Table::Align::right}});
  std::size_t i = 0;
  for (auto& [at, w] : wanted) {
    const char* device =
        block_device_name(w.duff->routine.kind == DuffKind::zero ? BlockDevice::duffzero : BlockDevice::duffcopy);
    int id = (*ids)[i++];
    list.push_back(Json{{"id", id},
                        {"device", device},
                        {"offset", w.entry->offset},
                        {"bytes", w.entry->bytes},
                        {"entry", json_address(target->load(at))},
                        {"calls", w.returns.size()}});
    rows.row({Line(std::to_string(id), Style::number), Line(hex(target->load(at).value), Style::address),
              Line(device, Style::heading), Line(std::to_string(w.entry->bytes), Style::number),
              Line(std::to_string(w.returns.size()))});
  }
  out.text.add(rows.lines(0));
  out.text.line(
      fmt::format("stops at {} of {}, named go-duff: `breakpoint disable go-duff`, `breakpoint delete go-duff`",
                  wanted.size() == 1 ? "1 entry" : fmt::format("{} entries", wanted.size()),
                  calls == 1 ? "1 call" : fmt::format("{} calls", calls)),
      Style::note);
  return out;
}

}  // namespace lldbgo
