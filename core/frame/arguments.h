// The values of a frame's arguments and results, from wherever they are at this pc.
#pragma once

#include <vector>

#include "core/frame/frame_context.h"
#include "core/frame/frame_map.h"
#include "core/frame/prototype.h"

namespace lldbgo {

/// With types: one per parameter and result. Without: one per argument that ArgInfo knows, unnamed, values in hex.
std::vector<Argument> arguments(const FrameContext& c, const Prototype& prototype);

}  // namespace lldbgo
