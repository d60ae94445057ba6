#include "commands/wb_explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/address_view.h"
#include "commands/frame_view.h"
#include "commands/select.h"
#include "commands/table.h"
#include "core/base/text.h"
#include "core/heap/barrier_code.h"

namespace lldbgo {
namespace {

constexpr std::size_t kFramesOfRoutines = 16;

/// What the question is about.
struct Place {
  std::shared_ptr<const GoImage> image;
  GoProcess* process = nullptr;  ///< null: only the file
  FileAddr pc;
  Func func;
  bool is_return = false;              ///< pc follows the call that runs
  std::optional<Registers> registers;  ///< of a thread that stands at pc itself
  std::optional<ThreadId> thread;
};

/// A site, and where in it the thread stands.
struct Seen {
  const BarrierSite* site = nullptr;
  std::optional<std::size_t> step;
  bool inside = false;  ///< its routine runs
};

struct Room {
  std::uint64_t left = 0, capacity = 0;
  bool flushes = false;
};

Result<Place> at_address(Context& context, const std::string& text) {
  Place out;
  auto image = context.host().image();
  if (!image) return pass(image);
  out.image = *image;
  if (auto process = context.host().process()) out.process = *process;
  auto named = out.image->pclntab().named(text);
  if (!named.empty()) {
    out.pc = named.front().entry;
  } else {
    auto at = address_of(context.host(), text);
    if (!at) return pass(at);
    out.pc = out.process != nullptr ? out.process->to_file(*at) : FileAddr(at->value);
  }
  auto func = out.image->pclntab().find(out.pc);
  if (!func)
    return fail(Errc::not_found, hex(out.pc.value) + ": no Go function is there",
                "name a function, or an address in one");
  out.func = *func;
  return out;
}

// The selected frame; the code that called the routine where the thread is in one.
Result<Place> at_selection(Context& context) {
  auto thread = selected_thread(context.host(), kFramesOfRoutines);
  if (!thread) return pass(thread);
  GoProcess& process = *thread->process;
  const std::vector<PhysicalFrame>& frames = thread->stack.frames;
  std::size_t at = 0;
  if (auto selected = context.host().selected_frame()) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      if (frames[i].pc == selected->pc && frames[i].sp == selected->sp) at = i;
    }
  }
  // A flush runs on the system stack.
  auto part_of_barrier = [&](std::string_view name, bool inside) {
    return BarrierCode::is_routine(name) || (inside && name.starts_with("runtime.systemstack"));
  };
  std::size_t first = at;
  while (at < frames.size() && frames[at].func && part_of_barrier(frames[at].func->name, at > first)) ++at;
  if (at >= frames.size() || !frames[at].func) {
    return fail(Errc::not_found, "the selected frame: is no Go function", "name an address or a function");
  }
  const PhysicalFrame& frame = frames[at];
  Place out{
      process.shared_image(), &process, process.to_file(frame.pc), *frame.func, frame.pc_is_return, {}, thread->id};
  if (at == 0) {
    if (auto registers = process.threads().registers(thread->id)) out.registers = *registers;
  }
  return out;
}

std::vector<Seen> sites_at(const Place& place, const std::vector<BarrierSite>& all) {
  std::uint64_t offset = place.pc.value - place.func.entry.value;
  std::vector<Seen> out;
  for (const BarrierSite& site : all) {
    if (place.is_return) {
      if (site.call_end == offset) out.push_back({&site, std::nullopt, true});
    } else if (auto step = step_of(site, offset)) {
      out.push_back({&site, step, false});
    }
  }
  return out;
}

std::string bulk_text(std::string_view name) {
  struct Row {
    std::string_view name, text;
  };
  // runtime/mbarrier.go, mbitmap.go
  constexpr Row kRows[] = {
      {"runtime.wbMove", "wbMove(type, dst, src): records every pointer of dst and of src; the copy follows"},
      {"runtime.wbZero", "wbZero(type, dst): records every pointer of dst; what clears it follows"},
      {"runtime.typedmemmove", "typedmemmove(type, dst, src): records every pointer of dst and of src, then copies"},
      {"runtime.reflect_typedmemmove",
       "typedmemmove(type, dst, src): records every pointer of dst and of src, then copies"},
      {"runtime.typedmemclr", "typedmemclr(type, ptr): records every pointer of the value, then clears it"},
      {"runtime.typedmemclrpartial",
       "typedmemclrpartial(type, ptr, off, size): records every pointer of that part, then clears it"},
      {"runtime.typedslicecopy",
       "typedslicecopy(type, dst, n, src, n): records every pointer of the elements of both, then copies"},
      {"runtime.memclrHasPointers", "memclrHasPointers(ptr, n): records every pointer of the block, then clears it"},
      {"runtime.bulkBarrierPreWrite",
       "bulkBarrierPreWrite(dst, src, size): records every pointer of dst, and of src where there is one"},
      {"runtime.bulkBarrierPreWriteSrcOnly",
       "bulkBarrierPreWriteSrcOnly(dst, src, size): records every pointer of src; dst is fresh"},
  };
  for (const Row& row : kRows) {
    if (row.name == name) return std::string(row.text);
  }
  return {};
}

