#include <fmt/format.h>

#include <algorithm>

#include "commands/backtrace.h"
#include "commands/frame_view.h"
#include "commands/table.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kValueLimit = 28;
constexpr std::size_t kChainLinks = 16;
constexpr std::int64_t kLargestStack = 1 << 30;  // runtime.maxstacksize on 64-bit machines

// What fits of a value in the call. A structure or array loses its last fields, never half of one.
std::string call_value(std::string_view brief) {
  if (columns_of(brief) <= kValueLimit || brief.front() != '{') return shortened(brief, kValueLimit);
  constexpr std::string_view kRest = ", ...}";
  std::size_t end = 0;  // of the last whole field that fits
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i + kRest.size() <= kValueLimit; ++i) {
    char c = brief[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (c == ',' && depth == 1) end = i;
    }
  }
  return end == 0 ? "{...}" : std::string(brief.substr(0, end)) + std::string(kRest);
}

// frame #0  main.regs(a=7, s="hello")  main.go:20  goroutine 1 [running]
Document headline(const FrameView& view, std::size_t width) {
  const FrameMap& map = view.map;
  Line first("frame ", Style::heading);
  first.add(fmt::format("#{}", view.index), Style::number).add("  ");
  std::size_t indent = first.columns() + 2;

  std::vector<Line> pieces;  // of the call: "f(a=1, ", "b=2)"
  Line piece(traceback_name(map.function), Style::function);
  piece.add("(");
  bool any = false;
  for (const Argument& a : map.args) {
    if (a.result || a.name.empty()) continue;
    if (any) {
      pieces.push_back(std::move(piece.add(",")));
      piece = Line();
    }
    piece.add(a.name);
    piece.add("=").add(call_value(a.brief), a.status == ArgStatus::live ? Style::value : Style::dead);
    if (a.status != ArgStatus::live) piece.add("?", Style::note);  // as the runtime marks what may be old
    any = true;
  }
  pieces.push_back(std::move(piece.add(")")));

  Line where(" ");
  where.add(map.file.empty() ? "?" : fmt::format("{}:{}", base_name(map.file), map.line), Style::location);
  pieces.push_back(std::move(where));
  pieces.push_back(Line(" " + view.stack_title));
  return wrapped(first, pieces, " ", indent, width);
}

std::string checks_text(const FrameMap& map) {
  std::string how = std::string("found by ") + found_by_name(map.found_by);
  switch (map.checks) {
    case Checks::agree:
      return how + ", " + (map.checked.empty() ? "checks agree" : map.checked.front());
    case Checks::disagree:
      return how + ", checks DISAGREE";
    case Checks::none:
      return how + ", no second source";
  }
  return how;
}

void facts(Document& out, const FrameView& view, std::size_t width) {
  const FrameMap& map = view.map;
  std::vector<Line> pieces{Line(view.go_version)};
  if (map.abi) pieces.emplace_back(abi_name(*map.abi));
  Line pc("pc ");
  pc.add(code_text(traceback_name(map.function), map.offset, map.pc), Style::function);
  pieces.push_back(std::move(pc));
  pieces.emplace_back(fmt::format("frame {:#x} bytes", map.frame_size));
  pieces.emplace_back(checks_text(map), map.checks == Checks::disagree ? Style::warning : Style::plain);
  Line first;
  first.pad(kIndent);
  out.add(wrapped(first, pieces, "  ", kIndent, width));
  if (!map.inlined.empty()) {
    std::vector<Line> names;
    for (const std::string& name : map.inlined) names.emplace_back(traceback_name(name), Style::function);
    Line start;
    start.pad(kIndent).add("inlined here  ", Style::note);
    out.add(wrapped(start, names, " <- ", kIndent + 2, width));
  }
  for (const std::string& check : map.checked) {
    if (!is_disagreement(check)) continue;
    Line& line = out.line();
    line.pad(kIndent).add("warning: ", Style::warning).add(check);
  }
}

std::string from_sp(const FrameMap& map, LoadAddr at) {
  return "SP" + signed_hex(at - map.hardware_sp);
}

