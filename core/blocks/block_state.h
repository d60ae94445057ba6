// How far a block operation has come at a stop, and the addresses that it is about.
#pragma once

#include <cstdint>
#include <optional>

#include "core/blocks/image_blocks.h"
#include "core/sched/go_process.h"

namespace lldbgo {

/// Where the program stands, in a frame of the function that has the site.
struct BlockStop {
  std::uint64_t offset = 0;  ///< pc of the frame, from the function's entry; the return address where a callee runs
  LoadAddr fp;               ///< of that frame
  Registers registers;       ///< of the innermost frame
  /// Offset in the called routine where that is what runs (its frame is innermost, called from this one).
  std::optional<std::uint64_t> in_callee;
  bool innermost = true;  ///< else registers other than SP are not this frame's
};

struct BlockState {
  enum class Where {
    elsewhere,  ///< nothing is known but places on the stack
    before,     ///< on the way to it, no branch between
    inside,     ///< begun and not done; also at its first instruction
    after,      ///< just done
  } where = Where::elsewhere;
  std::optional<LoadAddr> destination, source;   ///< first bytes
  std::optional<std::uint64_t> bytes;            ///< also where only a register says how many
  std::optional<std::uint64_t> done, remaining;  ///< bytes; inside
  std::optional<std::uint64_t> rounds_left;      ///< of a loop, the one that runs included; of REP, words
};

BlockState block_state(GoProcess& process, const ImageBlocks& blocks, const Func& func, const BlockSite& site,
                       const BlockStop& stop);

}  // namespace lldbgo