std::optional<Room> room_of(Context& context, const Place& place, const Addresses& addresses, unsigned words) {
  auto scheduler = context.host().scheduler();
  if (!scheduler || !place.thread || !addresses.layout()) return std::nullopt;
  auto list = read_processors(*place.process, **scheduler, *addresses.layout());
  if (!list) return std::nullopt;
  for (const Processor& p : list->processors) {
    if (p.thread != place.thread || !p.buffer.next) continue;
    std::uint64_t left = p.buffer.capacity - std::min(p.buffer.used, p.buffer.capacity);
    // Pairs: flushed when full. Words: flushed when they do not fit.
    return Room{left, p.buffer.capacity, addresses.layout()->facts.barrier_pairs ? left <= words : left < words};
  }
  return std::nullopt;
}

class Explanation {
 public:
  Explanation(Context& context, const Place& place) : context_(context), place_(place) {
    if (place.process == nullptr) return;
    auto scheduler = context.host().scheduler();
    addresses_.emplace(*place.process, scheduler ? *scheduler : nullptr);
    for (const std::string& p : addresses_->problems()) context.problem(p);
  }

  void add(const Seen& seen, Output& out);

 private:
  std::string name_of(FileAddr at) const {
    auto symbol = place_.image->elf().symbol_at(at);
    if (!symbol) return {};
    std::uint64_t offset = at.value - symbol->address.value;
    return printable(symbol->name) + (offset == 0 ? "" : fmt::format("+{:#x}", offset));
  }
  std::string text_of(const BarrierOperand& operand) const {
    return operand_text(operand, [this](FileAddr at) { return name_of(at); });
  }
  std::string routine_name(const BarrierSite& site) const {
    auto f = place_.image->pclntab().find(site.routine);
    return f ? printable(f->name) : hex(site.routine.value);
  }
  void text(const Seen& seen, const std::vector<std::optional<std::uint64_t>>& values, const std::optional<Room>& room,
            Document& out);
  Json json(const Seen& seen, const std::vector<std::optional<std::uint64_t>>& values, const std::optional<Room>& room);

  Context& context_;
  const Place& place_;
  std::optional<Addresses> addresses_;
};

void Explanation::add(const Seen& seen, Output& out) {
  const BarrierSite& site = *seen.site;
  std::vector<std::optional<std::uint64_t>> values(site.records.size());
  std::optional<Room> room;
  if (seen.step && place_.registers) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = record_value(*place_.process, site, i, *seen.step, *place_.registers);
    auto call = step_of(site, site.call);
    bool ahead = site.what.words != 0 && call && *seen.step <= *call;
    if (ahead && addresses_) room = room_of(context_, place_, *addresses_, site.what.words);
  }
  if (context_.json()) {
    out.json["sites"].push_back(json(seen, values, room));
  } else {
    if (!out.text.lines().empty()) out.text.blank();
    text(seen, values, room, out.text);
  }
}

