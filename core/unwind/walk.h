// One walk over the stacks of one thread or goroutine. Internal to core/unwind.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/sched/go_process.h"
#include "core/sched/scheduler.h"
#include "core/unwind/stack.h"
#include "core/unwind/unwinder.h"

namespace lldbgo {

/// Where a frame starts: enough to describe it and to step to its caller.
struct Cursor {
  LoadAddr pc, sp;
  std::optional<LoadAddr> bp;
  bool pc_is_return = false;
  FoundBy found_by = FoundBy::registers;
  Registers registers;  ///< complete for a live thread and a signal context, empty otherwise
};

/// The stacks a thread can be on. SP decides which one it is; see core/sched/scheduler.cpp.
struct ThreadStacks {
  std::optional<Machine> machine;
  std::optional<Goroutine> user;     ///< m.curg, or the goroutine asked for
  std::optional<Goroutine> gsignal, g0;
  StackKind kind_of(LoadAddr sp) const;
  std::optional<LoadAddr> g_of(StackKind kind) const;
};

/// What lies outside a frame.
using Outward = std::variant<Cursor, StackEnd>;

class Walk {
 public:
  Walk(GoProcess& process, const Scheduler& scheduler, Prologues& prologues, ThreadStacks stacks,
       const UnwindOptions& options)
      : process_(process), scheduler_(scheduler), prologues_(prologues), stacks_(std::move(stacks)), options_(options) {}

  /// Appends frames to `stack` from `start` outwards, and its end.
  void run(Cursor start, Stack& stack);

 private:
  // walk.cpp
  PhysicalFrame describe(const Cursor& at) const;
  void describe_go(PhysicalFrame& frame, const Func& func) const;
  std::optional<Abi> abi_of(const Func& func) const;
  const Prologue& prologue_of(const Func& func) const;

  // go_rules.cpp
  Outward out_of_go(PhysicalFrame& frame);
  Outward out_by_pcsp(PhysicalFrame& frame);
  Outward out_of_systemstack(PhysicalFrame& frame);
  Outward out_of_morestack(PhysicalFrame& frame);
  Outward out_of_mcall(PhysicalFrame& frame);
  Outward out_of_asmcgocall(PhysicalFrame& frame);
  bool asmcgocall_has_switched(const PhysicalFrame& frame) const;
  std::optional<LoadAddr> asmcgocall_sp_in_dx(const PhysicalFrame& frame);
  Outward out_of_gogo(PhysicalFrame& frame);
  Outward to_return_address(PhysicalFrame& frame);
  Outward to_user_gobuf(PhysicalFrame& frame, const std::string& how);
  bool vdso_call_in(const Func& func) const;
  bool at_base_of_g0(const PhysicalFrame& frame) const;
  void find_saved_bp(PhysicalFrame& frame) const;

  // native_rules.cpp
  Outward out_of_native(PhysicalFrame& frame, bool innermost);
  Outward out_by_cfi(PhysicalFrame& frame, const CfiRow& row);
  bool is_sigreturn(LoadAddr pc);
  bool push_half_done(const Registers& context);
  Outward through_signal_frame(PhysicalFrame& frame, LoadAddr ucontext);
  /// Does `ra` lie in known code, right behind a call instruction?
  bool follows_call(LoadAddr ra);

  // checks.cpp
  void cross_check(PhysicalFrame& frame, const Outward& next);

  void note_switch(StackKind from, const Cursor& next, std::string how);

  GoProcess& process_;
  const Scheduler& scheduler_;
  Prologues& prologues_;
  ThreadStacks stacks_;
  UnwindOptions options_;
  Stack* stack_ = nullptr;
  std::string switch_how_;  ///< set by a rule that leaves its stack
};

StackEnd stack_top(std::string reason);
StackEnd stack_error(std::string reason);

}  // namespace lldbgo
