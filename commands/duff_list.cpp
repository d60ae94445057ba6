// go-duff explain, list and table: nothing of the program is run or changed.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "commands/duff_select.h"
#include "commands/duff_verbs.h"
#include "commands/select.h"
#include "commands/table.h"
#include "core/base/text.h"
#include "core/frame/frame_map.h"

namespace lldbgo {
namespace {

void say_problems(Context& context, const ImageBlocks& blocks) {
  for (const std::string& p : blocks.image().problems()) context.problem(p);
  for (const DuffInImage& d : blocks.duff()) {
    if (!d.mismatch.empty()) context.problem(fmt::format("{}: {}", d.name, d.mismatch));
  }
}

std::string version_text(const ImageBlocks& blocks) {
  return blocks.image().version().text();
}

Json answer(const ImageBlocks& blocks) {
  Json out;
  out["go_version"] = version_text(blocks);
  out["duff"] = !blocks.duff().empty();
  out["sites"] = Json::array();
  return out;
}

/// Every function, in the order of its code, until the user has enough.
template <class Visit>
void each_function(Context& context, const DuffTarget& target, Visit visit) {
  const Pclntab& table = target.image->pclntab();
  for (std::size_t i = 0; i < table.function_count(); ++i) {
    if (i % 256 == 0 && context.host().interrupted()) {
      context.problem(fmt::format("interrupted at function {} of {}", i, table.function_count()));
      return;
    }
    if (auto f = table.at(i)) visit(*f);
  }
}

Output show(Context& context, const DuffTarget& target, const ImageBlocks& blocks, const std::vector<SiteView>& views) {
  Output out;
  out.json = answer(blocks);
  for (const SiteView& view : views) out.json["sites"].push_back(site_json(view));
  out.text.add(without_duff(blocks, context.width()));
  for (const SiteView& view : views) {
    if (!out.text.lines().empty()) out.text.blank();
    out.text.add(explained(target, blocks, view, context.width()));
  }
  return out;
}

/// An address in one of the routines: who calls it there?
Result<Output> explain_entry(Context& context, const DuffTarget& target, const ImageBlocks& blocks, FileAddr at) {
  std::vector<SiteView> views;
  each_function(context, target, [&](const Func& f) {
    if (!blocks.may_call_duff(f)) return;
    for (const BlockSite& site : blocks.sites(f)) {
      if (site.target == at) views.push_back(site_view(target, blocks, f, site, nullptr, true));
    }
  });
  if (!views.empty()) return show(context, target, blocks, views);
  const DuffInImage& duff = *blocks.duff_at(at);
  return fail(Errc::not_found,
              fmt::format("{}: lies in {} at +{}, and nothing calls that", hex(target.load(at).value), duff.name,
                          at.value - duff.at.value),
              "see go-duff table for the entries, go-duff list --all for the calls");
}

std::string no_site(const Func& func) {
  return fmt::format("{}: clears or copies no block of memory", printable(func.name, 200));
}

const BlockSite* at_call(const std::vector<BlockSite>& sites, std::uint64_t call_end) {
  for (const BlockSite& s : sites) {
    if (s.target && call_end > s.begin && call_end <= s.end) return &s;
  }
  return nullptr;
}

/// What the frame map calls places on the stack that debug information does not name: results above all.
void name_by_frame(GoProcess& process, const DuffStop& stop, SiteView& view) {
  auto needs = [](const PlaceView& p) { return p.name.empty() && p.first && p.place.reg == Reg::rsp; };
  bool source = view.source && needs(*view.source);
  if (!needs(view.destination) && !source) return;
  auto map = build_frame_map(process, stop.stack, stop.physical);
  if (!map) return;
  auto root = [](const Slot& s) { return s.name.substr(0, s.name.find_first_of(".[+")); };
  auto name = [&](PlaceView& place) {
    for (std::size_t i = 0; i < map->slots.size(); ++i) {  // the highest address comes first
      const Slot& slot = map->slots[i];
      bool named = slot.kind == SlotKind::arg || slot.kind == SlotKind::result || slot.kind == SlotKind::local;
      if (slot.address != *place.first || !named || slot.name.empty()) continue;
      LoadAddr start = slot.address;
      for (std::size_t k = i + 1;
           k < map->slots.size() && map->slots[k].kind == slot.kind && root(map->slots[k]) == root(slot); ++k)
        start = map->slots[k].address;
      place.name = root(slot) + (start == slot.address ? "" : signed_hex(slot.address - start));
    }
  };
  if (needs(view.destination)) name(view.destination);
  if (source) name(*view.source);
}

Line places(const SiteView& view) {
  Line out(view.destination.expression, Style::reg);
  if (!view.destination.name.empty()) out.add(" ").add(view.destination.name, Style::value);
  if (view.source) {
    out.add(" <- ", Style::note).add(view.source->expression, Style::reg);
    if (!view.source->name.empty()) out.add(" ").add(view.source->name, Style::value);
  }
  return out;
}

Document listing(const std::vector<SiteView>& views) {
  Document out;
  Table table({{"address", Table::Align::left},
               {"where"},
               {"device"},
               {"entry", Table::Align::right},
               {"bytes", Table::Align::right},
               {"memory"},
               {"line"}});
  std::map<std::string_view, std::size_t> counts;
  for (const SiteView& view : views) {
    const BlockSite& s = view.site;
    ++counts[block_device_name(s.device)];
    table.row({Line(hex(view.address.value), Style::address),
               Line(view.function + signed_hex(static_cast<std::int64_t>(s.begin)), Style::function),
               Line(block_device_name(s.device), Style::heading),
               s.offset ? Line(fmt::format("+{}", *s.offset), Style::number) : Line(),
               view.bytes ? Line(std::to_string(*view.bytes), Style::number) : Line("?", Style::note), places(view),
               view.file.empty() ? Line()
                                 : Line(fmt::format("{}:{}", view.file.substr(view.file.rfind('/') + 1), view.line),
                                        Style::location)});
  }
  out.add(table.lines(0));
  std::string total;
  for (const auto& [device, n] : counts) total += fmt::format("{}{} {}", total.empty() ? "" : ", ", n, device);
  out.line(
      fmt::format("{} {}{}{}", views.size(), views.size() == 1 ? "place" : "places", total.empty() ? "" : ": ", total),
      Style::note);
  return out;
}

}  // namespace

Result<Output> duff_explain(Context& context, const Options& options) {
  auto target = duff_target(context.host());
  if (!target) return pass(target);
  ImageBlocks blocks(target->image);
  say_problems(context, blocks);
  std::optional<DuffStop> stop;
  bool asked = !options.text("WHERE").empty();
  if (!asked && target->process == nullptr) {
    auto none = context.host().process();
    if (!none) return pass(none);
  }
  if (target->process != nullptr) {
    auto selected = selected_stop(context, options, blocks);
    if (!selected && !asked) return pass(selected);
    if (selected) stop = std::move(*selected);
  }
  std::optional<Func> func;
  std::uint64_t offset = 0;
  if (asked) {
    auto at = parse_place(*target, options.text("WHERE"));
    if (!at) return pass(at);
    if (blocks.duff_at(*at) != nullptr) {
      bool running = stop && stop->stop.in_callee && target->process->to_file(stop->stop.registers.pc()) == *at;
      if (!running) return explain_entry(context, *target, blocks, *at);
      func = stop->func;
      offset = stop->stop.offset;
    } else {
      auto found = target->image->pclntab().find(*at);
      if (!found) return pass(found);
      func = *found;
      offset = at->value - found->entry.value;
    }
  } else {
    func = stop->func;
    offset = stop->stop.offset;
  }
  std::vector<BlockSite> sites = blocks.sites(*func);
  const BlockSite* site = nullptr;
  bool same = stop && stop->func.entry == func->entry;
  if (!asked && stop->call_end) site = at_call(sites, *stop->call_end);
  if (site == nullptr) site = nearest_site(sites, offset);
  if (site == nullptr) return fail(Errc::not_found, no_site(*func), "see go-duff list --all for those that do");
  const BlockStop* where = same ? &stop->stop : nullptr;
  // A routine that runs was called from one site only.
  BlockStop elsewhere;
  if (where != nullptr && stop->call_end && site != at_call(sites, *stop->call_end)) {
    elsewhere = stop->stop;
    elsewhere.in_callee.reset();
    elsewhere.innermost = false;
    where = &elsewhere;
  }
  std::vector<SiteView> views;
  views.push_back(site_view(*target, blocks, *func, *site, where, true));
  if (where != nullptr) name_by_frame(*target->process, *stop, views.front());
  return show(context, *target, blocks, views);
}

Result<Output> duff_list(Context& context, const Options& options) {
  auto target = duff_target(context.host());
  if (!target) return pass(target);
  ImageBlocks blocks(target->image);
  say_problems(context, blocks);
  std::string_view device = options.text("device");
  std::vector<SiteView> views;
  auto add = [&](const Func& f, bool named) {
    for (const BlockSite& site : blocks.sites(f)) {
      if (!device.empty() && device != block_device_name(site.device)) continue;
      views.push_back(site_view(*target, blocks, f, site, nullptr, named));
    }
  };
  std::string_view name = options.text("WHERE");
  if (options.has("all")) {
    if (!name.empty()) return fail(Errc::invalid_argument, "go-duff list: takes a FUNCTION or --all, not both");
    each_function(context, *target, [&](const Func& f) { add(f, false); });
  } else if (!name.empty()) {
    auto at = parse_place(*target, name);
    if (!at) return pass(at);
    auto func = target->image->pclntab().find(*at);
    if (!func) return pass(func);
    std::vector<Func> same = target->image->pclntab().named(name);  // several bodies can share a name
    if (same.empty()) same.push_back(*func);
    for (const Func& f : same) add(f, true);
  } else {
    auto stop = selected_stop(context, options, blocks);
    if (!stop) return pass(stop);
    add(stop->func, true);
  }
  Output out;
  out.json = answer(blocks);
  for (const SiteView& view : views) out.json["sites"].push_back(site_json(view));
  out.text.add(without_duff(blocks, context.width()));
  out.text.add(listing(views));
  return out;
}

Result<Output> duff_table(Context& context, const Options&) {
  auto target = duff_target(context.host());
  if (!target) return pass(target);
  ImageBlocks blocks(target->image);
  say_problems(context, blocks);
  Output out;
  out.json = answer(blocks);
  Json& rows = out.json["table"] = Json::array();
  out.text.add(without_duff(blocks, context.width()));
  if (blocks.facts().exists && blocks.duff().empty()) {
    out.text.line("The program has no Duff's device: nothing in it clears or copies a block of a fitting size.");
  }
  for (const DuffInImage& d : blocks.duff()) {
    bool zero = d.routine.kind == DuffKind::zero;
    const char* device = block_device_name(zero ? BlockDevice::duffzero : BlockDevice::duffcopy);
    if (!out.text.lines().empty()) out.text.blank();
    Line& title = out.text.line(d.name, Style::function).add("  ").add(hex(target->load(d.at).value), Style::address);
    title.add(
        fmt::format("  {} bytes of code, {} blocks, through X{}", d.routine.size(), d.routine.blocks(), d.routine.xmm));
    if (d.by_code) title.add("  found by its code", Style::note);
    Table table({{"bytes", Table::Align::right},
                 {"offset", Table::Align::right},
                 {"entry"},
                 {"stores", Table::Align::right},
                 {"DI bias", Table::Align::right}});
    for (auto e = d.routine.entries.rbegin(); e != d.routine.entries.rend(); ++e) {
      LoadAddr entry = target->load(d.at + e->offset);
      rows.push_back(Json{{"device", device},
                          {"offset", e->offset},
                          {"bytes", e->bytes},
                          {"entry", json_address(entry)},
                          {"stores", e->stores},
                          {"adjust", e->adjust}});
      table.row({Line(std::to_string(e->bytes), Style::number), Line(fmt::format("+{}", e->offset), Style::number),
                 Line(hex(entry.value), Style::address), Line(std::to_string(e->stores)),
                 e->adjust == 0 ? Line() : Line(std::to_string(-e->adjust))});
    }
    out.text.add(table.lines(2));
  }
  return out;
}

}  // namespace lldbgo
