// Where the heap's and the collector's global variables are: by their names, or in a stripped program by what they
// hold.
#pragma once

#include <optional>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/heap/heap_layout.h"
#include "core/sched/go_process.h"

namespace lldbgo {

/// runtime.mheap_. Stripped: the words of the data segments are asked which of them leads, as the arena map, to the
/// span of goroutine 1's stack. Errors: not_found.
Result<LoadAddr> find_mheap(GoProcess& process, const HeapLayout& layout);

/// runtime.allp, the slice. Stripped: the one whose first element is a p that holds the end of its own write barrier
/// buffer. Errors: not_found.
Result<LoadAddr> find_allp(GoProcess& process, const HeapLayout& layout);

/// runtime.writeBarrier. Stripped: what the code compares with 0 most often. Empty: not known.
std::optional<LoadAddr> find_write_barrier(GoProcess& process);

/// runtime.gcphase. Stripped: what runtime.gcStart sets just before it writes the flag. Empty: not known.
std::optional<LoadAddr> find_gcphase(GoProcess& process);

}  // namespace lldbgo
