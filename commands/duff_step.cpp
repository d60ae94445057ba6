// go-duff step: into the routine, and store by store to its end.
//
// Each instruction is a step of its own in the sense of execution.h: the next one gets a breakpoint that counts for
// this goroutine on this stack. A signal, also Go's own for preemption, may come in between: its handler runs, returns,
// and the instruction is executed then. Whatever else stops or ends the process ends the step.
#include <fmt/format.h>

#include <memory>

#include "commands/duff_select.h"
#include "commands/duff_verbs.h"
#include "commands/execution.h"
#include "commands/select.h"
#include "commands/step_plan.h"
#include "commands/table.h"
#include "core/base/text.h"
#include "core/insn/plan9_text.h"

namespace lldbgo {
namespace {

// More instructions than any routine has.
constexpr std::uint64_t kMostSteps = 2048;

struct Write {
  LoadAddr address;
  unsigned size = 0;
  std::string value;  ///< hexadecimal, "" unreadable
};

struct Event {
  LoadAddr pc;
  std::uint64_t offset = 0;
  std::string instruction;
  std::optional<Write> write;
  std::uint64_t remaining = 0;
};

std::string instruction_text(const GoImage& image, FileAddr at) {
  std::string out;
  plan9_text(image.elf().bytes_from(at, 16), at.value, {}, out);
  return out;
}

/// A little-endian integer of any size.
std::string integer(const std::vector<std::byte>& bytes) {
  std::string digits;
  for (auto it = bytes.rbegin(); it != bytes.rend(); ++it)
    digits += fmt::format("{:02x}", std::to_integer<unsigned>(*it));
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return fmt::format("0x{}", digits);
}

/// Where the goroutine stands in a routine.
struct InRoutine {
  const DuffInImage* duff = nullptr;
  const DuffStep* step = nullptr;
  LoadAddr pc, sp, g, stack_hi;
  std::uint64_t di = 0;
};

/// What one go-duff step has seen so far; kept from stop to stop.
class Steps {
 public:
  std::vector<Event> events;
  Json site = nullptr;
  Document site_text;
  std::vector<std::string> problems;
  std::uint64_t most = kMostSteps;

  Result<StepPlan> first(Host& host) { return plan(host, true); }
  /// An empty plan once the routine is left.
  Result<StepPlan> next(Host& host) {
    record(host);
    return plan(host, false);
  }
  void record(Host& host);

 private:
  Result<StepPlan> plan(Host& host, bool first);
  Result<StepPlan> plan_to_entry(Host& host, const ImageBlocks& blocks, const PhysicalFrame& frame, LoadAddr g,
                                 LoadAddr stack_hi);