void anchors(Document& out, const FrameMap& map) {
  Table table({{}, {}, {}, {}});
  auto row = [&](std::string_view name, LoadAddr at, std::string_view how, std::string_view what) {
    table.row({Line(name), Line(hex(at.value), Style::address), Line(how, Style::number), Line(what, Style::note)});
  };
  std::int64_t below_fp = map.pseudo_fp - map.pseudo_sp;
  row("hardware SP", map.hardware_sp, map.found_by == FoundBy::stack_switch ? "before it switched" : "RSP", "");
  row("pseudo SP", map.pseudo_sp, fmt::format("{} = FP-{}", from_sp(map, map.pseudo_sp), below_fp),
      "locals are x-N(SP) from here");
  row("pseudo FP", map.pseudo_fp, fmt::format("{} = SP+{:#x}+8", from_sp(map, map.pseudo_fp), map.frame_size),
      "arguments are x+N(FP) from here");
  if (map.bp) {
    std::string what;
    if (!map.saved_bp_slot) {
      what = "the caller's: not saved here";
    } else {
      std::string value = map.saved_bp ? hex(map.saved_bp->value) : "unreadable";
      what = *map.saved_bp_slot == *map.bp
                 ? "-> saved caller BP " + value
                 : fmt::format("caller BP {} is saved at {}", value, from_sp(map, *map.saved_bp_slot));
    }
    bool on_stack = *map.bp >= map.hardware_sp && *map.bp - map.hardware_sp < kLargestStack;
    row("BP", *map.bp, on_stack ? from_sp(map, *map.bp) : "", what);
  } else {
    table.row({Line("BP"), Line("unknown", Style::note)});
  }
  out.add(table.lines(kIndent));
}

Style status_style(ArgStatus status) {
  switch (status) {
    case ArgStatus::live:
      return Style::live;
    case ArgStatus::stale:
      return Style::warning;
    case ArgStatus::dead:
      return Style::dead;
    case ArgStatus::unknown:
      return Style::note;
  }
  return Style::plain;
}

std::string place_text(const Argument& a) {
  std::string registers = fmt::format("{}", fmt::join(a.registers, " "));
  std::string home = a.offset_fp ? fmt::format("{:+d}(FP)", *a.offset_fp) : std::string();
  if (!a.in_registers) return home;
  if (home.empty()) return registers;
  return registers + ", " + home;
}

void arguments(Document& out, const FrameMap& map, std::size_t width) {
  if (map.args.empty()) return;
  Table table({{"argument"}, {"type"}, {"place"}, {"state"}, {"value"}});
  std::size_t used = kIndent + 8;
  std::size_t name = 8, type = 4, place = 5, state = 7;
  for (const Argument& a : map.args) {
    name = std::max(name, columns_of(a.name) + (a.result ? 7 : 0));
    type = std::max(type, columns_of(shortened(a.type, width / 4)));
    place = std::max(place, columns_of(place_text(a)));
  }
  used += name + type + place + state;
  std::size_t room = width > used + 8 ? width - used : 8;
  for (const Argument& a : map.args) {
    Line label;
    if (a.result) label.add("result ", Style::note);
    label.add(a.name.empty() ? "_" : a.name, Style::heading);
    table.row({std::move(label), Line(shortened(a.type, width / 4), Style::type), Line(place_text(a), Style::reg),
               Line(arg_status_name(a.status), status_style(a.status)), Line(shortened(a.value, room), Style::value)});
  }
  out.blank();
  out.add(table.lines(kIndent));
}

void chain(Document& out, const FrameMap& map, std::size_t width) {
  std::vector<Line> links;
  for (const ChainLink& link : map.chain) {
    if (links.size() == kChainLinks) {
      links.emplace_back(fmt::format("{} more (go-bt)", map.chain.size() - kChainLinks), Style::note);
      break;
    }
    links.emplace_back(code_text(traceback_name(link.function), link.offset, link.pc), Style::function);
  }
  if (links.empty()) links.emplace_back("none", Style::note);
  Line first;
  first.pad(kIndent).add("callers  ", Style::note);
  out.blank();
  out.add(wrapped(first, links, " <- ", first.columns(), width));
}

void reasons(Document& out, const FrameMap& map, std::size_t width) {
  out.blank();
  Line& title = out.line();
  title.pad(kIndent).add("how it is known", Style::heading);
  for (const auto* list : {&map.checked, &map.why}) {
    for (const std::string& text : *list) {
      std::vector<Line> words;
      for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.find(' ', at), text.size());
        words.emplace_back(std::string_view(text).substr(at, end - at));
        at = end + 1;
      }
      Line first;
      first.pad(kIndent + 2);
      out.add(wrapped(first, words, " ", kIndent + 4, width));
    }
  }
}

}  // namespace

std::string code_text(std::string_view function, std::uint64_t offset, LoadAddr pc) {
  return function.empty() ? hex(pc.value) : fmt::format("{}+{:#x}", function, offset);
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

Document frame_text(const FrameView& view, const FrameTextOptions& options) {
  const FrameMap& map = view.map;
  Document out = headline(view, options.width);
  facts(out, view, options.width);
  out.blank();
  anchors(out, map);
  arguments(out, map, options.width);
  out.blank();
  out.add(slot_lines(map, options));
  chain(out, map, options.width);
  if (options.why) reasons(out, map, options.width);
  return out;
}

}  // namespace lldbgo
