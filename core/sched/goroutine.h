// runtime.g and runtime.m of the target (runtime/runtime2.go), as far as unwinding and listing need them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/sched/runtime_layout.h"
#include "core/target/memory.h"

namespace lldbgo {

/// g.atomicstatus without the scan bit. Numbers were only ever added (10 and 11 in Go 1.26).
enum class GStatus : std::uint32_t {
  idle = 0, runnable = 1, running = 2, syscall = 3, waiting = 4, dead = 6, copystack = 8, preempted = 9, leaked = 10,
  deadextra = 11,
};

/// runtime.gobuf: where a goroutine goes on.
struct Gobuf {
  LoadAddr pc, sp, bp;
};

struct Goroutine {
  LoadAddr g;                ///< address of the runtime.g
  std::int64_t id = 0;       ///< 0 for g0 and gsignal
  GStatus status = GStatus::idle;
  bool scanning = false;     ///< the scan bit
  std::uint8_t wait_reason = 0;
  Range<LoadAddr> stack;
  Gobuf sched;
  LoadAddr syscall_pc, syscall_sp, syscall_bp;  ///< sp is 0 outside a system call or cgo call
  LoadAddr m;                ///< 0 when not on a thread
  LoadAddr go_pc;            ///< return address of the `go` statement that made it
  LoadAddr start_pc;         ///< entry of its function
  std::optional<std::int64_t> parent_id;  ///< 1.21+
};

/// runtime.m.
struct Machine {
  LoadAddr m;
  LoadAddr g0, gsignal, curg;
  std::uint64_t procid = 0;  ///< OS thread id
  LoadAddr alllink;
  LoadAddr vdso_pc, vdso_sp;  ///< caller of a running vDSO call; sp is 0 otherwise
};

/// One read each. Errors: unreadable.
Result<Goroutine> read_goroutine(Memory& memory, const RuntimeLayout& layout, LoadAddr g);
Result<Machine> read_machine(Memory& memory, const RuntimeLayout& layout, LoadAddr m);

}  // namespace lldbgo
