// Finds runtime.allgs and runtime.allm in a stripped program, by what their values must look like.
#pragma once

#include <optional>

#include "core/sched/go_process.h"

namespace lldbgo {

/// Address of the slice runtime.allgs. Its first element is always goroutine 1 (runtime/proc.go allgadd), and the second,
/// where there is one, is goroutine 2: no other slice of the program passes.
std::optional<LoadAddr> search_allgs(GoProcess& process, const RuntimeLayout& layout);

/// Address of runtime.allm: a word that points at an m (m.g0.m == m) from which the longest alllink chain starts.
std::optional<LoadAddr> search_allm(GoProcess& process, const RuntimeLayout& layout);

}  // namespace lldbgo
