#include "commands/address_view.h"

#include <fmt/format.h>

#include <charconv>

#include "commands/frame_view.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

std::string plus(std::uint64_t offset) {
  return offset == 0 ? "" : fmt::format("+{:#x}", offset);
}

template <class T>
Json number_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string owner_of(const StackPlace& place) {
  switch (place.kind) {
    case StackKind::goroutine:
      return fmt::format("stack of goroutine {}", place.goroutine.value_or(0));
    case StackKind::system:
      return fmt::format("system stack (g0) of thread {}", place.thread ? place.thread->value : 0);
    case StackKind::signal:
      return fmt::format("signal stack of thread {}", place.thread ? place.thread->value : 0);
    case StackKind::c:
      return fmt::format("stack of thread {}", place.thread ? place.thread->value : 0);
  }
  return "stack";
}

void add_stack(Line& line, const StackPlace& place) {
  line.add(owner_of(place), Style::heading);
  if (place.below_sp) {
    line.add(", below SP: not in use");
    return;
  }
  if (place.frame.empty()) return;
  line.add(", ").add(place.frame, Style::function);
  if (!place.slot.empty()) {
    line.add(" ").add(place.slot, Style::value).add(plus(place.slot_offset), Style::value);
    line.add(" (" + place.slot_kind + ")", Style::note);
    if (!place.type.empty()) line.add(" ").add(place.type, Style::type);
  } else if (!place.slot_kind.empty() && place.slot_kind != "unknown") {
    line.add(place.slot_kind == "return_address" ? " return address"
             : place.slot_kind == "saved_bp"     ? " saved BP"
                                                 : " " + place.slot_kind,
             Style::note);
  }
}

void add_heap(Line& line, const ObjectFacts& object, LoadAddr at) {
  if (!object.base) {
    line.add("heap, behind the last object of its span", Style::heading);
    return;
  }
  bool free = object.allocated && !*object.allocated;
  line.add(free ? "free heap slot " : "heap object ", Style::heading);
  line.add(hex(object.base->value), Style::address).add(plus(at.value - object.base->value), Style::address);
  line.add(fmt::format(" of {} bytes", object.size.value_or(0)));
  if (!object.type.empty()) line.add(", ").add(object.type, Style::type).add(object.field, Style::value);
  if (object.header != 0 && at.value - object.base->value < object.header) line.add(", its type header");
  line.add(fmt::format(", span class {} index {}", object.span_class.value_or(0), object.index.value_or(0)),
           Style::note);
  if (object.marked && !free)
    line.add(", ").add(*object.marked ? "marked" : "not marked", *object.marked ? Style::live : Style::dead);
}

void add_variable(Line& line, const ObjectFacts& object, const std::string& symbol, std::uint64_t offset) {
  line.add(symbol, Style::function);
  // With a type the field says where; without, the offset.
  if (!object.field.empty()) {
    line.add(object.field, Style::value);
  } else {
    line.add(plus(offset), Style::address);
  }
  if (!object.type.empty()) line.add(" (").add(object.type, Style::type).add(")");
}

void add_where(Line& line, const std::string& section, const std::string& module) {
  if (!section.empty()) line.add("  " + section, Style::location);
  if (!module.empty()) line.add(section.empty() ? "  in " : " of ", Style::note).add(module, Style::note);
}

void add_region(Line& line, const MemoryRegion& r) {
  line.add(fmt::format(" {}-{} {}{}{}", hex(r.range.lo.value), hex(r.range.hi.value), r.readable ? 'r' : '-',
                       r.writable ? 'w' : '-', r.executable ? 'x' : '-'),
           Style::note);
}

std::string plain(const Line& line) {
  std::string out;
  for (const Span& span : line.spans()) out += span.text;
  return out;
}

// Go's names have dots and slashes, which a debugger's expressions take apart.
std::optional<LoadAddr> named_address(Host& host, const std::string& text) {
  auto process = host.process();
  if (!process || text.find('.') == std::string::npos) return std::nullopt;
  bool address = text.starts_with('&');
  std::string name = address ? text.substr(1) : text;
  const GoImage& image = (*process)->image();
  auto functions = image.pclntab().named(name);
  if (!functions.empty() && !address) return (*process)->to_load(functions.front().entry);
  auto variable = image.global(name);
  if (!variable) return std::nullopt;
  LoadAddr at = (*process)->to_load(*variable);
  if (address) return at;
  auto word = (*process)->memory().pointer(at);
  return word ? std::optional(*word) : std::nullopt;
}

}  // namespace

