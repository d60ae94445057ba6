// Collects the bytes of an argument or result from wherever they are at this pc.
#pragma once

#include "core/frame/frame_context.h"
#include "core/frame/frame_map.h"
#include "core/frame/prototype.h"

namespace lldbgo {

constexpr std::uint64_t kMaxArgumentBytes = 64 * 1024;

/// Fills `into` (of the type's size, at most kMaxArgumentBytes) and says what that is worth. `into` is the argument's
/// value where the answer is live or stale; else `into.why_missing` says why it is not to be had.
ArgStatus gather_argument(const FrameContext& c, const Parameter& p, ValueBytes& into);

/// The worse of two words of one argument: live, stale, unknown, dead.
ArgStatus worse(ArgStatus a, ArgStatus b);

}  // namespace lldbgo
