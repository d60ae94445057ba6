// runtime.g and runtime.m of the target (runtime/runtime2.go), as far as unwinding and listing need them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/address.h"
#include "core/target/threads.h"

namespace lldbgo {

/// runtime.gobuf: where a goroutine goes on.
struct Gobuf {
  LoadAddr pc, sp, bp, ctxt;
};

struct Goroutine {
  LoadAddr g;                ///< address of the runtime.g
  std::int64_t id = 0;       ///< 0 for g0 and gsignal
  std::uint32_t status = 0;  ///< atomicstatus without the scan bit
  bool scanning = false;     ///< the scan bit
  std::uint8_t wait_reason = 0;
  Range<LoadAddr> stack;
  Gobuf sched;
  LoadAddr syscall_pc, syscall_sp, syscall_bp;  ///< sp is 0 outside a system call or cgo call
  LoadAddr stack_top_sp;     ///< stktopsp
  LoadAddr m;                ///< 0 when not on a thread
  LoadAddr go_pc;            ///< return address of the `go` statement that made it
  LoadAddr start_pc;         ///< entry of its function
  std::optional<std::int64_t> parent_id;  ///< 1.21+
  LoadAddr locked_m;
};

/// runtime.m.
struct Machine {
  LoadAddr m;
  LoadAddr g0, gsignal, curg;
  std::uint64_t procid = 0;  ///< OS thread id
  Gobuf morebuf;
  LoadAddr alllink;
};

}  // namespace lldbgo
