// Finds every place of a function where a block of memory is cleared or copied.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/insn/block_site.h"
#include "core/insn/duff_routine.h"

namespace lldbgo {

/// What the function's image and tables say about the code.
struct BlockContext {
  struct Routine {
    FileAddr at;
    const DuffRoutine* routine = nullptr;
  };
  std::vector<Routine> duff;
  struct Callee {
    FileAddr entry;
    BlockDevice device = BlockDevice::memmove;  ///< or memclr
  };
  std::vector<Callee> callees;       ///< ascending by entry
  bool register_abi = true;          ///< arguments of the callees, and X15 is zero
  bool compiled = true;              ///< false: assembly, in which only calls are looked for
  std::vector<std::uint64_t> lines;  ///< code offsets at which another source line starts, ascending
};

/// `code`: the whole function, whose first byte has the link-time address `entry`. In the order of the code.
std::vector<BlockSite> find_block_sites(Bytes code, FileAddr entry, const BlockContext& context);

}  // namespace lldbgo
