#include "core/unwind/unwinder.h"

#include "core/base/text.h"
#include "core/unwind/walk.h"

namespace lldbgo {
namespace {

ThreadStacks stacks_of(const Scheduler& scheduler, const std::optional<Machine>& machine) {
  ThreadStacks out;
  out.machine = machine;
  if (!machine) return out;
  auto read = [&](LoadAddr g) -> std::optional<Goroutine> {
    if (!g) return std::nullopt;
    auto goroutine = scheduler.goroutine(g);
    return goroutine ? std::optional(*goroutine) : std::nullopt;
  };
  out.user = read(machine->curg);
  out.gsignal = read(machine->gsignal);
  out.g0 = read(machine->g0);
  return out;
}

void describe_goroutine(GoProcess& process, const Scheduler& scheduler, const Goroutine& g, Stack& stack) {
  stack.goroutine = g.id;
  stack.g = g.g;
  stack.status = scheduler.status_name(g);
  stack.wait_reason = scheduler.wait_reason(g);
  stack.parent = g.parent_id;
  if (g.id == 1 || !g.go_pc) return;
  auto func = process.func(g.go_pc);
  if (!func) return;
  // printcreatedby, runtime/traceback.go: the physical function, the line of the go statement.
  FileAddr pc = process.to_file(g.go_pc);
  auto where = process.image().pclntab().line(*func, pc > func->entry ? pc - 1 : pc);
  LogicalEntry entry;
  entry.function = printable(func->name);
  if (where) {
    entry.file = printable(where->file);
    entry.line = where->line;
  }
  stack.created_by = std::move(entry);
  stack.created_pc = g.go_pc;
  stack.created_offset = pc.value - func->entry.value;
}

}  // namespace

Result<Stack> Unwinder::thread(ThreadId thread, const UnwindOptions& options) {
  auto state = scheduler_.thread(thread);
  if (!state) return pass(state);
  Stack stack;
  stack.thread = thread;
  ThreadStacks stacks = stacks_of(scheduler_, state->machine);
  if (stacks.user) describe_goroutine(process_, scheduler_, *stacks.user, stack);

  Cursor start;
  start.pc = state->registers.pc();
  start.sp = state->registers.sp();
  start.bp = state->registers.bp();
  start.registers = state->registers;
  start.found_by = FoundBy::registers;
  Walk(process_, scheduler_, prologues_, std::move(stacks), options).run(start, stack);
  return stack;
}

Result<Stack> Unwinder::goroutine(const Goroutine& g, const UnwindOptions& options) {
  auto on = scheduler_.thread_of(g);
  bool selected = on && process_.threads().selected_thread() == on;
  // In a system call the runtime's traceback starts where the goroutine entered it (traceback1); the thread's registers
  // show the call itself, and C code, to who selects the thread.
  bool in_syscall = g.status == GStatus::syscall && g.syscall_sp;
  if (on && (selected || !in_syscall)) return thread(*on, options);

  Stack stack;
  stack.thread = on;
  describe_goroutine(process_, scheduler_, g, stack);
  ThreadStacks stacks;
  if (g.m) {
    if (auto machine = scheduler_.machine(g.m)) stacks = stacks_of(scheduler_, *machine);
  }
  stacks.user = g;

  Cursor start;
  start.found_by = FoundBy::gobuf;
  start.pc_is_return = true;
  if (in_syscall) {
    start.pc = g.syscall_pc;
    start.sp = g.syscall_sp;
    if (g.syscall_bp) start.bp = g.syscall_bp;
  } else {
    start.pc = g.sched.pc;
    start.sp = g.sched.sp;
    start.bp = g.sched.bp;
    if (g.status == GStatus::running) {
      stack.problems.push_back("goroutine " + std::to_string(g.id) +
                               " is running on a thread that is not here: this is where it was last scheduled");
    }
  }
  Walk(process_, scheduler_, prologues_, std::move(stacks), options).run(start, stack);
  return stack;
}

}  // namespace lldbgo
