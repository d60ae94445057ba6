// A stack as text and as the JSON of lldb-go/backtrace/1.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "commands/command.h"
#include "core/unwind/stack.h"

namespace lldbgo {

/// A stack with the frames that are shown, in go-bt's numbering.
struct Backtrace {
  Stack stack;
  std::vector<VisibleFrame> visible;
};

/// Cuts the visible frames at `limit`, and says so in the stack's end.
Backtrace make_backtrace(Stack stack, bool raw, std::size_t limit);

/// What stands between the parentheses of a physical frame.
using ArgumentText = std::function<std::string(const PhysicalFrame&)>;

/// The runtime's traceback, line by line: a header, two lines per frame, "created by". The number of a frame stands in
/// the indentation of its second line; what is ours alone stands at the ends of lines or on lines of its own.
Document backtrace_text(const Backtrace& backtrace, const ArgumentText& arguments);
Json backtrace_json(const Backtrace& backtrace);

/// "goroutine 1 [chan receive]", "thread 4711 [no goroutine]".
std::string stack_title(const Stack& stack);
/// A function's name as the runtime's traceback prints it: type arguments as "[...]", gopanic as panic.
std::string traceback_name(std::string_view function);
/// Whether a line of PhysicalFrame::checked tells of a contradiction.
bool is_disagreement(std::string_view check);
/// "found_by" and "checks" in one clause for people.
std::string found_text(FoundBy found_by, Checks checks);

}  // namespace lldbgo
