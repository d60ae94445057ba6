// .debug_frame that says where a frame keeps its caller's RBP. The Go linker writes it from pcsp alone
// (cmd/link/internal/ld/dwarf.go writeframes): the CFA, nothing else. LLDB then follows the RBP it has, which is
// another function's, and loses frames or loops.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/address.h"
#include "core/base/byte_reader.h"
#include "core/base/error.h"
#include "core/translate/stack_switches.h"

namespace lldbgo {

/// What the section itself does not say of a function.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  /// The code of the range, or less of it where the file has less.
  virtual Bytes code(Range<FileAddr> range) const = 0;
  /// nullptr: an ordinary function.
  virtual const SpecialFrame* special(FileAddr entry) const = 0;
};

/// Entries of other compilers stay as they are. Errors: malformed, unsupported (64-bit DWARF).
Result<std::vector<std::byte>> rewrite_call_frames(Bytes debug_frame, const FrameSource& source);

}  // namespace lldbgo
