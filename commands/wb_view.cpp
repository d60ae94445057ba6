#include "commands/wb_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/address_view.h"
#include "commands/table.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

using Align = Table::Align;

std::size_t workers(const std::vector<Processor>& all) {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const Processor& p) { return p.mark_worker; }));
}

std::string held_by(const Processor& p) {
  std::string out;
  if (p.m) out = fmt::format("m{}", *p.m);
  if (p.thread) out += fmt::format(" (thread {})", p.thread->value);
  return out;
}

std::string runs(const Processor& p) {
  if (p.mark_worker) return fmt::format("mark worker (goroutine {})", p.goroutine.value_or(0));
  return p.goroutine ? fmt::format("goroutine {}", *p.goroutine) : "";
}

Style status_style(const Processor& p) {
  return p.status == "running" ? Style::live : Style::note;
}

}  // namespace

Json gc_json(const GcState& gc, const std::vector<Processor>& all) {
  Json out;
  out["phase"] = json_text(gc_phase_name(gc.phase));
  out["enabled"] = gc.enabled ? Json(*gc.enabled) : Json(nullptr);
  out["cycle"] = gc.cycle ? Json(*gc.cycle) : Json(nullptr);
  out["mark_workers"] = workers(all);
  return out;
}

Document status_text(const GcState& gc, const std::vector<Processor>& all) {
  Document out;
  Line& first = out.line();
  bool marking = gc.phase == GcPhase::mark || gc.phase == GcPhase::mark_termination;
  if (gc.phase == GcPhase::unknown) {
    first.add("the collector's phase is not known", Style::warning);
  } else {
    first.add(marking ? "the collector marks" : "the collector is off", marking ? Style::live : Style::dead);
    if (gc.phase == GcPhase::mark_termination) first.add(" (termination)");
  }
  if (gc.cycle)
    first.add(marking ? fmt::format(", cycle {}", *gc.cycle) : fmt::format(", {} cycles so far", *gc.cycle));
  if (gc.enabled)
    first.add(*gc.enabled ? ", write barriers are on" : ", write barriers are off",
              *gc.enabled ? Style::live : Style::dead);
  if (marking) first.add(fmt::format(", {} mark workers run", workers(all)));
  out.blank();
  Table table({{"P", Align::right}, {"status"}, {"m"}, {"runs"}, {"buffer", Align::right}, {"of"}});
  for (const Processor& p : all) {
    table.row({Line(fmt::format("{}", p.id)), Line(p.status, status_style(p)), Line(held_by(p)), Line(runs(p)),
               Line(fmt::format("{}", p.buffer.used), p.buffer.used != 0 ? Style::value : Style::dead),
               Line(fmt::format("{} words", p.buffer.capacity))});
  }
  out.add(table.lines(2));
  return out;
}

Json buffer_json(const Processor& p, Addresses& addresses) {
  Json out;
  out["p"] = p.id;
  out["status"] = p.status;
  out["m"] = p.m ? Json(*p.m) : Json(nullptr);
  out["thread"] = p.thread ? Json(p.thread->value) : Json(nullptr);
  out["goroutine"] = p.goroutine ? Json(*p.goroutine) : Json(nullptr);
  out["mark_worker"] = p.mark_worker;
  out["base"] = json_address(p.buffer.base);
  out["next"] = json_address(p.buffer.next);
  out["end"] = json_address(p.buffer.end);
  out["capacity"] = p.buffer.capacity;
  out["used"] = p.buffer.used;
  Json& entries = out["entries"] = Json::array();
  for (const BarrierWord& word : p.buffer.words) {
    Json entry;
    entry["index"] = word.index;
    entry["word"] = hex(word.word);
    entry["role"] = barrier_role_name(word.role);
    entry["object"] = object_json(addresses.object(LoadAddr(word.word)));
    if (word.flushed) entry["flushed"] = true;
    if (word.unwritten) entry["unwritten"] = true;
    entries.push_back(std::move(entry));
  }
  return out;
}

Document buffer_text(const Processor& p, bool pairs, Addresses& addresses) {
  Document out;
  Line& first = out.line().add(fmt::format("P {}", p.id), Style::heading).add(" " + p.status, status_style(p));
  if (!held_by(p).empty()) first.add(", " + held_by(p));
  if (!runs(p).empty()) first.add(", " + runs(p));
  first.add(fmt::format(": {} of {} words", p.buffer.used, p.buffer.capacity));
  if (pairs) first.add(fmt::format(" ({} pairs)", p.buffer.used / 2));
  first.add("  next ")
      .add(hex(p.buffer.next.value), Style::address)
      .add(" end ")
      .add(hex(p.buffer.end.value), Style::address);
  Table table({{"", Align::right}, {"role"}, {"word", Align::right}, {"what"}});
  bool behind = false;
  for (const BarrierWord& word : p.buffer.words) {
    if (word.flushed && !behind) table.note(Line("  flushed before:", Style::note));
    behind = word.flushed;
    if (word.unwritten) {
      table.row({Line(fmt::format("{}", word.index), Style::note), Line("reserved"), Line(hex(word.word), Style::dead),
                 Line("not written yet", Style::note)});
      continue;
    }
    Line what = object_line(addresses.object(LoadAddr(word.word)), LoadAddr(word.word));
    table.row({Line(fmt::format("{}", word.index), Style::note), Line(barrier_role_name(word.role)),
               Line(hex(word.word), Style::address), what});
  }
  out.add(table.lines(2));
  return out;
}

}  // namespace lldbgo
