// Do an argument's register and spill slot hold the argument at this pc?
#pragma once

#include <cstdint>

#include "core/frame/frame_context.h"
#include "core/frame/frame_map.h"

namespace lldbgo {

/// The register still holds what the caller put there: the code up to this pc has not overwritten it.
bool register_untouched(const FrameContext& c, ArgRegister reg);

/// Has the spill slot at fp+offset been filled? yes: on every way to this pc; no: not on every way (its bytes mean
/// nothing); unknown: nothing tells. `always_home`: the debug info gives the value one place for the whole function,
/// this slot, so the first instructions of the body store it.
Liveness slot_stored(const FrameContext& c, std::int64_t offset, std::uint64_t size, bool always_home);

}  // namespace lldbgo
