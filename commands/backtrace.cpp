#include "commands/backtrace.h"

#include <fmt/format.h>

#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::size_t kLocationColumn = 8;

void add_location(Line& line, const LogicalEntry& entry) {
  if (entry.file.empty()) {
    line.add("?", Style::location);
  } else {
    line.add(fmt::format("{}:{}", entry.file, entry.line), Style::location);
  }
}

void add_disagreements(Document& out, const PhysicalFrame& frame) {
  for (const std::string& check : frame.checked) {
    if (!is_disagreement(check)) continue;
    Line& line = out.line();
    line.pad(kLocationColumn).add("warning: ", Style::warning).add(check);
  }
}

void add_frame(Document& out, const PhysicalFrame& frame, const LogicalEntry& entry, std::size_t index,
               const ArgumentText& arguments) {
  Line& function = out.line();
  function.add(traceback_name(entry.function), Style::function);
  if (entry.inlined) {
    function.add("(...)");
  } else if (frame.func) {
    function.add("(").add(arguments ? arguments(frame) : "...", Style::value).add(")");
  }

  Line& line = out.line();
  line.pad(kLocationColumn / 2).add(fmt::format("#{}", index), Style::number).pad(kLocationColumn, 1);
  add_location(line, entry);
  if (entry.inlined) {
    line.add(" inlined", Style::note);
    return;
  }
  if (frame.func && frame.pc_offset != 0) line.add(" +" + hex(frame.pc_offset), Style::number);
  if (frame.func) line.add(" fp=", Style::note).add(hex(frame.fp.value), Style::address);
  line.add(" sp=", Style::note).add(hex(frame.sp.value), Style::address);
  line.add(" pc=", Style::note).add(hex(frame.pc.value), Style::address);
  bool plain = frame.found_by == FoundBy::pcsp && frame.checks == Checks::agree;
  if (!plain) {
    bool bad = frame.checks == Checks::disagree;
    line.add(" [" + found_text(frame.found_by, frame.checks) + "]", bad ? Style::warning : Style::note);
  }
}

Json entry_json(const PhysicalFrame& frame, const LogicalEntry& entry, std::size_t index) {
  Json out;
  out["index"] = index;
  out["function"] = entry.function;
  out["file"] = json_text(entry.file);
  out["line"] = entry.line == 0 ? Json(nullptr) : Json(entry.line);
  out["pc"] = json_address(frame.pc);
  out["sp"] = json_address(frame.sp);
  out["fp"] = json_address(frame.fp);
  out["offset"] = frame.pc_offset;
  out["inlined"] = entry.inlined;
  out["stack"] = stack_kind_name(frame.stack);
  out["abi"] = frame.abi ? Json(abi_name(*frame.abi)) : Json(nullptr);
  out["found_by"] = found_by_name(frame.found_by);
  out["checks"] = checks_name(frame.checks);
  if (!frame.checked.empty()) out["checked"] = frame.checked;
  return out;
}

const char* end_name(StackEnd::Kind kind) {
  switch (kind) {
    case StackEnd::Kind::top:
      return "top";
    case StackEnd::Kind::limit:
      return "limit";
    case StackEnd::Kind::error:
      return "error";
  }
  return "error";
}

// Whether line i is the last one of its physical frame.
bool leaves_frame(const std::vector<VisibleFrame>& visible, std::size_t i) {
  return i + 1 == visible.size() || visible[i + 1].physical != visible[i].physical;
}

// A switch belongs between two physical frames, shown or not.
std::string switch_after(const Backtrace& b, std::size_t i) {
  std::size_t next = i + 1 < b.visible.size() ? b.visible[i + 1].physical : b.visible[i].physical + 1;
  for (std::size_t p = b.visible[i].physical; p < next && p < b.stack.frames.size(); ++p) {
    if (!b.stack.frames[p].switch_note.empty()) return b.stack.frames[p].switch_note;
  }
  return {};
}

}  // namespace

