// Walks Go stacks. runtime/traceback.go is the model; registers of a live thread let us do better at stack switches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "core/base/error.h"
#include "core/insn/prologue.h"
#include "core/sched/go_process.h"
#include "core/sched/scheduler.h"
#include "core/unwind/stack.h"

namespace lldbgo {

struct UnwindOptions {
  std::size_t limit = 1000;  ///< physical frames
};

/// Prologues of the functions that were met, by entry: decoding them is the most expensive part of a frame.
using Prologues = std::unordered_map<FileAddr, Prologue>;

class Unwinder {
 public:
  /// Both must outlive the unwinder; valid for one stop.
  Unwinder(GoProcess& process, const Scheduler& scheduler) : process_(process), scheduler_(scheduler) {}

  /// From the registers of an OS thread, on across stack switches to its goroutine. Errors: not_found, unreadable registers;
  /// everything later ends the stack with a reason instead.
  Result<Stack> thread(ThreadId thread, const UnwindOptions& options = {});
  /// A goroutine: from its thread's registers when it runs, else from syscall pc/sp or g.sched.
  Result<Stack> goroutine(const Goroutine& g, const UnwindOptions& options = {});

 private:
  GoProcess& process_;
  const Scheduler& scheduler_;
  Prologues prologues_;
};

}  // namespace lldbgo
