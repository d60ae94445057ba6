// What the garbage collector is doing (runtime/mgc.go).
#pragma once

#include <cstdint>
#include <optional>

#include "core/heap/heap_layout.h"
#include "core/heap/spans.h"
#include "core/sched/go_process.h"

namespace lldbgo {

struct GcState {
  GcPhase phase = GcPhase::unknown;
  std::optional<bool> enabled;         ///< writeBarrier.enabled; absent: not found
  std::optional<std::uint64_t> cycle;  ///< of the running cycle, or the last one; counted from 1
};

/// What cannot be found or read is unknown.
GcState read_gc_state(GoProcess& process, const HeapLayout& layout);

}  // namespace lldbgo
