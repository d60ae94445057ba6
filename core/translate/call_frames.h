// .debug_frame that says where a frame keeps its caller's RBP. The Go linker writes it from pcsp alone
// (cmd/link/internal/ld/dwarf.go writeframes): the CFA, nothing else. LLDB then follows the RBP it has, which is another
// function's, and loses frames or loops.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/address.h"
#include "core/base/byte_reader.h"
#include "core/base/error.h"

namespace lldbgo {

/// The code of [range), or less of it where the file has less.
using CodeReader = std::function<Bytes(Range<FileAddr> range)>;

/// Entries of other compilers stay as they are. Errors: malformed, unsupported (64-bit DWARF).
Result<std::vector<std::byte>> rewrite_call_frames(Bytes debug_frame, const CodeReader& code);

}  // namespace lldbgo
