#include "core/unwind/walk.h"

#include <algorithm>

#include "core/base/text.h"

namespace lldbgo {
namespace {

// No program switches stacks more often on one backtrace: goroutine, g0, C, callback, and a signal on each.
constexpr int kMaxSwitches = 64;

// A wrapper is left out of the runtime's traceback unless the panic machinery called it (elideWrapperCalling,
// runtime/traceback.go): then it is the place where the panic happened.
bool wrapper_shown_below(FuncId callee) {
  return callee == FuncId::gopanic || callee == FuncId::sigpanic || callee == FuncId::panicwrap;
}

// A stack of nothing but wrappers above goexit is shown whole, as the runtime does when it would print nothing (traceback1).
void mark_hidden(Stack& stack) {
  FuncId callee = FuncId::normal;
  bool any_shown = false;
  for (PhysicalFrame& frame : stack.frames) {
    for (LogicalEntry& entry : frame.entries) {
      entry.hidden = entry.id == FuncId::wrapper && !wrapper_shown_below(callee);
      any_shown |= !entry.hidden && entry.id != FuncId::goexit;
      callee = entry.id;
    }
  }
  if (any_shown) return;
  for (PhysicalFrame& frame : stack.frames) {
    for (LogicalEntry& entry : frame.entries) entry.hidden = false;
  }
}

}  // namespace

StackEnd stack_top(std::string reason) { return {StackEnd::Kind::top, std::move(reason)}; }
StackEnd stack_error(std::string reason) { return {StackEnd::Kind::error, std::move(reason)}; }

StackKind ThreadStacks::kind_of(LoadAddr sp) const {
  auto on = [&](const std::optional<Goroutine>& g) {
    return g && g->stack.hi && g->stack.lo <= sp && sp <= g->stack.hi;
  };
  if (on(user)) return StackKind::goroutine;
  if (on(gsignal)) return StackKind::signal;
  return machine ? StackKind::system : StackKind::c;
}

std::optional<LoadAddr> ThreadStacks::g_of(StackKind kind) const {
  if (kind == StackKind::goroutine && user) return user->g;
  if (kind == StackKind::signal && gsignal) return gsignal->g;
  if (machine && machine->g0) return machine->g0;
  return std::nullopt;
}

void Walk::run(Cursor at, Stack& stack) {
  stack_ = &stack;
  int switches = 0;
  while (true) {
    if (stack.frames.size() >= options_.limit) {
      stack.end = {StackEnd::Kind::limit, "stopped after " + std::to_string(options_.limit) + " frames (--limit)"};
      break;
    }
    bool innermost = stack.frames.empty();
    PhysicalFrame frame = describe(at);
    switch_how_.clear();
    Outward next = frame.func ? out_of_go(frame) : out_of_native(frame, innermost);
    cross_check(frame, next);

    const Cursor* cursor = std::get_if<Cursor>(&next);
    if (cursor != nullptr) {
      bool switched = !switch_how_.empty();
      if (switched) {
        frame.switch_note = switch_how_;
        ++switches;
      }
      // On one stack callers lie at higher addresses: whatever does not climb is a loop or garbage.
      if (!switched && cursor->sp <= frame.sp) {
        next = stack_error("the caller's SP " + hex(cursor->sp.value) + " is not above this frame's " + hex(frame.sp.value) +
                           ": the stack is damaged or loops");
      } else if (switches > kMaxSwitches) {
        next = stack_error("more than " + std::to_string(kMaxSwitches) + " stack switches: the stack loops");
      }
    }
    stack.frames.push_back(std::move(frame));
    if (const StackEnd* end = std::get_if<StackEnd>(&next)) {
      stack.end = *end;
      break;
    }
    at = std::get<Cursor>(std::move(next));
  }
  mark_hidden(stack);
}

PhysicalFrame Walk::describe(const Cursor& at) const {
  PhysicalFrame frame;
  frame.pc = at.pc;
  frame.pc_is_return = at.pc_is_return;
  frame.sp = at.sp;
  frame.fp = at.sp;
  frame.bp = at.bp;
  frame.registers = at.registers;
  frame.found_by = at.found_by;
  frame.stack = stacks_.kind_of(at.sp);
  frame.g = stacks_.g_of(frame.stack);
  if (auto func = process_.func(at.pc)) {
    describe_go(frame, *func);
  } else {
    LogicalEntry entry;
    LoadAddr lookup = at.pc_is_return ? at.pc - 1 : at.pc;
    if (auto native = process_.native().at(at.pc, lookup)) {
      entry.function = native->symbol.empty() ? native->image + "`" + hex(at.pc.value) : printable(native->symbol);
      frame.pc_offset = native->offset;
      if (frame.stack != StackKind::goroutine && frame.stack != StackKind::signal) frame.stack = StackKind::c;
    } else {
      entry.function = hex(at.pc.value).insert(0, 1, '?');
    }
    frame.entries.push_back(std::move(entry));
  }
  return frame;
}

void Walk::describe_go(PhysicalFrame& frame, const Func& func) const {
  const Pclntab& table = process_.image().pclntab();
  frame.func = func;
  FileAddr pc = process_.to_file(frame.pc);
  frame.pc_offset = pc.value - func.entry.value;
  frame.abi = abi_of(func);
  if (auto delta = table.sp_delta(func, pc)) {
    frame.sp_delta = *delta;
    frame.fp = frame.sp + *delta + 8;
  }
  // symPC of runtime/traceback.go: a return address belongs to the call before it, except at a function's entry, where a
  // goroutine that has not started stands.
  FileAddr lookup = frame.pc_is_return && pc != func.entry ? pc - 1 : pc;
  auto logical = table.logical_frames(func, lookup);
  if (logical) {
    for (const LogicalFrame& l : *logical) {
      LogicalEntry entry;
      entry.function = printable(l.function);
      entry.file = printable(l.where.file);
      entry.line = l.where.line;
      entry.id = l.id;
      entry.inlined = l.inlined;
      frame.entries.push_back(std::move(entry));
    }
  }
  if (frame.entries.empty()) {
    LogicalEntry entry;
    entry.function = printable(func.name);
    entry.id = func.id;
    frame.entries.push_back(std::move(entry));
    if (!logical) frame.checked.push_back("line table: " + logical.error().text());
  }
}

// Until 1.16 everything passes arguments on the stack. Since then assembly is ABI0 unless its symbol says otherwise: the linker
// writes the ABI0 one of a name as "name.abi0" (cmd/link/internal/ld/symtab.go); without symbols assembly stays unknown.
std::optional<Abi> Walk::abi_of(const Func& func) const {
  const GoImage& image = process_.image();
  if (!image.register_abi()) return Abi::abi0;
  if (!func.flags.assembly && func.id != FuncId::wrapper) return Abi::internal;
  if (image.stripped()) return std::nullopt;
  auto abi0 = image.elf().symbol(std::string(func.name) + ".abi0");
  if (abi0 && abi0->address == func.entry) return Abi::abi0;
  auto plain = image.elf().symbol(func.name);
  if (plain && plain->address == func.entry) return Abi::internal;
  return std::nullopt;
}

const Prologue& Walk::prologue_of(const Func& func) const {
  auto [entry, fresh] = prologues_.try_emplace(func.entry);
  if (fresh) {
    entry->second = find_prologue(process_.image().elf().bytes_from(func.entry, func.end.value - func.entry.value));
  }
  return entry->second;
}

void Walk::note_switch(StackKind from, const Cursor& next, std::string how) {
  StackKind to = stacks_.kind_of(next.sp);
  std::string where;
  switch (to) {
    case StackKind::goroutine:
      where = stacks_.user ? "goroutine " + std::to_string(stacks_.user->id) + "'s stack" : "the goroutine's stack";
      break;
    case StackKind::system: where = "the system stack (g0)"; break;
    case StackKind::signal: where = "the signal stack (gsignal)"; break;
    case StackKind::c: where = "the thread's stack"; break;
  }
  switch_how_ = from == to ? "resumes on " + where + ": " + how : "switch to " + where + ": " + how;
}

}  // namespace lldbgo