void Explanation::text(const Seen& seen, const std::vector<std::optional<std::uint64_t>>& values,
                       const std::optional<Room>& room, Document& out) {
  const BarrierSite& site = *seen.site;
  auto where = place_.image->pclntab().line(place_.func, place_.func.entry + site.call);
  Line& first = out.line().add(fmt::format("{}+{:#x}", place_.func.name, site.call), Style::function);
  if (where && where->line != 0)
    first.add(fmt::format("  {}:{}", base_name(where->file), where->line), Style::location);
  first.add("  calls ").add(routine_name(site), Style::function);
  if (site.what.words != 0) first.add(fmt::format(", {} word{}", site.what.words, site.what.words == 1 ? "" : "s"));
  if (seen.inside) first.add("  <- it runs", Style::live);
  if (seen.step) {
    std::uint64_t at = site.steps[*seen.step].at;
    const char* here = at == site.call                 ? "  <- pc is at the call"
                       : site.test && at == *site.test ? "  <- pc is at the test"
                                                       : "  <- pc is in this sequence";
    first.add(here, Style::live);
  }
  if (site.what.words == 0) {
    out.line("  " + bulk_text(routine_name(site)));
    return;
  }
  Table table({{"", Table::Align::right}, {"role"}, {"from"}, {"value", Table::Align::right}, {"what"}});
  for (std::size_t i = 0; i < site.records.size(); ++i) {
    std::vector<Line> cells = {Line(fmt::format("{}", i), Style::note), Line(barrier_role_name(site.records[i].role)),
                               Line(text_of(site.records[i].source), Style::reg)};
    if (values[i]) {
      cells.push_back(Line(hex(*values[i]), Style::address));
      if (addresses_) cells.push_back(object_line(addresses_->object(LoadAddr(*values[i])), LoadAddr(*values[i])));
    }
    table.row(std::move(cells));
  }
  out.add(table.lines(2));
  if (!site.decoded()) out.line("  what it records is not known: the code has an unknown shape", Style::warning);
  std::string stores;
  for (const BarrierStore& store : site.stores) stores += (stores.empty() ? "" : ", ") + text_of(store.slot);
  if (!stores.empty()) out.line("  guards the store to ").add(stores, Style::reg);
  if (room) {
    out.line(fmt::format("  room for {} of {} words: {}", room->left, room->capacity,
                         room->flushes ? "this call flushes" : "no flush"));
  }
}

Json Explanation::json(const Seen& seen, const std::vector<std::optional<std::uint64_t>>& values,
                       const std::optional<Room>& room) {
  const BarrierSite& site = *seen.site;
  FileAddr call = place_.func.entry + site.call;
  auto load = [&](FileAddr at) { return place_.process != nullptr ? place_.process->to_load(at) : LoadAddr(at.value); };
  auto where = place_.image->pclntab().line(place_.func, call);
  Json out;
  out["address"] = json_address(load(call));
  out["function"] = printable(place_.func.name);
  out["file"] = where ? json_text(printable(where->file)) : Json(nullptr);
  out["line"] = where && where->line != 0 ? Json(where->line) : Json(nullptr);
  out["barrier"] = routine_name(site);
  out["words"] = site.what.words;
  Json& records = out["records"] = Json::array();
  for (std::size_t i = 0; i < site.records.size(); ++i) {
    Json record;
    record["role"] = barrier_role_name(site.records[i].role);
    record["expression"] = text_of(site.records[i].source);
    record["value"] = values[i] ? Json(hex(*values[i])) : Json(nullptr);
    record["object"] = values[i] && addresses_ ? object_json(addresses_->object(LoadAddr(*values[i]))) : Json(nullptr);
    records.push_back(std::move(record));
  }
  out["store"] = site.stores.empty() ? Json(nullptr) : Json(text_of(site.stores.front().slot));
  Json& stores = out["stores"] = Json::array();
  for (const BarrierStore& store : site.stores) stores.push_back(text_of(store.slot));
  out["test"] = site.test ? json_address(load(place_.func.entry + *site.test)) : Json(nullptr);
  out["here"] = seen.inside || seen.step.has_value();
  out["bulk"] = json_text(site.what.words == 0 ? bulk_text(routine_name(site)) : "");
  out["room"] = room ? Json(room->left) : Json(nullptr);
  out["flushes"] = room ? Json(room->flushes) : Json(nullptr);
  return out;
}

}  // namespace

Result<Output> explain_barriers(Context& context, const std::string& address) {
  auto place = address.empty() ? at_selection(context) : at_address(context, address);
  if (!place) return pass(place);
  // An address the selected thread stands at has its registers.
  if (!address.empty() && place->process != nullptr) {
    auto thread = place->process->threads().selected_thread();
    auto registers =
        thread ? place->process->threads().registers(*thread) : Result<Registers>(fail(Errc::not_found, ""));
    if (registers && place->process->to_file(registers->pc()) == place->pc) {
      place->registers = *registers;
      place->thread = thread;
    }
  }
  BarrierCode code(*place->image);
  const std::vector<BarrierSite>& all = code.sites(place->func);
  std::vector<Seen> seen = sites_at(*place, all);
  std::string name = printable(place->func.name);
  if (all.empty())
    return fail(Errc::not_found, name + ": has no write barrier", "name a function that stores pointers into the heap");
  Output out;
  out.json["function"] = name;
  out.json["sites"] = Json::array();
  if (seen.empty()) {
    for (const BarrierSite& site : all) seen.push_back({&site, std::nullopt, false});
    if (!context.json() && place->pc != place->func.entry)
      out.text.line("none here; the barriers of " + name + ":", Style::note);
  }
  Explanation explanation(context, *place);
  for (const Seen& s : seen) explanation.add(s, out);
  return out;
}

}  // namespace lldbgo