Line object_line(const ObjectFacts& object, LoadAddr at) {
  Line line;
  switch (object.kind) {
    case ObjectFacts::Kind::nil:
      return line.add("nil", Style::value);
    case ObjectFacts::Kind::heap:
      add_heap(line, object, at);
      return line;
    case ObjectFacts::Kind::stack:
      if (object.stack) add_stack(line, *object.stack);
      return line;
    case ObjectFacts::Kind::unknown:
      return object.symbol.empty() ? line.add("no pointer", Style::warning) : line.add(object.symbol, Style::function);
    default:
      if (object.symbol.empty()) return line.add(object_kind_name(object.kind), Style::location);
      add_variable(line, object, object.symbol, object.base ? at.value - object.base->value : 0);
      return line.add("  ").add(object_kind_name(object.kind), Style::location);
  }
}

Line address_line(const AddressFacts& facts) {
  Line line;
  switch (facts.kind) {
    case AddressFacts::Kind::function:
      line.add(facts.symbol + plus(facts.offset), Style::function);
      if (facts.line != 0) line.add(fmt::format("  {}:{}", base_name(facts.file), facts.line), Style::location);
      add_where(line, facts.section, facts.module);
      break;
    case AddressFacts::Kind::symbol:
      if (!facts.symbol.empty() && facts.object) {
        add_variable(line, *facts.object, facts.symbol, facts.offset);
      } else {
        bool constant = facts.object && facts.object->kind == ObjectFacts::Kind::rodata;
        line.add(!facts.object ? "code without a name"
                 : constant    ? "constant data"
                               : "data without a name",
                 Style::heading);
      }
      add_where(line, facts.section, facts.module);
      break;
    case AddressFacts::Kind::heap:
      if (facts.object) add_heap(line, *facts.object, facts.address);
      break;
    case AddressFacts::Kind::stack:
      if (facts.stack) add_stack(line, *facts.stack);
      break;
    case AddressFacts::Kind::mapped:
      line.add("mapped memory", Style::heading);
      if (facts.region) add_region(line, *facts.region);
      if (!facts.module.empty()) line.add(" " + facts.module, Style::location);
      break;
    case AddressFacts::Kind::unmapped:
      line.add(facts.address ? "unmapped" : "nil", Style::heading);
      break;
  }
  if (!facts.note.empty()) line.add("  (" + facts.note + ")", Style::note);
  return line;
}

Json object_json(const ObjectFacts& object) {
  Json out;
  out["kind"] = object_kind_name(object.kind);
  out["base"] = json_address(object.base);
  out["size"] = number_or_null(object.size);
  out["span"] = json_address(object.span);
  out["span_class"] = number_or_null(object.span_class);
  out["index"] = number_or_null(object.index);
  out["allocated"] = number_or_null(object.allocated);
  out["marked"] = number_or_null(object.marked);
  out["header"] = object.header;
  out["type"] = json_text(printable(object.type));
  out["field"] = json_text(printable(object.field));
  out["symbol"] = json_text(printable(object.symbol));
  if (object.stack) {
    out["goroutine"] = number_or_null(object.stack->goroutine);
    out["frame"] = json_text(printable(object.stack->frame));
    out["slot"] = json_text(printable(object.stack->slot));
  }
  return out;
}

Json address_json(const AddressFacts& facts) {
  Json out;
  out["address"] = json_address(facts.address);
  out["kind"] = address_kind_name(facts.kind);
  out["symbol"] = json_text(printable(facts.symbol));
  bool inside = !facts.symbol.empty() || facts.kind == AddressFacts::Kind::heap;
  out["offset"] = inside ? Json(facts.offset) : Json(nullptr);
  out["section"] = json_text(printable(facts.section));
  out["module"] = json_text(printable(facts.module));
  out["file"] = json_text(printable(facts.file));
  out["line"] = facts.line != 0 ? Json(facts.line) : Json(nullptr);
  const std::optional<StackPlace>& stack = facts.stack;
  out["goroutine"] = stack ? number_or_null(stack->goroutine) : Json(nullptr);
  out["thread"] = stack && stack->thread ? Json(stack->thread->value) : Json(nullptr);
  out["stack"] = stack ? Json(stack_kind_name(stack->kind)) : Json(nullptr);
  out["frame"] = stack ? json_text(printable(stack->frame)) : Json(nullptr);
  out["slot"] = stack ? json_text(printable(stack->slot)) : Json(nullptr);
  out["object"] = facts.object ? object_json(*facts.object) : Json(nullptr);
  out["text"] = plain(address_line(facts));
  return out;
}

Result<LoadAddr> address_of(Host& host, const std::string& text) {
  bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const char* first = text.data() + (hexadecimal ? 2 : 0);
  const char* last = text.data() + text.size();
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(first, last, value, hexadecimal ? 16 : 10);
  if (error == std::errc() && end == last) return LoadAddr(value);
  if (auto named = named_address(host, text)) return *named;
  auto found = host.evaluate(text);
  if (!found) return pass(found);
  return LoadAddr(*found);
}

}  // namespace lldbgo