Backtrace make_backtrace(Stack stack, bool raw, std::size_t limit) {
  Backtrace out;
  out.visible = visible_frames(stack, raw);
  if (out.visible.size() > limit) {
    out.visible.resize(limit);
    stack.end = {StackEnd::Kind::limit, fmt::format("stopped after {} frames; --limit N shows more", limit)};
    stack.created_by.reset();
    stack.created_pc.reset();
  }
  out.stack = std::move(stack);
  return out;
}

std::string traceback_name(std::string_view function) {
  if (function == "runtime.gopanic") return "panic";
  std::size_t open = function.find('['), close = function.rfind(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::string(function);
  return fmt::format("{}[...]{}", function.substr(0, open), function.substr(close + 1));
}

bool is_disagreement(std::string_view check) {
  return check.substr(0, 10) == "disagrees:";
}

std::string found_text(FoundBy found_by, Checks checks) {
  std::string how = found_by_name(found_by);
  switch (checks) {
    case Checks::agree:
      return how;
    case Checks::disagree:
      return how + ", DISAGREES";
    case Checks::none:
      return how + ", unchecked";
  }
  return how;
}

std::string stack_title(const Stack& stack) {
  if (!stack.goroutine) return stack.thread ? fmt::format("thread {} [no goroutine]", stack.thread->value) : "stack";
  bool waiting = stack.status == "waiting" && !stack.wait_reason.empty();
  return fmt::format("goroutine {} [{}]", *stack.goroutine, waiting ? stack.wait_reason : stack.status);
}

Document backtrace_text(const Backtrace& b, const ArgumentText& arguments) {
  const Stack& stack = b.stack;
  Document out;
  Line& title = out.line(stack_title(stack) + ":", Style::heading);
  if (stack.goroutine && stack.thread) title.add(fmt::format("  thread {}", stack.thread->value), Style::note);

  for (std::size_t i = 0; i < b.visible.size(); ++i) {
    const PhysicalFrame& frame = stack.frames[b.visible[i].physical];
    add_frame(out, frame, frame.entries[b.visible[i].logical], i, arguments);
    if (!leaves_frame(b.visible, i)) continue;
    add_disagreements(out, frame);
    if (std::string note = switch_after(b, i); !note.empty()) out.line("    -- " + note + " --", Style::note);
  }
  if (stack.created_by) {
    Line& line = out.line("created by ");
    line.add(traceback_name(stack.created_by->function), Style::function);
    if (stack.parent) line.add(fmt::format(" in goroutine {}", *stack.parent));
    Line& where = out.line();
    where.pad(kLocationColumn);
    add_location(where, *stack.created_by);
    if (stack.created_offset != 0) where.add(" +" + hex(stack.created_offset), Style::number);
  }
  Line& end = out.line("    end: ", Style::note);
  end.add(stack.end.reason, stack.end.kind == StackEnd::Kind::error ? Style::warning : Style::note);
  return out;
}

Json backtrace_json(const Backtrace& b) {
  const Stack& stack = b.stack;
  Json out;
  out["goroutine"] = stack.goroutine ? Json(*stack.goroutine) : Json(nullptr);
  out["status"] = json_text(stack.status);
  out["wait_reason"] = json_text(stack.wait_reason);
  out["thread"] = stack.thread ? Json(stack.thread->value) : Json(nullptr);
  Json& frames = out["frames"] = Json::array();
  for (std::size_t i = 0; i < b.visible.size(); ++i) {
    const PhysicalFrame& frame = stack.frames[b.visible[i].physical];
    Json entry = entry_json(frame, frame.entries[b.visible[i].logical], i);
    if (leaves_frame(b.visible, i)) {
      if (std::string note = switch_after(b, i); !note.empty()) entry["switch"] = note;
    }
    frames.push_back(std::move(entry));
  }
  out["end"] = Json{{"kind", end_name(stack.end.kind)}, {"reason", json_text(stack.end.reason)}};
  if (stack.created_by) {
    out["created_by"] = Json{{"function", stack.created_by->function},
                             {"file", json_text(stack.created_by->file)},
                             {"line", stack.created_by->line},
                             {"pc", json_address(stack.created_pc)},
                             {"goroutine", stack.parent ? Json(*stack.parent) : Json(nullptr)}};
  } else {
    out["created_by"] = nullptr;
  }
  return out;
}

}  // namespace lldbgo
