// The arguments of a frame as the Go runtime's traceback prints them: raw words, in hexadecimal.
#pragma once

#include <string>

#include "core/sched/go_process.h"
#include "core/unwind/stack.h"

namespace lldbgo {

/// "0x1, {0xc000012345, 0x5}, 0x2?, ...": what stands between the parentheses. "?" marks a word that may be stale, "_"
/// one that the table cannot locate, and "-" (ours) one that cannot be read.
std::string traceback_arguments(GoProcess& process, const PhysicalFrame& frame);

}  // namespace lldbgo
