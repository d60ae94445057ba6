// Arguments of a function without debug information, from FUNCDATA ArgInfo (Go 1.17+).
#pragma once

#include <vector>

#include "core/frame/frame_context.h"
#include "core/frame/frame_map.h"

namespace lldbgo {

/// One per argument, values in hex, aggregates in braces; named, and followed by results, where assembly source tells.
std::vector<Argument> untyped_arguments(const FrameContext& c);

}  // namespace lldbgo
