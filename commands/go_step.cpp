// go-next, go-step and go-finish: one goroutine goes on, whatever thread it runs on, and no other one stops the
// process.
#include <fmt/format.h>

#include "commands/registry.h"
#include "commands/select.h"
#include "commands/step_plan.h"

namespace lldbgo {
namespace {

/// Where the selected goroutine stands.
struct Position {
  std::optional<std::int64_t> goroutine;
  std::optional<ThreadId> thread;
  LogicalEntry where;
  LoadAddr pc;
};

Result<Position> position(Host& host) {
  auto selected = selected_thread(host, 16);
  if (!selected) return pass(selected);
  const PhysicalFrame& frame = selected->stack.frames.front();
  return Position{selected->stack.goroutine, selected->id, frame.entries.front(), frame.pc};
}

const char* reason_word(const StepOutcome& outcome) {
  if (outcome.why == StepOutcome::Why::other) return "other";
  switch (outcome.kind) {
    case StopPoint::Kind::returned:
      return "return";
    case StopPoint::Kind::called:
      return "call";
    case StopPoint::Kind::ended:
      return "goroutine end";
    case StopPoint::Kind::panicking:
      return "panic";
    case StopPoint::Kind::line:
    case StopPoint::Kind::call:
      break;
  }
  return "step";
}

std::string reason_text(const StepOutcome& outcome) {
  if (outcome.why == StepOutcome::Why::other) return "stopped before the step was done: " + outcome.reason;
  if (outcome.kind == StopPoint::Kind::ended) return "the goroutine ends here";
  if (outcome.kind == StopPoint::Kind::panicking) return "the program ends with this panic";
  return outcome.kind == StopPoint::Kind::returned ? "returned" : "";
}

Output answer(Context& context, const StepOutcome& outcome) {
  Output out;
  if (outcome.why == StepOutcome::Why::exited) {
    out.json = Json{{"state", "exited"}, {"exit_status", outcome.exit_status}};
    out.text.line(fmt::format("the program has ended with status {}", outcome.exit_status));
    return out;
  }
  if (outcome.why == StepOutcome::Why::running) {
    out.json = Json{{"state", "running"}};
    return out;
  }
  out.json = Json{{"state", "stopped"}, {"reason", reason_word(outcome)}, {"stop", json_text(outcome.reason)}};
  auto at = position(context.host());
  if (!at) {
    context.problem(at.error().text());
    return out;
  }
  out.json["goroutine"] = at->goroutine ? Json(*at->goroutine) : Json(nullptr);
  out.json["thread"] = at->thread->value;
  out.json["function"] = at->where.function;
  out.json["file"] = json_text(at->where.file);
  out.json["line"] = at->where.line;
  out.json["pc"] = json_address(at->pc);
  Line& line = out.text.line();
  if (at->goroutine) line.add(fmt::format("goroutine {}", *at->goroutine), Style::heading).add("  ");
  line.add(at->where.function, Style::function).add("  ");
  line.add(fmt::format("{}:{}", at->where.file, at->where.line), Style::location);
  if (std::string why = reason_text(outcome); !why.empty()) line.add("  ").add(why, Style::note);
  return out;
}

std::string late_report(Host& host, const StepOutcome& outcome) {
  Context context(host, false, 100);
  return render(answer(context, outcome).text, host.color());
}

bool goes_on(const StepOutcome& outcome) {
  return outcome.why == StepOutcome::Why::done && outcome.kind != StopPoint::Kind::ended &&
         outcome.kind != StopPoint::Kind::panicking;
}

template <StepMode mode>
Result<Output> run(Context& context, const Options& options) {
  Host& host = context.host();
  std::uint64_t count = options.number("count").value_or(1);
  if (count == 0) return fail(Errc::invalid_argument, "--count 0: is no step");
  for (std::uint64_t left = count;;) {
    auto plan = plan_step(host, mode);
    if (!plan) return pass(plan);
    Execution* execution = host.execution();
    if (execution == nullptr) return fail(Errc::unsupported, "this debugger: cannot run the process");
    for (const std::string& p : plan->problems) context.problem(p);
    StepRequest request;
    request.plan = std::move(*plan);
    request.more = --left;
    request.again = [](Host& later) { return plan_step(later, mode); };
    request.report = late_report;
    auto outcome = execution->run(std::move(request));
    if (!outcome) return pass(outcome);
    if (left == 0 || !goes_on(*outcome)) return answer(context, *outcome);
  }
}

OptionSpec count_option() {
  return {"--count", "N", "N times", OptionSpec::Kind::number, {}, ""};
}

constexpr std::string_view kCommon =
    "\n"
    "\n"
    "The goroutine is followed when it moves to another thread, and goroutines that pass the same code do not stop. A "
    "breakpoint, a signal or an interrupt on the way stops as usual and ends the step, and the answer says so. The end "
    "of "
    "the goroutine and of a panicking program are stops, too. Where the debugger works asynchronously (an interactive "
    "command line, a debug console) the command returns at once, and the position is printed at the stop.";

const std::string& details(StepMode mode) {
  static const std::string next =
      "Lets the goroutine of the selected thread run to another line of its function, or back to its caller; over "
      "calls, "
      "also inlined ones." +
      std::string(kCommon);
  static const std::string step =
      "Like go-next, but stops in a function that the line calls: behind its prologue, in inlined bodies, closures and "
      "methods called through an interface. Functions of the runtime are gone over, wrappers gone through." +
      std::string(kCommon);
  static const std::string finish =
      "Lets the goroutine of the selected thread run until its function has returned; in the body of an inlined call, "
      "until "
      "that is left. Where a panic takes the function down, the stop is in the caller of the function that recovered." +
      std::string(kCommon);
  return mode == StepMode::next ? next : mode == StepMode::step ? step : finish;
}

}  // namespace

const Command& go_next_command() {
  static const Command command = {"go-next",
                                  "lldb-go/step/1",
                                  "the goroutine's next line, over calls",
                                  details(StepMode::next),
                                  // transcript: examples/calls STOP_AT main.sumSquare
                                  R"((lldb) go-next
goroutine 1  main.sumSquare  examples/calls/main.go:21
)",
                                  {},
                                  {count_option()},
                                  run<StepMode::next>};
  return command;
}

const Command& go_step_command() {
  static const Command command = {"go-step",
                                  "lldb-go/step/1",
                                  "the goroutine's next line, into calls",
                                  details(StepMode::step),
                                  // transcript: examples/calls STOP_AT main.sumSquare
                                  R"((lldb) go-step
goroutine 1  main.sumSquare  examples/calls/main.go:21
)",
                                  {},
                                  {count_option()},
                                  run<StepMode::step>};
  return command;
}

const Command& go_finish_command() {
  static const Command command = {"go-finish",
                                  "lldb-go/step/1",
                                  "out of the goroutine's function",
                                  details(StepMode::finish),
                                  // transcript: examples/calls STOP_AT main.sumSquare
                                  R"((lldb) go-finish
goroutine 1  main.main  examples/calls/main.go:27  returned
)",
                                  {},
                                  {count_option()},
                                  run<StepMode::finish>};
  return command;
}

}  // namespace lldbgo
