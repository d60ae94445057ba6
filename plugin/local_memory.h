// A fast way to read a process of this machine: the kernel's process_vm_readv, some twenty times faster than a round
// trip to lldb-server. It sees the software breakpoints that LLDB has written into code, so it is only for data.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/address.h"

namespace lldbgo {

/// Whether process `pid` of this machine is the one that this debugger debugs: its tracer is a child of ours. A remote
/// process that happens to have the same number is not.
bool traced_by_us(std::uint64_t pid);

/// Bytes read from the start of `into`; 0 where nothing can be read.
std::size_t read_local(std::uint64_t pid, LoadAddr at, std::span<std::byte> into);

}  // namespace lldbgo