  std::optional<InRoutine> before_;
  std::shared_ptr<ImageBlocks> blocks_;  // before_ points into it
};

struct Innermost {
  Stack stack;
  LoadAddr g, stack_hi;
  const PhysicalFrame& frame() const { return stack.frames.front(); }
};

Result<Innermost> innermost(Host& host) {
  auto selected = selected_thread(host, 8);
  if (!selected) return pass(selected);
  auto layout = selected->process->layout();
  if (!layout) return pass(layout);
  const PhysicalFrame& frame = selected->stack.frames.front();
  if (!frame.func || !frame.g) {
    return fail(Errc::not_found, fmt::format("thread {}: does not run Go code", selected->id.value),
                "select another one with `thread select`");
  }
  LoadAddr g = *frame.g;
  auto hi = selected->process->memory().pointer(g + layout->g.stack_hi);
  if (!hi) return pass(hi);
  return Innermost{std::move(selected->stack), g, *hi};
}

void Steps::record(Host& host) {
  if (!before_) return;
  auto process = host.process();
  if (!process) return;
  const DuffStep& s = *before_->step;
  Event event;
  event.pc = before_->pc;
  event.offset = s.offset;
  event.instruction = instruction_text(blocks_->image(), before_->duff->at + s.offset);
  event.remaining = before_->duff->routine.remaining(s.end);
  if (s.does == DuffStep::Does::store) {
    Write write{LoadAddr(before_->di).offset(s.at), s.size, {}};
    if (auto bytes = (*process)->memory().bytes(write.address, s.size)) write.value = integer(*bytes);
    event.write = write;
  }
  events.push_back(std::move(event));
  before_.reset();
}

Result<StepPlan> Steps::plan_to_entry(Host& host, const ImageBlocks& blocks, const PhysicalFrame& frame, LoadAddr g,
                                      LoadAddr stack_hi) {
  GoProcess& process = **host.process();
  std::vector<BlockSite> sites = blocks.sites(*frame.func);
  std::vector<StopPoint> points;
  for (const BlockSite& s : sites) {
    if (!is_duff(s.device)) continue;
    auto delta = process.image().pclntab().sp_delta(*frame.func, frame.func->entry + s.begin);
    if (!delta) continue;
    LoadAddr sp = frame.fp - 8 - *delta;
    points.push_back({StopPoint::Kind::called, process.to_load(*s.target), 8, stack_hi.value - sp.value});
  }
  if (points.empty()) {
    return fail(Errc::not_found, fmt::format("{}: has no call of Duff's device", printable(frame.func->name, 200)),
                "go-duff break stops where one is entered; go-duff list shows what else clears and copies");
  }
  // Whatever else can become of the function: it returns, or a panic takes it down.
  auto out = plan_step(host, StepMode::finish);
  if (!out) return out;
  std::erase_if(out->points, [](const StopPoint& p) { return p.kind == StopPoint::Kind::line; });
  if (out->g != g)
    return fail(Errc::unsupported, "the thread is on a stack of the runtime", "go-duff break stops inside");
  out->points.insert(out->points.begin(), points.begin(), points.end());
  return out;
}

Result<StepPlan> Steps::plan(Host& host, bool first) {
  auto here = innermost(host);
  if (!here) return pass(here);
  GoProcess& process = **host.process();
  if (!blocks_) blocks_ = std::make_shared<ImageBlocks>(process.shared_image());
  const PhysicalFrame& frame = here->frame();
  FileAddr pc = process.to_file(frame.pc);
  const DuffInImage* duff = blocks_->duff_at(pc);
  if (duff == nullptr) {
    if (first) return plan_to_entry(host, *blocks_, frame, here->g, here->stack_hi);
    return StepPlan{};
  }
  if (events.size() >= most) return StepPlan{};
  const DuffStep* step = duff->routine.step(pc.value - duff->at.value);
  auto di = frame.registers.get(Reg::rdi);
  if (step == nullptr || !di) return fail(Errc::unreadable, "the routine: its registers cannot be read");
  if (site.is_null() && here->stack.frames.size() > 1 && here->stack.frames[1].func) {
    const PhysicalFrame& caller = here->stack.frames[1];
    for (const BlockSite& s : blocks_->sites(*caller.func)) {
      if (!s.target || caller.pc_offset <= s.begin || caller.pc_offset > s.end) continue;
      BlockStop stop{caller.pc_offset, caller.fp, frame.registers, step->offset, true};
      DuffTarget target{process.shared_image(), &process};
      SiteView view = site_view(target, *blocks_, *caller.func, s, &stop, true);
      site = site_json(view);
      site_text.line(block_device_name(s.device), Style::heading)
          .add(fmt::format("  {} bytes at ", s.bytes.value_or(0)))
          .add(view.destination.first ? hex(view.destination.first->value) : view.destination.expression,
               Style::address)
          .add(view.destination.name.empty() ? "" : " " + view.destination.name, Style::value)
          .add(fmt::format("  for {}:{}", view.function, view.line), Style::location);
    }
  }
  before_ = InRoutine{duff, step, frame.pc, frame.sp, here->g, here->stack_hi, *di};

  auto layout = process.layout();
  if (!layout) return pass(layout);
  StepPlan out;
  out.g = here->g;
  out.goid_offset = layout->g.goid;
  auto id = process.memory().u64(here->g + layout->g.goid);
  if (!id) return pass(id);
  out.goroutine = static_cast<std::int64_t>(*id);
  std::uint64_t caller_depth = here->stack_hi.value - (frame.sp.value + 8);
  if (step->does == DuffStep::Does::leave) {
    auto back = process.memory().pointer(frame.sp);
    if (!back) return pass(back);
    out.points.push_back({StopPoint::Kind::returned, *back, 0, caller_depth});
  } else {
    out.points.push_back({StopPoint::Kind::line, process.to_load(duff->at + step->end), 8, caller_depth});
  }
  return out;
}

Output answer(Context& context, const Steps& steps, const StepOutcome& outcome) {
  Output out;
  for (const std::string& p : steps.problems) context.problem(p);
  const char* state = outcome.why == StepOutcome::Why::exited    ? "exited"
                      : outcome.why == StepOutcome::Why::running ? "running"
                                                                 : "stopped";
  out.json["state"] = state;
  out.json["exit_status"] = outcome.why == StepOutcome::Why::exited ? Json(outcome.exit_status) : Json(nullptr);
  out.json["reason"] = json_text(outcome.why == StepOutcome::Why::other ? printable(outcome.reason) : "");
  out.json["sites"] = Json::array();
  if (!steps.site.is_null()) out.json["sites"].push_back(steps.site);
  Json& events = out.json["events"] = Json::array();
  if (outcome.why == StepOutcome::Why::running) return out;
  out.text.add(steps.site_text);
  Table table({{"pc"}, {"instruction"}, {"writes"}, {"value"}, {"left", Table::Align::right}});
  for (const Event& e : steps.events) {
    Json writes = Json::array();
    if (e.write) {
      writes.push_back(Json{
          {"address", json_address(e.write->address)}, {"size", e.write->size}, {"value", json_text(e.write->value)}});
    }
    events.push_back(Json{
        {"pc", json_address(e.pc)}, {"instruction", e.instruction}, {"writes", writes}, {"remaining", e.remaining}});
    table.row({Line(hex(e.pc.value), Style::address), Line(e.instruction),
               e.write ? Line(hex(e.write->address.value), Style::address) : Line(),
               e.write ? Line(e.write->value.empty() ? "?" : e.write->value, Style::value) : Line(),
               Line(std::to_string(e.remaining), Style::number)});
  }
  if (!steps.events.empty()) out.text.add(table.lines(2));
  if (outcome.why == StepOutcome::Why::exited) {
    out.text.line(fmt::format("the program has ended with status {}", outcome.exit_status));
    return out;
  }
  auto here = innermost(context.host());
  if (here) {
    const PhysicalFrame& frame = here->frame();
    const LogicalEntry& where = frame.entries.back();
    out.json["pc"] = json_address(frame.pc);
    out.json["function"] = where.function;
    out.json["line"] = where.line;
    out.text.line("now at ", Style::note)
        .add(where.function + signed_hex(static_cast<std::int64_t>(frame.pc_offset)), Style::function)
        .add(fmt::format("  {}:{}", where.file, where.line), Style::location);
  }
  if (outcome.why == StepOutcome::Why::done && steps.events.empty()) {
    out.json["reason"] = "return";
    out.text.line("the function is left, and no call of the routine came up", Style::note);
  }
  if (outcome.why == StepOutcome::Why::other)
    out.text.line("stopped before the routine was done: " + outcome.reason, Style::warning);
  return out;
}

bool goes_on(const StepOutcome& outcome) {
  return outcome.why == StepOutcome::Why::done && outcome.kind != StopPoint::Kind::ended &&
         outcome.kind != StopPoint::Kind::panicking;
}

}  // namespace

Result<Output> duff_step(Context& context, const Options& options) {
  Host& host = context.host();
  auto process = host.process();
  if (!process) return pass(process);
  if (!duff_facts((*process)->image().version()).exists) {
    return fail(Errc::unsupported, (*process)->image().version().text() + ": has no Duff's device to step into",
                "go-duff explain shows what clears and copies in its place; `thread step-inst` goes through it");
  }
  Execution* execution = host.execution();
  if (execution == nullptr) return fail(Errc::unsupported, "this debugger: cannot run the process");
  auto steps = std::make_shared<Steps>();
  steps->most = options.number("count").value_or(kMostSteps);
  if (steps->most == 0) return fail(Errc::invalid_argument, "--count 0: is no step");
  auto plan = steps->first(host);
  if (!plan) return pass(plan);
  for (;;) {
    for (const std::string& p : plan->problems) steps->problems.push_back(p);
    StepRequest request;
    request.plan = std::move(*plan);
    request.more = kMostSteps;
    request.again = [steps](Host& later) { return steps->next(later); };
    request.report = [steps](Host& later, const StepOutcome& outcome) {
      Context late(later, false, 100);
      return render(answer(late, *steps, outcome).text, later.color());
    };
    auto outcome = execution->run(std::move(request));
    if (!outcome) return pass(outcome);
    if (!goes_on(*outcome)) return answer(context, *steps, *outcome);
    plan = steps->next(host);
    if (!plan) return pass(plan);
    if (plan->points.empty()) return answer(context, *steps, *outcome);
    if (host.interrupted()) {
      outcome->why = StepOutcome::Why::other;
      outcome->reason = "interrupted";
      return answer(context, *steps, *outcome);
    }
  }
}

}  // namespace lldbgo
