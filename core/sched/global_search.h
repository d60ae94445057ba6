// Finds runtime.allgs and runtime.allm in a stripped program, by what their values must look like.
#pragma once

#include <optional>

#include "core/sched/go_process.h"

namespace lldbgo {

/// Address of the slice runtime.allgs. Its first element is always goroutine 1 (runtime/proc.go allgadd); the second may be any
/// (with cgo it belongs to the first extra m). The collector's snapshot of it, work.stackRoots, can be as long but not longer.
std::optional<LoadAddr> search_allgs(GoProcess& process, const RuntimeLayout& layout);

/// Address of runtime.allm: a word that points at an m (m.g0.m == m) from which the longest alllink chain starts.
std::optional<LoadAddr> search_allm(GoProcess& process, const RuntimeLayout& layout);

}  // namespace lldbgo
